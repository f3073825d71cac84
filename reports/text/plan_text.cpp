#include "reports/text/plan_text.hpp"

#include <cstddef>

#include "reports/document/sanitise.hpp"
#include "reports/text/fact_text.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"

namespace perfbench {

std::string plan_text(const PlanRecord& plan, const TextOptions& options) {
  const Painter painter(options);
  double total = 0.0;
  for (const PlanStepRecord& step : plan.steps) total += step.estimated_s;
  std::string text =
      wrap("Preset " + sanitise(plan.preset, 40) + ", seed " + std::to_string(plan.seed) + ": " +
               counted(plan.steps.size(), "step", "steps") + ", about " + format_wait(total) + ".",
           options);
  if (!plan.steps.empty()) text += "\n" + painter.heading("STEPS") + "\n";
  std::size_t number = 0;
  for (const PlanStepRecord& step : plan.steps) {
    const std::string what = sanitise(step.what.empty() ? step.id : step.what, 300);
    text += wrap(what + ", about " + format_wait(step.estimated_s),
                 options,
                 "  " + std::to_string(++number) + ". ");
  }
  if (!plan.entries.empty()) text += "\n" + painter.heading("SETTINGS") + "\n";
  for (const PlanEntry& entry : plan.entries) {
    text += wrap(fact_value_text(entry.value, ""), options, "  " + sanitise(entry.name, 60) + ": ");
  }
  return text;
}

}  // namespace perfbench
