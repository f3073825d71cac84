#include "reports/text/scenario_text.hpp"

#include "reports/document/sanitise.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/scenario_block.hpp"
#include "reports/text/serving_sections.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {

std::string scenario_text(const Report& report,
                          const TextOptions& options,
                          const SummaryPaths& paths) {
  std::string text = conclusion_text(report, options);
  if (report.label) text += wrap(sanitise(*report.label), options, "Label: ");
  text += scenarios_section(report, Detail::kFull, options);
  text += peak_rate_text(report, Detail::kFull, options);
  text += sweep_text(report, options);
  text += tracks_text(report, Detail::kFull, options);
  text += trust_text(report, options);
  text += next_text(paths, options);
  return text;
}

}  // namespace perfbench
