#pragma once

#include <optional>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/result/serving.hpp"
#include "harness/core/result/verdict.hpp"
#include "scenarios/search/scenario_runner.hpp"

namespace perfbench {

struct LoadSweepOptions {
  /// Workload, rung, workers, wait, batcher and seed; `bound` may be there. Scenario, arrivals and
  /// stop rule are the sweep's own.
  ScenarioSettings settings;
  Nanoseconds at_most{25'000'000'000};   ///< For everything; the points share it.
  std::optional<double> saturation_qps;  ///< Absent: a short Offline in the settings' batches.
};

/// Throughput against latency: Server at 0.1 to 0.95 of saturation, and at 1.1 of it, where the
/// latencies tell how long the run was. Each point has a seed of its own and the validity of its
/// verdict. At an interruption, a failing workload or the end of the time it holds the points that
/// there are; without a saturation none.
[[nodiscard]] LoadSweep sweep_load(const LoadSweepOptions& options,
                                   const ExperimentContext& context);

}  // namespace perfbench
