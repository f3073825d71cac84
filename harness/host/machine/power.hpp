#pragma once

#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// Charger or battery, the firmware's platform profile, and the idle states of one CPU.
void add_power_facts(FileSystemView& files, int cpu, MachineFacts& facts);

}  // namespace perfbench
