#pragma once

#include <string>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// Instruction sets that a program may use here: offered by the CPU and saved by the kernel.
struct InstructionSets {
  std::vector<Isa> usable;  ///< Narrowest first.
  /// "AMX" where the kernel does not grant its tiles, "AMX-FP16", "AMX-COMPLEX", "SVE2", "SME".
  std::vector<std::string> without_kernel;
  std::string source;  ///< What was asked.
};

/// x86: CPUID's bit and the register state in XCR0; without CPUID the flags of /proc/cpuinfo, which
/// the kernel clears for state that it does not save. AMX needs the kernel's grant beside them.
/// arm64: the kernel's hardware capabilities; without them the flags of /proc/cpuinfo.
[[nodiscard]] InstructionSets find_instruction_sets(const ProbeContext& context,
                                                    const CpuIdentity& identity);

void add_isa_facts(const ProbeContext& context,
                   const CpuIdentity& identity,
                   const InstructionSets& sets,
                   MachineFacts& facts);

}  // namespace perfbench
