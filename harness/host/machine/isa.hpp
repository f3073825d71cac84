#pragma once

#include <string>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// Instruction sets that a program may use here: offered by the CPU and saved by the kernel.
struct InstructionSets {
  std::vector<Isa> usable;                  ///< Narrowest first.
  std::vector<std::string> without_kernel;  ///< "AMX", "SVE", "SVE2", "SME".
  std::string source;                       ///< What was asked.
};

/// x86: CPUID's bit and the register state in XCR0; without CPUID the flags of /proc/cpuinfo, which
/// the kernel clears for state that it does not save. arm64: the kernel's flags.
[[nodiscard]] InstructionSets find_instruction_sets(const ProbeContext& context,
                                                    const CpuIdentity& identity);

void add_isa_facts(const ProbeContext& context,
                   const CpuIdentity& identity,
                   const InstructionSets& sets,
                   MachineFacts& facts);

}  // namespace perfbench
