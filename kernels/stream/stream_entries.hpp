#pragma once

#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/level_size.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "kernels/stream/dram_working_set.hpp"

namespace perfbench {

/// Which streaming kernels are wanted.
struct StreamOptions {
  DramSizing sizing;              ///< Of the DRAM kernels; sizing.team threads stream together.
  bool narrower_isas = false;     ///< Each streaming ISA of the machine, not the widest alone.
  bool all_operations = false;    ///< false: read, triad and triad_nt.
  std::vector<LevelSize> levels;  ///< Caches to stream in, per thread; at most one size a level.
  bool dram = true;
};

/// Entries of the bandwidth roofs, levels in the order of options.levels and DRAM last.
[[nodiscard]] std::vector<KernelEntry> stream_entries(const MachineShape& machine,
                                                      const StreamOptions& options);

}  // namespace perfbench
