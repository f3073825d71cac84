#pragma once

#include <vector>

#include "harness/host/affinity/affinity.hpp"
#include "scenarios/sut/sut_settings.hpp"

namespace perfbench {

/// The issuing thread executes, on the first allowed CPU; as many samples at once as the workload
/// takes.
[[nodiscard]] inline SutSettings inline_settings(Clock& clock) {
  SutSettings settings{clock, {}};
  settings.layout.inline_execution = true;
  settings.layout.worker_cpus = {allowed_cpus().front()};
  settings.layout.sentence = "a test";
  settings.max_batch = 0;
  return settings;
}

/// So many workers behind a queue, on the allowed CPUs in turn: a test of the hand-off, not of its
/// speed. Sleeping workers, since there may be fewer CPUs than threads.
[[nodiscard]] inline SutSettings pool_settings(Clock& clock, int workers) {
  SutSettings settings{clock, {}};
  const std::vector<int> cpus = allowed_cpus();
  for (int i = 0; i < workers; ++i) {
    settings.layout.worker_cpus.push_back(cpus[static_cast<std::size_t>(i) % cpus.size()]);
  }
  settings.layout.generator_cpu = cpus.back();
  settings.layout.sentence = "a test";
  settings.wait = WaitPolicy::kSleep;
  settings.queue_capacity = 1024;
  return settings;
}

}  // namespace perfbench
