#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"

namespace perfbench {

// The figures of scenarios as blocks of lines. Inside this room only.

/// How much of a scenario is shown.
enum class Detail {
  kSummary,  ///< In the summary of a whole run: what a reader of the summary needs.
  kFull,     ///< Every figure.
};

/// Heading, what the scenarios showed in words, and one block a scenario; "" without scenarios.
[[nodiscard]] std::string scenarios_section(const Report& report,
                                            Detail detail,
                                            const TextOptions& options);
/// One scenario: name, verdict and figures.
[[nodiscard]] std::string scenario_block(const ScenarioResult& result,
                                         const RooflineSection* roofline,
                                         Detail detail,
                                         const TextOptions& options);

}  // namespace perfbench
