#pragma once

#include <string>

#include "harness/core/result/scenario.hpp"
#include "reports/check/comparison.hpp"

namespace perfbench {

/// Arrivals, slip, stages, batches, bound, early stopping, frames and runs of a scenario. Inside
/// this room only.
void check_scenario_parts(const ScenarioResult& result,
                          const std::string& path,
                          Comparison& comparison);

}  // namespace perfbench
