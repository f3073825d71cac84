#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"
#include "reports/text/summary.hpp"

namespace perfbench {

/// The text of `perfbench scenario`: the conclusion in words, every scenario with all its figures,
/// peak rates, load sweeps and tracks, then how far to trust them and the next command. Lines fit
/// options.width; strings of the report are made safe (sanitise.hpp).
[[nodiscard]] std::string scenario_text(const Report& report,
                                        const TextOptions& options = {},
                                        const SummaryPaths& paths = {});

/// The text of `perfbench calibrate`, in the same way.
[[nodiscard]] std::string calibration_text(const Report& report,
                                           const TextOptions& options = {},
                                           const SummaryPaths& paths = {});

}  // namespace perfbench
