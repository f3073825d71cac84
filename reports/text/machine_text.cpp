#include "reports/text/machine_text.hpp"

#include <cstddef>

#include "reports/document/sanitise.hpp"
#include "reports/text/fact_text.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kSentence = 1000;

std::string fact_text(const Fact& fact, const TextOptions& options) {
  const std::string name = "  " + sanitise(fact.name, 60) + ": ";
  if (!fact.reading.available()) {
    return wrap("not available: " + sanitise(fact.reading.reason(), kSentence), options, name);
  }
  return wrap(fact_value_text(fact.reading.value(), fact.unit) + " (" +
                  sanitise(fact.reading.source(), 200) + ")",
              options,
              name);
}

std::string fitness_text(const Report& report) {
  const std::size_t warnings = report.machine.warnings.size();
  const bool quiet = report.quiet.verdict.quietness == Quietness::kQuiet;
  std::string text = quiet ? "This machine is quiet now" : "This machine is not quiet now";
  if (warnings == 0) {
    return text +
           (quiet
                ? ", and nothing was found that makes its figures fragile: it is fit to measure on."
                : ": figures taken now carry that disturbance.");
  }
  return text + ", and " + counted(warnings, "thing makes", "things make") +
         " its figures fragile; what to do about it stands below.";
}

std::string one_warning(std::size_t number, const Warning& warning, const TextOptions& options) {
  const std::string first = "  " + std::to_string(number) + ". ";
  const std::string indent(first.size(), ' ');
  std::string text = wrap(sanitise(warning.what, kSentence), options, first);
  if (!warning.why.empty())
    text += wrap("Why it matters: " + sanitise(warning.why, kSentence), options, indent);
  if (!warning.remedy.empty())
    text += wrap("Remedy: " + sanitise(warning.remedy, kSentence), options, indent);
  return text;
}

}  // namespace

std::string warnings_text(const MachineFacts& machine, const TextOptions& options) {
  if (machine.warnings.empty()) return "";
  const Painter painter(options);
  std::string text = "\n" + painter.heading("WARNINGS") + "\n";
  std::size_t number = 0;
  for (const Warning& warning : machine.warnings) text += one_warning(++number, warning, options);
  return text;
}

std::string probe_text(const Report& report, const TextOptions& options) {
  const Painter painter(options);
  std::string text = wrap(fitness_text(report), options);
  for (const Reason& reason : report.quiet.verdict.reasons) {
    text += wrap(sanitise(reason.text, kSentence), options, "  - ");
    if (!reason.remedy.empty())
      text += wrap("Remedy: " + sanitise(reason.remedy, kSentence), options, "    ");
  }
  text += "\n" + painter.heading("MACHINE") + "\n";
  for (const Fact& fact : report.machine.facts) text += fact_text(fact, options);
  text += noise_floor_text(report.quiet, options);
  text += warnings_text(report.machine, options);
  return text;
}

}  // namespace perfbench
