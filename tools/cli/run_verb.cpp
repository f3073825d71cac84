#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

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

/// What became of a check that was asked for; the sentence is said whenever the code is not 0.
struct CheckOutcome {
  ExitCode code = ExitCode::kMeasured;
  std::string sentence;
};

template <std::size_t size>
const Reason* reason_of(const Verdict& verdict, const std::array<std::string_view, size>& ids) {
  for (const Reason& reason : verdict.reasons) {
    if (std::find(ids.begin(), ids.end(), reason.id) != ids.end()) return &reason;
  }
  return nullptr;
}

// The bound is missed, no rate in reach of the queue holds it, or what came fast was wrong.
CheckOutcome failed(const Reason& reason) {
  return {ExitCode::kCheckFailed, error_line(reason.text, reason.remedy)};
}

// A run that proves nothing, of a late generator or with too few queries, has not missed the bound.
CheckOutcome undecided(const Verdict& verdict) {
  static constexpr std::array<std::string_view, 11> kNotes{"bound-holds",
                                                           "late-issues",
                                                           "near-saturation",
                                                           "frames-missed",
                                                           "disturbed",
                                                           "closed-loop",
                                                           "search-plan",
                                                           "by-estimate",
                                                           "held-to-saturation",
                                                           "replicates-lost",
                                                           "out-of-time"};
  const auto reason =
      std::find_if(verdict.reasons.begin(), verdict.reasons.end(), [](const Reason& candidate) {
        return std::find(kNotes.begin(), kNotes.end(), candidate.id) == kNotes.end();
      });
  const bool told = reason != verdict.reasons.end();
  return {ExitCode::kInconclusive,
          error_line("whether the latency bound is held cannot be told" +
                         (told ? ": " + reason->text : std::string()),
                     told ? reason->remedy : "")};
}

CheckOutcome judged(const ScenarioResult& result) {
  static constexpr std::array<std::string_view, 4> kFailures{
      "bound-missed", "overload", "wrong-answers", "not-verified"};
  if (result.verdict.validity == Validity::kValid) return {};
  const Reason* reason = reason_of(result.verdict, kFailures);
  return reason != nullptr && result.verdict.validity == Validity::kInvalid
             ? failed(*reason)
             : undecided(result.verdict);
}

CheckOutcome judged(const PeakRate& peak) {
  if (peak.verdict.validity != Validity::kValid) {
    static constexpr std::array<std::string_view, 2> kFailures{"wrong-answers", "not-verified"};
    const Reason* wrong = reason_of(peak.verdict, kFailures);
    return wrong != nullptr ? failed(*wrong) : undecided(peak.verdict);
  }
  static constexpr std::array<std::string_view, 1> kMissed{"not-held"};
  const Reason* missed = reason_of(peak.verdict, kMissed);
  return peak.found || missed == nullptr ? CheckOutcome{} : failed(*missed);
}

// A bound on the command line is a check that was asked for.
CheckOutcome checked(const Report& report, const RunCommand& command) {
  const std::optional<ServingRequest>& serving = command.plan.serving;
  if (!serving) return {};
  if (!answers(report)) return {ExitCode::kUsage, ""};
  if (!serving->scenario || !serving->scenario->bound) return {};
  if (!report.peak_rates.empty()) return judged(report.peak_rates.back());
  if (report.scenarios.empty()) return {};
  return judged(report.scenarios.back());
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
  if (!saved.trouble.empty()) return to_int(ExitCode::kUsage);
  const CheckOutcome outcome = checked(report, command);
  if (!outcome.sentence.empty()) say(context, outcome.sentence);
  return to_int(outcome.code);
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
