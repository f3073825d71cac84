#include "tools/cli/measurement.hpp"

#include <algorithm>
#include <utility>

#include "harness/core/units/error.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "scenarios/audit/audit.hpp"
#include "scenarios/schedule/arrival_schedule.hpp"
#include "tools/cli/providers.hpp"
#include "tools/cli/trace_file.hpp"
#include "tools/cli/verbs.hpp"

namespace perfbench {
namespace {

/// Once through, from its beginning to its end.
ScenarioSettings with_trace(ScenarioSettings settings, ArrivalTrace trace) {
  settings.arrivals.trace = std::move(trace);
  settings.stop = {};
  const ArrivalCount count = count_arrivals(settings.arrivals, settings.stop);
  // The plan counts in seconds: a rounded nanosecond must not make the trace too short for itself.
  settings.stop.min_duration = std::max(Nanoseconds(0), count.span - Nanoseconds(1'000));
  settings.stop.min_queries = count.queries;
  return settings;
}

/// What the command line named and did not bring.
PlanOptions complete(const RunCommand& command,
                     const MachineShape& shape,
                     std::optional<WorkloadFile>& file) {
  PlanOptions options = command.plan;
  if (command.workload_file) file = read_workload_file(*command.workload_file);
  if (!options.serving || !options.serving->scenario) return options;
  ScenarioSettings& settings = *options.serving->scenario;
  if (command.trace) settings = with_trace(settings, read_trace(*command.trace));
  if (command.stop) settings.stop = *command.stop;
  // A schedule that cannot be is refused now, not after the library was searched.
  const ArrivalSettings& arrivals = settings.arrivals;
  if (arrivals.kind == Arrivals::kTrace || arrivals.target_qps > 0.0)
    (void)count_arrivals(arrivals, settings.stop);
  if (file) {
    check_file(shape, *file);
    settings.workload = file->workload;
  } else if (!settings.workload.empty()) {
    check_workload(shape, settings.workload, settings.rung.empty() ? "fitted" : settings.rung);
  }
  return options;
}

}  // namespace

Measurement prepare_measurement(const RunCommand& command, const Context& context) {
  MachineProbeOptions probe_options;
  probe_options.environment = context.environment;
  SteadyClock clock;
  const TimePoint begin = clock.now();
  Machine machine = MachineProbe(probe_options).probe();
  const double probe_took_s = seconds(clock.now() - begin);
  std::optional<WorkloadFile> file;
  const PlanOptions options = complete(command, machine.shape, file);
  RunPlan plan = make_run_plan(machine.shape, options);
  Report report = new_report(machine, context);
  report.label = options.label;
  return {std::move(machine), std::move(plan), std::move(report), probe_took_s, std::move(file)};
}

void carry_out(Measurement& measurement, const Context& context, Progress& progress) {
  SteadyClock clock;
  AuditOptions options;
  options.probe_took_s = measurement.probe_took_s;
  Providers providers(measurement.machine,
                      measurement.plan,
                      context,
                      measurement.report.started_utc,
                      measurement.file);
  run_audit(measurement.plan,
            measurement.machine.shape,
            providers.audit_providers(),
            options,
            clock,
            progress,
            context.interruption,
            measurement.report);
}

}  // namespace perfbench
