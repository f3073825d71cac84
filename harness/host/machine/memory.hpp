#pragma once

#include "harness/core/result/machine.hpp"
#include "harness/core/units/quantity.hpp"
#include "harness/host/machine/cgroup.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// The least of MemAvailable, what the cgroups leave and what RLIMIT_AS leaves; the source says
/// which one binds.
[[nodiscard]] Reading<Bytes> read_memory_available(ProbeContext& context,
                                                   const CgroupLimits& cgroup);

/// Memory, swap, huge pages and NUMA balancing.
void add_memory_facts(ProbeContext& context, const CgroupLimits& cgroup, MachineFacts& facts);

/// The choice in brackets of "always [madvise] never", as sysfs writes a setting.
[[nodiscard]] Reading<std::string> chosen_setting(const Reading<std::string>& text);

}  // namespace perfbench
