#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"

namespace perfbench {

/// What `--print-plan` prints: the steps with how long each takes, the sum, and every setting with
/// its value.
[[nodiscard]] std::string plan_text(const PlanRecord& plan, const TextOptions& options = {});

}  // namespace perfbench
