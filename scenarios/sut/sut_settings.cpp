#include "scenarios/sut/sut_settings.hpp"

#include "scenarios/sut/inline_sut.hpp"
#include "scenarios/sut/worker_pool_sut.hpp"

namespace perfbench {

SutSettings sut_settings(Clock& clock,
                         const ServingLayout& layout,
                         const ScenarioSettings& scenario) {
  SutSettings settings{clock, layout};
  settings.max_batch = scenario.batcher.max_batch;
  if (scenario.scenario == Scenario::kOffline && settings.max_batch <= 1) settings.max_batch = 0;
  settings.max_delay = scenario.batcher.max_delay;
  settings.wait = scenario.wait;
  settings.seed = scenario.seed;
  return settings;
}

std::unique_ptr<SystemUnderTest> make_system_under_test(const WorkloadEntry& entry,
                                                        const SutSettings& settings) {
  if (settings.layout.inline_execution) return std::make_unique<InlineSut>(entry, settings);
  return std::make_unique<WorkerPoolSut>(entry, settings);
}

}  // namespace perfbench
