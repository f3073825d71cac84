#include "scenarios/audit/audit.hpp"

#include <csignal>
#include <exception>
#include <new>
#include <utility>
#include <variant>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "scenarios/audit/audit_steps.hpp"

namespace perfbench {
namespace {

std::string signal_in_words(int signal) {
  switch (signal) {
    case SIGINT:
      return "SIGINT (Ctrl-C)";
    case SIGTERM:
      return "SIGTERM";
    case SIGUSR1:
      return "SIGUSR1";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "signal " + std::to_string(signal);
  }
}

void mark_partial(Report& report, const std::string& reason) {
  report.partial = true;
  if (!report.partial_reason.empty()) report.partial_reason += "; ";
  report.partial_reason += reason;
}

/// A step that could not be finished because the machine refused something.
void refused(Report& report, const PlanStep& step, const std::string& why) {
  mark_partial(report, step.what + ": " + why);
}

/// The plan fits --max-time by its estimates; where the machine is slower than estimated, steps
/// that would mostly lie beyond it are not begun.
bool beyond_time(const RunPlan& plan, double elapsed_s, const PlanStep& step) {
  if (!plan.max_time()) return false;
  return elapsed_s + 0.5 * step.estimated_s > seconds(*plan.max_time());
}

}  // namespace

void run_audit(const RunPlan& plan,
               const MachineShape& shape,
               const AuditProviders& providers,
               const AuditOptions& options,
               Clock& clock,
               Progress& progress,
               const Interruption& interruption,
               Report& report) {
  CHECK(providers.kernels && providers.workload, "an audit needs kernels and workloads");
  report.plan = plan.record();
  audit_detail::AuditSteps steps(
      plan, shape, providers, options, clock, progress, interruption, report);
  steps.update_quiet();
  const TimePoint begin = clock.now();
  for (std::size_t i = 0; i < plan.steps().size(); ++i) {
    if (interruption.requested()) {
      if (!report.partial) {
        mark_partial(report, "interrupted by " + signal_in_words(interruption.signal()));
      }
      break;
    }
    const PlanStep& step = plan.steps()[i];
    const TimePoint from = clock.now();
    if (beyond_time(plan, seconds(from - begin), step)) {
      steps.left_out(step.what, "the time given by --max-time was used up", "give --max-time more");
      continue;
    }
    progress.step(step.id, step.what);
    try {
      std::visit(steps, step.work);
    } catch (const Error& error) {
      refused(report, step, error.what());
    } catch (const std::bad_alloc&) {
      refused(report, step, "out of memory");
    } catch (const std::exception& fault) {
      mark_partial(report, step.what + ": internal fault: " + fault.what());
      throw;
    }
    report.plan.steps[i].took_s = std::holds_alternative<ProbeStep>(step.work)
                                      ? options.probe_took_s
                                      : seconds(clock.now() - from);
    if (interruption.requested()) {
      mark_partial(
          report,
          "interrupted by " + signal_in_words(interruption.signal()) + " during: " + step.what);
    } else {
      progress.advance(1.0);
    }
  }
}

}  // namespace perfbench
