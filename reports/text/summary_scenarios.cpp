// The section of the scenarios: what they showed in words, then a block each.
#include <algorithm>
#include <string>
#include <vector>

#include "reports/text/layout.hpp"
#include "reports/text/roofline_sections.hpp"
#include "reports/text/scenario_block.hpp"
#include "reports/text/scenario_findings.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {

std::string scenarios_section(const Report& report, Detail detail, const TextOptions& options) {
  if (report.scenarios.empty()) return "";
  std::string text = section_head(
      "SCENARIOS", "latency of a query with its 95 % interval within this run", options);
  for (const std::string& finding : scenario_findings(report)) text += wrap(finding, options, "  ");
  const RooflineSection* roofline = report.roofline ? &*report.roofline : nullptr;
  for (const ScenarioResult& result : report.scenarios)
    text += scenario_block(result, roofline, detail, options);
  const bool closed = std::any_of(
      report.scenarios.begin(), report.scenarios.end(), [](const ScenarioResult& result) {
        return result.closed_loop && result.scenario != Scenario::kOffline;
      });
  if (closed) {
    text += wrap(
        "Closed loop: the next query waits for the last one, so a stall of the machine shows in "
        "one query only.",
        options,
        "  ");
  }
  return text;
}

}  // namespace perfbench
