#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"
#include "reports/text/summary.hpp"

namespace perfbench {

/// What `perfbench roofline` prints: the conclusion in words, then every roof (arithmetic of one
/// core, scale, memory by level and kernel, latency, levels, ridge points), every product with who
/// computes it fastest and what binds it, the library's settings, then how far to trust it and the
/// next command. A roof whose verdict is INVALID is shown as that, never as a figure. Without a
/// roofline it is summary_text(). Lines fit options.width; strings of the report are made safe.
[[nodiscard]] std::string roofline_text(const Report& report,
                                        const TextOptions& options = {},
                                        const SummaryPaths& paths = {});

}  // namespace perfbench
