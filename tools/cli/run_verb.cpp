#include <iostream>
#include <memory>

#include "harness/core/plan/run_plan.hpp"
#include "harness/core/units/error.hpp"
#include "reports/document/save.hpp"
#include "reports/document/write.hpp"
#include "reports/html/render.hpp"
#include "reports/text/plan_text.hpp"
#include "reports/text/roofline_text.hpp"
#include "reports/text/scenario_text.hpp"
#include "reports/text/summary.hpp"
#include "tools/cli/exit_code.hpp"
#include "tools/cli/measurement.hpp"
#include "tools/cli/output.hpp"
#include "tools/cli/terminal_progress.hpp"
#include "tools/cli/verbs.hpp"

namespace perfbench {
namespace {

int print_plan(const RunCommand& command,
               const Context& context,
               Report report,
               const RunPlan& plan) {
  report.plan = plan.record();
  print(command.common.json ? write_document(report)
                            : plan_text(report.plan, text_options(context, command.common)));
  return to_int(ExitCode::kMeasured);
}

std::unique_ptr<Progress> make_progress(const RunCommand& command,
                                        const Context& context,
                                        const RunPlan& plan) {
  if (command.common.quiet) return std::make_unique<NullProgress>();
  TerminalProgress::Options options;
  options.terminal = context.err_is_terminal;
  options.columns = static_cast<std::size_t>(context.columns);
  for (const PlanStep& step : plan.steps()) options.steps.push_back({step.id, step.estimated_s});
  return std::make_unique<TerminalProgress>(context.err, std::move(options));
}

// In the form of the verb that was typed.
std::string text_of(const Report& report,
                    const RunCommand& command,
                    const TextOptions& options,
                    const SummaryPaths& paths) {
  if (command.roofline_verb) return roofline_text(report, options, paths);
  if (!command.plan.serving) return summary_text(report, options, paths);
  return command.plan.serving->calibrate ? calibration_text(report, options, paths)
                                         : scenario_text(report, options, paths);
}

bool holds_a_figure(const Report& report) {
  return report.roofline || report.calibration || !report.scenarios.empty() ||
         !report.peak_rates.empty() || !report.load_sweeps.empty() || !report.tracks.empty();
}

// Of what `scenario` was asked for; the roofs beside it are not it.
bool answers(const Report& report) {
  return report.calibration || !report.scenarios.empty() || !report.peak_rates.empty() ||
         !report.load_sweeps.empty() || !report.tracks.empty();
}

ExitCode code_of(Validity validity) {
  switch (validity) {
    case Validity::kInvalid:
      return ExitCode::kCheckFailed;
    case Validity::kInconclusive:
      return ExitCode::kInconclusive;
    case Validity::kValid:
      break;
  }
  return ExitCode::kMeasured;
}

// A bound on the command line is a check that was asked for.
ExitCode checked(const Report& report, const RunCommand& command) {
  const std::optional<ServingRequest>& serving = command.plan.serving;
  if (!serving) return ExitCode::kMeasured;
  if (!answers(report)) return ExitCode::kUsage;
  if (!serving->scenario || !serving->scenario->bound) return ExitCode::kMeasured;
  if (!report.peak_rates.empty()) return code_of(report.peak_rates.back().verdict.validity);
  if (report.scenarios.empty()) return ExitCode::kMeasured;
  return code_of(report.scenarios.back().verdict.validity);
}

// The summary on stdout. A stdout that is closed is said, but costs nothing: the report is saved.
void print_summary(const Report& report,
                   const SavedReport& saved,
                   const RunCommand& command,
                   const Context& context) {
  if (command.common.quiet || saved.report == "-") return;
  SummaryPaths paths;
  paths.program = context.program;
  paths.report = saved.report;
  paths.page = saved.page.empty() ? "" : page_address(saved.page, context.environment);
  try {
    const TextOptions options = text_options(context, command.common);
    print(text_of(report, command, options, paths));
  } catch (const ResourceError& error) {
    say(context, error_line(error.what(), "the report is in " + saved.report));
  }
}

int finish(const Report& report, const RunCommand& command, const Context& context) {
  const std::string target = command.common.json ? "-" : command.output;
  const SavedReport saved = save_report(report, target, context);
  if (saved.report.empty()) throw ResourceError(saved.trouble, "nothing could be saved anywhere");
  if (!saved.trouble.empty())
    say(context, error_line(saved.trouble, "the report was saved as " + saved.report + " instead"));
  if (!saved.report.empty() && saved.page.empty() && saved.report != "-" && !page_available() &&
      !command.common.quiet) {
    say(context, page_unavailable_reason());
  }
  print_summary(report, saved, command, context);
  if (context.interruption.requested()) return interrupted_by(context.interruption.signal());
  return to_int(saved.trouble.empty() ? checked(report, command) : ExitCode::kUsage);
}

}  // namespace

int run_verb(const RunCommand& command, Context& context) {
  if (command.list_workloads) {
    print(workload_list());
    return to_int(ExitCode::kMeasured);
  }
  Measurement measurement = prepare_measurement(command, context);
  Report& report = measurement.report;
  if (command.print_plan) return print_plan(command, context, report, measurement.plan);
  if (!command.common.json) check_writable(command.output);
  {
    const auto progress = make_progress(command, context, measurement.plan);
    carry_out(measurement, context, *progress);
  }
  if (report.partial && !context.interruption.requested()) {
    say(context,
        error_line(report.partial_reason,
                   holds_a_figure(report) ? "what was measured until then is in the report"
                                          : "nothing was measured"));
  }
  return finish(report, command, context);
}

}  // namespace perfbench
