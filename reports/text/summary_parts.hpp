#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"

namespace perfbench {

// The parts of the terminal summary, in their order. Inside this room only.

/// The conclusion in words: what this machine delivers and how far to trust it.
[[nodiscard]] std::string conclusion_text(const Report& report, const TextOptions& options);
/// Roofs, dots, library settings, notes; "" without a roofline.
[[nodiscard]] std::string roofline_text(const Report& report, const TextOptions& options);
/// "" without scenarios.
[[nodiscard]] std::string scenarios_text(const Report& report, const TextOptions& options);
/// Quietness with its evidence, noise floor, verdicts that are not VALID, warnings with remedies.
[[nodiscard]] std::string trust_text(const Report& report, const TextOptions& options);
/// The noise floor alone; "" where no gap test ran.
[[nodiscard]] std::string noise_floor_text(const QuietSummary& quiet, const TextOptions& options);

/// "compute fp32, 2 threads", "DRAM read, 1 thread".
[[nodiscard]] std::string roof_name(const Roof& roof);

}  // namespace perfbench
