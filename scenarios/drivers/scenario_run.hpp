#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/host/record/latency_recorder.hpp"
#include "scenarios/drivers/driver.hpp"

namespace perfbench {

/// Latencies of at most so many issues are kept raw in the report (half a megabyte of JSON each);
/// beyond that it holds the histogram alone, from which every percentile can be recomputed to 1 %.
inline constexpr std::size_t kRawLatenciesKept = 65'536;

/// The roof that a scenario is held against.
struct BindingRoof {
  std::string id;  ///< roof_id()
  RoofKind kind = RoofKind::kCompute;
  double best_per_s = 0.0;
};

struct ScenarioRequest {
  ScenarioSettings settings;
  std::vector<int> watched;  ///< For disturbance: the CPUs that they run on and their siblings.
  std::optional<BindingRoof> roof;
  /// Of the serving cores, beside `roof` when that one is of compute.
  std::optional<BindingRoof> bandwidth_roof;
  Reading<double> gap_loss = Reading<double>::unavailable("no gap test was run");
  std::size_t record_at_most = DriverSettings::kRecordAtMost;
  /// Shown what was recorded of each query before it is summarised. May be empty.
  std::function<void(const LatencyRecorder&)> see_queries{};
};

/// Starts the system, verifies its answer, warms it up, runs the scenario beside a disturbance
/// monitor and stops the system, whatever happens. A wrong answer is not timed: the result then
/// says verified = false and INVALID. A workload that throws while it executes ends the run: the
/// result holds what was measured, and `failure`. Throws ResourceError when the workload's or the
/// recorder's memory is not to be had, and UsageError for settings that no driver can follow: no
/// sample a query, SingleStream with several, Server in a closed loop, a schedule that cannot be.
[[nodiscard]] ScenarioResult run_scenario(SystemUnderTest& sut,
                                          const ScenarioRequest& request,
                                          const DriverContext& context);

/// The result's figures from a raw run: summaries, histogram, rate, roof fractions, bound, verdict.
/// Pure but for nothing read: `disturbance` was measured by the caller, `sut` has been flushed.
[[nodiscard]] ScenarioResult make_scenario_result(const SystemUnderTest& sut,
                                                  const ScenarioRequest& request,
                                                  DriverRun run,
                                                  Disturbance disturbance);

}  // namespace perfbench
