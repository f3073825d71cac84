#pragma once

#include <string>
#include <vector>

#include "harness/core/result/report.hpp"

namespace perfbench {

/// What the scenarios showed of this machine, in words: one paragraph a workload and rung, in the
/// order of the report. Only from the results: a figure that is INVALID is not said, one that is
/// INCONCLUSIVE is said to be so, and a scenario that was not measured is named as missing. Strings
/// of the report are made safe. Inside this room only.
[[nodiscard]] std::vector<std::string> scenario_findings(const Report& report);

}  // namespace perfbench
