#pragma once

#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// What else the machine did before we came: load averages, pressure, time stolen since boot. The
/// load average lags by a minute, so it is recorded and never a gate.
void add_load_facts(ProbeContext& context, MachineFacts& facts);

}  // namespace perfbench
