#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/result/scenario.hpp"
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
  Scenario scenario = Scenario::kSingleStream;  ///< kSingleStream or kOffline.
  std::string workload;
  DriverSettings settings;
  std::vector<int> watched;  ///< For disturbance: the CPUs that they run on and their siblings.
  std::optional<BindingRoof> roof;
  Reading<double> gap_loss = Reading<double>::unavailable("no gap test was run");
};

/// Starts the system, verifies its answer, warms it up, runs the scenario beside a disturbance
/// monitor and stops the system, whatever happens. A wrong answer is not timed: the result then
/// says verified = false and INVALID. Throws ResourceError when the workload's or the recorder's
/// memory is not to be had.
[[nodiscard]] ScenarioResult run_scenario(SystemUnderTest& sut,
                                          const ScenarioRequest& request,
                                          const DriverContext& context);

/// The result's derived figures from a raw run: summary, histogram, rate, slip, roof fraction,
/// verdict. Pure but for nothing read: `disturbance` was measured by the caller.
[[nodiscard]] ScenarioResult make_scenario_result(const SystemUnderTest& sut,
                                                  const ScenarioRequest& request,
                                                  DriverRun run,
                                                  Disturbance disturbance);

}  // namespace perfbench
