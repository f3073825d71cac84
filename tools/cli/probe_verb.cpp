#include <chrono>
#include <ctime>

#include "harness/host/machine/capture.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "reports/document/save.hpp"
#include "reports/document/write.hpp"
#include "reports/text/machine_text.hpp"
#include "tools/cli/build_info.hpp"
#include "tools/cli/exit_code.hpp"
#include "tools/cli/output.hpp"
#include "tools/cli/verbs.hpp"

namespace perfbench {
namespace {

// Wall time is stamped once per report, in UTC.
std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

Report new_report(const Machine& machine, const Context& context) {
  Report report;
  report.tool = build_info();
  report.command = context.command;
  report.started_utc = now_utc();
  report.machine = machine.facts;
  return report;
}

int probe_verb(const ProbeCommand& command, Context& context) {
  MachineProbeOptions options;
  options.environment = context.environment;
  const MachineProbe probe(options);
  if (command.capture) {
    save_file(*command.capture, write_capture(probe.snapshot()));
    if (!command.common.quiet)
      say(context, "an anonymised snapshot of this machine is in " + *command.capture);
  }
  const Report report = new_report(probe.probe(), context);
  if (command.output) save_file(*command.output, write_document(report));
  if (command.common.json) {
    print(write_document(report));
  } else if (!command.common.quiet) {
    print(probe_text(report, text_options(context, command.common)));
  }
  return to_int(ExitCode::kMeasured);
}

}  // namespace perfbench
