#include "reports/text/roofline_text.hpp"

#include "reports/document/sanitise.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/roofline_sections.hpp"
#include "reports/text/roofline_view.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {

std::string roofline_text(const Report& report,
                          const TextOptions& options,
                          const SummaryPaths& paths) {
  if (!report.roofline) return summary_text(report, options, paths);
  const RooflineView view(*report.roofline);
  Marks marks;
  std::string text = conclusion_text(report, options);
  if (report.label) text += wrap(sanitise(*report.label), options, "Label: ");
  text += compute_section(view, marks, options);
  text += scale_section(view, marks, options);
  text += places_section(view, marks, options);
  text += memory_sections(view, marks, options);
  text += latency_section(view, marks, options);
  text += levels_section(*report.roofline, options);
  text += ridge_section(view, options);
  text += products_section(view, marks, options);
  text += library_section(*report.roofline, report.machine, options);
  text += notes_section(*report.roofline, options);
  text += trust_text(report, options);
  text += next_text(paths, options);
  return text;
}

}  // namespace perfbench
