#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/plan/serving_layout.hpp"
#include "harness/core/system_under_test.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// How a workload is served.
struct SutSettings {
  Clock& clock;
  ServingLayout layout;
  /// Samples executed together at most, never more than the workload takes; 0: as many as it takes.
  std::size_t max_batch = 1;
  /// The oldest sample waits so long for others, counted from its issue.
  Nanoseconds max_delay{0};
  WaitPolicy wait = WaitPolicy::kHybrid;
  std::uint64_t seed = 1;  ///< Of the share of answers that is checked.
  /// Samples that wait at most; rounded up to a power of two. 32 bytes each.
  std::size_t queue_capacity = std::size_t{1} << 20U;
};

/// As a scenario asks for it. Offline executes the workload's largest batches unless the batcher is
/// told a size of its own.
[[nodiscard]] SutSettings sut_settings(Clock& clock,
                                       const ServingLayout& layout,
                                       const ScenarioSettings& scenario);

/// An InlineSut or a WorkerPoolSut, as the layout says. Makes the workload's instances, which
/// allocate nothing big before start().
[[nodiscard]] std::unique_ptr<SystemUnderTest> make_system_under_test(const WorkloadEntry& entry,
                                                                      const SutSettings& settings);

}  // namespace perfbench
