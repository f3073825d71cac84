#pragma once

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// Whether a hypervisor stands below, which one, whether a container stands around, and WSL2.
void add_virtualization_facts(ProbeContext& context,
                              const CpuIdentity& identity,
                              MachineFacts& facts);

}  // namespace perfbench
