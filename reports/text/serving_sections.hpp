#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"
#include "reports/text/scenario_block.hpp"

namespace perfbench {

// Sections of the searches, the tracks and the calibration; each is "" where the report has
// nothing of the kind. Inside this room only.

/// Highest rates that hold a bound, beside what queueing theory predicts; every probe in full.
[[nodiscard]] std::string peak_rate_text(const Report& report,
                                         Detail detail,
                                         const TextOptions& options);
/// Throughput against latency.
[[nodiscard]] std::string sweep_text(const Report& report, const TextOptions& options);
/// Every track: its findings, then its figures.
[[nodiscard]] std::string tracks_text(const Report& report,
                                      Detail detail,
                                      const TextOptions& options);
/// The harness against known truths.
[[nodiscard]] std::string calibration_section(const Report& report, const TextOptions& options);

}  // namespace perfbench
