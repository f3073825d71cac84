#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"
#include "reports/text/summary.hpp"

namespace perfbench {

// The parts of the terminal summary, in their order. Inside this room only.

/// The conclusion in words: what this machine delivers and how far to trust it.
[[nodiscard]] std::string conclusion_text(const Report& report, const TextOptions& options);
/// The main roofs of one core and of all, the fastest of each kernel, library settings, notes; ""
/// without a roofline.
[[nodiscard]] std::string roofline_summary(const Report& report, const TextOptions& options);
/// Quietness with its evidence, noise floor, verdicts that are not VALID, warnings with remedies.
[[nodiscard]] std::string trust_text(const Report& report, const TextOptions& options);
/// The noise floor alone; "" where no gap test ran.
[[nodiscard]] std::string noise_floor_text(const QuietSummary& quiet, const TextOptions& options);

/// The commands to type next; "" where nothing was saved.
[[nodiscard]] std::string next_text(const SummaryPaths& paths, const TextOptions& options);

/// "fp32 fma avx512, one core", "DRAM read, 4 cores, epoch 1".
[[nodiscard]] std::string roof_name(const Roof& roof);
/// roof_name() of the roof with that id; the id, made safe, where the section has none.
[[nodiscard]] std::string roof_words(const RooflineSection& section, const std::string& id);

}  // namespace perfbench
