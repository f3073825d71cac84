#pragma once

#include <memory>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "kernels/peak/peak_loop.hpp"

namespace perfbench {

/// Entries of the compute peaks that this machine can run: by `machine.isas` and, for instructions
/// that come as extensions of an ISA (bf16, int8, half precision), by `machine.identity.flags`.
/// In the order of machine.isas, which is narrowest first; of one ISA the FMA peaks come first. At
/// most one entry for each ISA, precision and kernel name.
///
/// The kernels work in registers alone, with enough independent accumulators to hide the latency of
/// the instruction (reference: 1.5 x latency x pipes, where there are registers for them), stepped
/// forth and back (PeakStep) so that they stay bounded and never become denormal. After the last
/// iteration every accumulator is stored, so that nothing can be left out.
///
/// KernelInfo::name says which instructions do it, KernelInfo::variant the ISA and the instruction:
/// - "fma": one fused multiply-add a step, fp64, fp32 and fp16;
/// - "mul_add": a multiply and an add, which is what the ISA has (SSE2, and x86 scalar), and whose
///   limit per cycle is not the FMA limit;
/// - "fma_add": as many additions as FMAs, independent of each other (x86);
/// - "dot": sums of products of bf16 in fp32 and of int8 in int32. The isa is the registers' width:
///   "avx2" is 256 bits, whatever the encoding; "amx" tiles;
/// - "mmla": Arm's products of small matrices of bf16 and int8.
/// Work counts a multiply and an add as two operations, of int8 too.
[[nodiscard]] std::vector<KernelEntry> peak_entries(const MachineShape& machine);

/// One FMA (or multiply and add) peak, for callers that need no catalogue, such as a throughput
/// sentinel. The CPU must have the ISA, and peak_loops() hold one of it; precision is fp32 or fp64.
[[nodiscard]] std::unique_ptr<Kernel> make_peak_kernel(Isa isa, Precision precision);

/// The kernel of any loop; the CPU must be able to run it. Its prepare() throws ResourceError where
/// the kernel refuses the registers (AMX).
[[nodiscard]] std::unique_ptr<Kernel> make_peak_kernel(const PeakLoop& loop);

/// Whether the machine's ISAs and flags allow this loop.
[[nodiscard]] bool can_run(const MachineShape& machine, const PeakLoop& loop) noexcept;

}  // namespace perfbench
