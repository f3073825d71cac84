#pragma once

#include <span>

#include "harness/core/plan/machine_shape.hpp"
#include "kernels/stream/stream_loop.hpp"

namespace perfbench {

/// What triad() runs with. The CPU must have the ISA.
struct TriadVariant {
  Isa isa = Isa::kScalar;
  StoreKind store = StoreKind::kRegular;
  StreamForm form = StreamForm::kFar;  ///< One of the far ones.
};

/// What streams DRAM fastest on the machine: the widest ISA, non-temporal stores where it has them.
[[nodiscard]] TriadVariant triad_variant(const MachineShape& machine) noexcept;

/// The widest ISA of the machine that this build has streaming loops for; kScalar where it has
/// none.
[[nodiscard]] Isa widest_stream_isa(const MachineShape& machine) noexcept;

/// True where this build holds streaming loops for the ISA (always for kScalar).
[[nodiscard]] bool has_stream_loop(Isa isa) noexcept;

/// STREAM's triad: a[i] = b[i] + scalar * c[i], for spans of one length, any alignment (each span
/// must be aligned for double). Counts 2 flop and 24 bytes an element; with regular stores the
/// memory moves 32. Non-temporal stores are fenced before it returns. Does not allocate. Scalar
/// code writes with regular stores whatever the variant says.
void triad(std::span<double> a,
           std::span<const double> b,
           std::span<const double> c,
           double scalar,
           TriadVariant variant) noexcept;

}  // namespace perfbench
