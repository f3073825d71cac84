#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"

namespace perfbench {

/// Where the report was saved, for the last lines of the summary; empty where it was not.
struct SummaryPaths {
  std::string report;
  std::string page;
  std::string program = "perfbench";  ///< How it has to be typed.
};

/// The terminal summary of a report: the conclusion in words, then the figures with units,
/// intervals and limits, then how far to trust them and what to do about it, then the next command.
/// Lines fit options.width. Strings of the report are made safe (sanitise.hpp).
[[nodiscard]] std::string summary_text(const Report& report,
                                       const TextOptions& options = {},
                                       const SummaryPaths& paths = {});

}  // namespace perfbench
