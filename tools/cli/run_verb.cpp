#include <iostream>
#include <memory>

#include "harness/core/plan/run_plan.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "reports/document/save.hpp"
#include "reports/document/write.hpp"
#include "reports/html/render.hpp"
#include "reports/text/plan_text.hpp"
#include "reports/text/roofline_text.hpp"
#include "reports/text/summary.hpp"
#include "scenarios/audit/audit.hpp"
#include "tools/cli/exit_code.hpp"
#include "tools/cli/output.hpp"
#include "tools/cli/providers.hpp"
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
    print(command.roofline_verb ? roofline_text(report, options, paths)
                                : summary_text(report, options, paths));
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
  return to_int(saved.trouble.empty() ? ExitCode::kMeasured : ExitCode::kUsage);
}

}  // namespace

int run_verb(const RunCommand& command, Context& context) {
  MachineProbeOptions probe_options;
  probe_options.environment = context.environment;
  SteadyClock clock;
  const TimePoint begin = clock.now();
  const Machine machine = MachineProbe(probe_options).probe();
  AuditOptions audit_options;
  audit_options.probe_took_s = seconds(clock.now() - begin);
  const RunPlan plan = make_run_plan(machine.shape, command.plan);
  Report report = new_report(machine, context);
  report.label = command.plan.label;
  if (command.print_plan) return print_plan(command, context, std::move(report), plan);
  if (!command.common.json) check_writable(command.output);

  Providers providers(machine, plan, context, report.started_utc);
  {
    const auto progress = make_progress(command, context, plan);
    run_audit(plan,
              machine.shape,
              providers.audit_providers(),
              audit_options,
              clock,
              *progress,
              context.interruption,
              report);
  }
  if (report.partial && !context.interruption.requested()) {
    say(context,
        error_line(report.partial_reason, "what was measured until then is in the report"));
  }
  return finish(report, command, context);
}

}  // namespace perfbench
