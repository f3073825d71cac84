#pragma once

#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "kernels/stream/dram_working_set.hpp"

namespace perfbench {

/// Entries of the DRAM roofs, for the widest streaming ISA of the machine or for each
/// (`narrower_isas`):
/// - "read": every byte of one array is loaded and summed; counted = moved.
/// - "triad_nt": a = b + s c with non-temporal stores; counts 24 bytes an element, moves 24.
/// - "triad": the same with regular stores; counts 24 bytes an element as STREAM does, moves 32
/// (write-allocate). One iteration is one chunk of a few MiB, and the chunks rotate through the
/// working set from one run() to the next, so that each window touches lines that have left the
/// caches. A team of n threads runs n instances of an entry made with DramSizing::team = n.
/// working_set is what prepare() maps; the note of dram_working_set() belongs in the report.
struct DramStreamOptions {
  DramSizing sizing;
  bool narrower_isas = false;
};
[[nodiscard]] std::vector<KernelEntry> dram_stream_entries(const MachineShape& machine,
                                                           const DramStreamOptions& options);

}  // namespace perfbench
