#pragma once

#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/level_size.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "kernels/stream/dram_working_set.hpp"

namespace perfbench {

/// Entries of the latency roofs, "chase": each load's address is what the load before it brought,
/// along one random cycle through every 64-byte line of the working set, so that neither a
/// prefetcher nor a second load in flight shortens the wait. One for each level of `levels`, DRAM
/// last. RoofKind::kLatency, Work::accesses loads an iteration. A team's threads chase each in
/// memory of its own.
///
/// The DRAM set is dram_working_set()'s, at most 512 MiB in all: a cycle through more takes seconds
/// to lay out. Where that is less than kTimesBeyondCache the last-level caches, may_hold_cache_hits
/// says so.
[[nodiscard]] std::vector<KernelEntry> chase_entries(const MachineShape& machine,
                                                     const std::vector<LevelSize>& levels,
                                                     const DramSizing& sizing);

/// The sweep that finds the levels.
struct SweepOptions {
  Bytes largest{0};  ///< Upper bound of the working sets; 0: sweep_sizes() decides alone.
  bool read = true;  ///< "read_sweep" beside each "chase_sweep".
};

/// Working sets of a sweep, growing: 8 KiB to twice the last-level cache that the machine tells of,
/// at least 64 MiB (a guest's caches are often fiction), at most 256 MiB, a quarter of the
/// available memory and options.largest. Four an octave up to 4 MiB, two above. Pure.
[[nodiscard]] std::vector<Bytes> sweep_sizes(const MachineShape& machine,
                                             const SweepOptions& options);

/// Entries of the sweep, of level kNone, in the order of sweep_sizes(): "chase_sweep" (kLatency),
/// and "read_sweep" (kBandwidth, the widest ISA) after it where options.read. Those of one thread
/// share one arena as large as the largest working set, whose first touch is paid once.
[[nodiscard]] std::vector<KernelEntry> sweep_entries(const MachineShape& machine,
                                                     const SweepOptions& options);

}  // namespace perfbench
