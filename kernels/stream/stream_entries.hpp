#pragma once

#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/level_size.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "kernels/stream/dram_working_set.hpp"

namespace perfbench {

/// Which streaming kernels are wanted.
struct StreamOptions {
  DramSizing sizing;  ///< Of the DRAM kernels; sizing.team threads stream together.
  /// Each streaming ISA of the machine, not the widest alone (of all operations, stores beyond
  /// level 2 also from registers of half its width).
  bool narrower_isas = false;
  bool all_operations = false;    ///< false: read, triad and triad_nt.
  std::vector<LevelSize> levels;  ///< Caches to stream in, per thread; at most one size a level.
  bool dram = true;
};

/// Entries of the bandwidth roofs, levels in the order of options.levels and DRAM last, named as
/// STREAM spells them: "read", "write", "copy", "scale", "add", "triad", "update"; with "_nt" where
/// they store past the caches, which is a figure of DRAM and of no cache. Counted bytes are
/// STREAM's (each array once, an update twice). Moved bytes add the line that a regular store
/// brings in before it goes out, except in level 1, where it is, and of an update, which has loaded
/// it.
///
/// In a cache one iteration is a pass over the whole working set, cut into equal arrays of whole
/// blocks (kStreamBlockBytes). In DRAM it is a chunk of a few MiB of each of three arrays, and the
/// chunks rotate from one run() to the next and from one kernel to the next, so that each window
/// touches lines that have left the caches; read, write and update go through all three arrays,
/// copy and scale leave the third alone. A team of n threads runs n instances of an entry made with
/// sizing.team = n; the note of dram_working_set() belongs in the report.
[[nodiscard]] std::vector<KernelEntry> stream_entries(const MachineShape& machine,
                                                      const StreamOptions& options);

}  // namespace perfbench
