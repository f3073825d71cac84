#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "kernels/stream/stream_entries.hpp"

namespace perfbench {

/// What the catalogue is made for.
struct CatalogueOptions {
  StreamOptions stream;  ///< The team's size stands in stream.sizing.team.
  bool latency = false;  ///< Chases, at the levels of stream.levels and in DRAM.
};

/// Every roof kernel of ours that this machine can run: the peaks in each of its ISAs, the streams
/// level by level, the chases. A stream that computes in vectors has the loaded clock chain of its
/// ISA, where it has one; reads, writes, copies and updates leave the clock alone. Making it
/// allocates nothing big and touches no hardware. Kernels that need a library (sgemm) are appended
/// by their own rooms' functions, since whether that library can be trusted is found out first.
[[nodiscard]] std::vector<KernelEntry> kernel_catalogue(const MachineShape& machine,
                                                        const CatalogueOptions& options);

/// What to look for in a catalogue. Empty or kNone fields match anything.
struct KernelQuery {
  RoofKind kind = RoofKind::kCompute;
  std::string_view name;
  Precision precision = Precision::kNone;
  MemoryLevel level = MemoryLevel::kNone;
};

/// The entry with the widest ISA among those that match, null when none does. The pointer lives as
/// long as the span's data.
[[nodiscard]] const KernelEntry* widest_kernel(std::span<const KernelEntry> catalogue,
                                               const KernelQuery& query) noexcept;

}  // namespace perfbench
