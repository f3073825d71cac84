#pragma once

#include <memory>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/machine_shape.hpp"

namespace perfbench {

/// Entries of the floating-point peak, fp32 and fp64, one for each ISA of `machine.isas` that this
/// build has a loop for: in the order of machine.isas, which is narrowest first, so the last entry
/// of a precision is the widest.
///
/// The kernel works in registers alone: enough independent accumulators to hide the latency of the
/// instruction (reference: 1.5 x latency x pipes or more), each stepped through x <- m x + c and x
/// <- m x - c (Arm: x <- x + m c and x <- x - m c), which stays near 1 in magnitude and never
/// becomes denormal. One iteration is two steps of every accumulator; after the last one every
/// accumulator is stored, so that nothing can be left out.
///
/// KernelInfo::name says which instructions do it: "fma" is one fused instruction a step; "mul_add"
/// is a multiply and an add, which is what the ISA has (SSE2, and x86 scalar), and whose limit per
/// cycle is not the FMA limit.
[[nodiscard]] std::vector<KernelEntry> peak_entries(const MachineShape& machine);

/// True where this build holds a loop for that ISA; whether the CPU may run it is the caller's
/// knowledge (MachineShape::isas).
[[nodiscard]] bool has_peak_loop(Isa isa, Precision precision) noexcept;

/// One peak kernel, for callers that need no catalogue, such as a throughput sentinel. The CPU must
/// have the ISA, and has_peak_loop() must hold; precision is fp32 or fp64.
[[nodiscard]] std::unique_ptr<Kernel> make_peak_kernel(Isa isa, Precision precision);

}  // namespace perfbench
