#pragma once

#include <memory>

#include "harness/core/plan/machine_shape.hpp"
#include "kernels/gemm/linear/linear.hpp"

namespace perfbench {

/// The largest m of the packed layers: beyond it weights are reused so often that a library's GEMM
/// is the better tool.
inline constexpr int kMostPackedRows = 16;

/// How the weights stand in memory: the layout that the prefetchers of a maker's cores follow best.
enum class PanelOrder {
  kSingle,  ///< Panel after panel.
  kPairs,   ///< Two panels line by line, where the ISA has loops for it; else as kSingle.
};

/// The order for a core: pairs on AMD's, single panels elsewhere (panel_loops_x86.cpp has figures).
[[nodiscard]] PanelOrder panel_order(const CpuIdentity& identity) noexcept;

/// Layers of our own kernels: fp32, m = 1 to kMostPackedRows, any n and k. make() copies the
/// weights once into panels that run() then reads strictly in order, in one stream or two; they are
/// padded with zeros to whole panels of 16 outputs, or pairs of them. No pool: the caller runs one
/// instance a thread, each on its part of n. The CPU must have the ISA, and has_packed_kernels()
/// must hold.
[[nodiscard]] std::unique_ptr<LinearBackend> packed_backend(Isa isa,
                                                            PanelOrder order = PanelOrder::kSingle);

/// True where this build holds kernels for that ISA.
[[nodiscard]] bool has_packed_kernels(Isa isa) noexcept;

/// The widest ISA of the machine that has_packed_kernels(); scalar when there is no other.
[[nodiscard]] Isa widest_packed_isa(const MachineShape& machine) noexcept;

}  // namespace perfbench
