#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "tools/cli/context.hpp"

namespace perfbench {

/// Where a report ended up.
struct SavedReport {
  std::string report;   ///< "" when nothing could be written anywhere; "-" for stdout.
  std::string page;     ///< "" without a page.
  std::string trouble;  ///< Why it is not where it was asked for; "" when it is.
};

/// Saves the document, then the page beside it. When the target turns out to be full or closed, the
/// document goes to report.json in the present folder, else to the folder for temporary files:
/// nothing that was measured is lost.
[[nodiscard]] SavedReport save_report(const Report& report,
                                      const std::string& target,
                                      const Context& context);

/// The page's address for a browser: file:///home/.., and on WSL2 the form that Windows opens as
/// well.
[[nodiscard]] std::string page_address(const std::string& page, const Environment& environment);

}  // namespace perfbench
