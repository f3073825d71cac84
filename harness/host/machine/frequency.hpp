#pragma once

#include <vector>

#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// What cpufreq says of the CPUs: driver, governor, limits, boost. These are settings; the clock
/// itself is measured by instrument/ (the driver's "current" is a request or an average).
void add_frequency_facts(FileSystemView& files, const std::vector<int>& cpus, MachineFacts& facts);

}  // namespace perfbench
