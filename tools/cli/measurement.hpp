#pragma once

#include <memory>
#include <optional>

#include "harness/core/progress.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "tools/cli/command_line.hpp"
#include "tools/cli/context.hpp"
#include "tools/cli/workload_choice.hpp"

namespace perfbench {

/// What a command is going to measure on this machine, with the report that it fills.
struct Measurement {
  Machine machine;
  RunPlan plan;
  Report report;
  double probe_took_s = 0.0;
  std::optional<WorkloadFile> file;
};

/// Reads the machine, the trace and the workload's file, checks that there is such a workload, and
/// makes the plan. Throws an Error for what cannot be, before anything is measured.
[[nodiscard]] Measurement prepare_measurement(const RunCommand& command, const Context& context);

/// Carries the plan out; the report holds what was measured, whatever happens.
void carry_out(Measurement& measurement, const Context& context, Progress& progress);

}  // namespace perfbench
