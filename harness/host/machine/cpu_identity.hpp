#pragma once

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// Who this logical CPU says it is: CPUID (x86) or MIDR_EL1 (arm64) where they can be asked, else
/// /proc/cpuinfo. What is not told stays at its default and is "not available" as a fact.
[[nodiscard]] CpuIdentity read_cpu_identity(ProbeContext& context, int cpu);

/// Part number of an Arm CPU, as big.LITTLE boards differ in it from CPU to CPU.
[[nodiscard]] Reading<int> read_arm_part(ProbeContext& context, int cpu);

/// Vendor, family, model, name, microcode, and the microarchitecture by the table of limits.
void add_identity_facts(ProbeContext& context,
                        const CpuIdentity& identity,
                        int cpu,
                        MachineFacts& facts);

}  // namespace perfbench
