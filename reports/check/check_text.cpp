#include <algorithm>
#include <cstddef>

#include "reports/check/check.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"

namespace perfbench {
namespace {

/// More are counted, not listed: the first ones name the place.
constexpr std::size_t kListed = 50;

}  // namespace

std::string check_text(const CheckResult& result, const TextOptions& options) {
  const Painter painter(options);
  std::string text;
  if (result.compared == 0 && result.ok()) {
    text += wrap("This report holds no derived figure that could be recomputed.", options);
  } else if (result.ok()) {
    text += wrap(painter.good("ok") + ": all " + format_count(result.compared) +
                     " figures and verdicts follow from the data that the report holds.",
                 options);
  } else {
    text += wrap(
        painter.bad("failed") + ": " +
            counted(
                result.disagreements.size(), "figure or verdict does", "figures or verdicts do") +
            " not follow from the report's own data (" + format_count(result.compared) +
            " compared).",
        options);
  }
  for (std::size_t i = 0; i < std::min(kListed, result.disagreements.size()); ++i) {
    const Disagreement& found = result.disagreements[i];
    text += wrap(sanitise(found.path, 200) + ": stored " + sanitise(found.stored) +
                     ", recomputed " + sanitise(found.recomputed),
                 options,
                 "  - ");
  }
  if (result.disagreements.size() > kListed) {
    text += "  and " + format_count(result.disagreements.size() - kListed) + " more\n";
  }
  for (std::size_t i = 0; i < std::min(kListed, result.not_checkable.size()); ++i) {
    text += wrap(sanitise(result.not_checkable[i], 1000) + ".", options, "  Not checked: ");
  }
  if (!result.ok()) {
    text += wrap(
        "the file was changed after it was measured, or by another tool; measure again, or use the "
        "original.",
        options,
        "  Remedy: ");
  }
  return text;
}

}  // namespace perfbench
