#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"

namespace perfbench {

/// A stored figure or verdict that does not follow from the stored data.
struct Disagreement {
  std::string path;  ///< JSON path: "sections.roofline.roofs[0].rate_flop_per_s.best"
  std::string stored;
  std::string recomputed;
};

/// Outcome of a check. `compared` counts the figures and verdicts that were recomputed and
/// compared, so that a check of nothing cannot look like a check that passed.
struct CheckResult {
  std::size_t compared = 0;
  std::vector<Disagreement> disagreements;
  std::vector<std::string>
      not_checkable;  ///< Sentences: what the report does not hold the data for.
  [[nodiscard]] bool ok() const noexcept { return disagreements.empty(); }
};

/// Recomputes every derived figure and verdict of `report` from its stored data, with the same
/// functions of harness/core/stats and harness/core/judge that made them. Integers and words must
/// agree exactly, doubles to a relative 1e-9 (another compiler may round the last bits of a
/// logarithm differently). An INVALID verdict that follows from the data agrees: check judges the
/// report, not the machine.
[[nodiscard]] CheckResult check_report(const Report& report);

/// check_report() of the document, and beyond it every key that the writer derives: the document is
/// written again from what was read, and each key that both hold must agree. Throws InputError as
/// read_document() does.
[[nodiscard]] CheckResult check_document(std::string_view document);

/// The outcome in words for a terminal, ending in a newline.
[[nodiscard]] std::string check_text(const CheckResult& result, const TextOptions& options = {});

}  // namespace perfbench
