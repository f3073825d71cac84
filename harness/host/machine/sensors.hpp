#pragma once

#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// Which meters there are: hardware counters and the right to use them, energy counters, thermal
/// zones, hardware monitors, throttle counts. Reading them over time is for other rooms.
void add_sensor_facts(ProbeContext& context, int cpu, MachineFacts& facts);

}  // namespace perfbench
