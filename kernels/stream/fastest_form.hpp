#pragma once

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/roofline.hpp"
#include "kernels/stream/stream_loop.hpp"

namespace perfbench {

/// The form that streams a level fastest, as far as it was measured.
///
/// Level 1: on a Zen 5 (family 26) a 512-bit triad in two instructions streams 737 GB/s and with an
/// FMA 545, where add streams 740; 256-bit ones are alike. Elsewhere it was not measured.
///
/// Level 3 and DRAM: who fetches ahead is a matter of the maker's prefetchers. On a Zen 5, in turn,
/// median GB/s of DRAM without and with software's help: read 45 and 42, copy 43 and 42, add 43 and
/// 42, update 50 and 47, copy_nt 58.5 and 58.6, triad_nt 59 and 55. Its level 3, read: three arrays
/// side by side 103 and 93, one array 112 plainly and 137 with every line fetched 2 KiB ahead into
/// level 1. Elsewhere software helps, as it did on a Xeon with AMX: stream_use() has the figures.
[[nodiscard]] StreamForm fastest_form(const MachineShape& machine,
                                      const StreamLoops& loops,
                                      MemoryLevel level,
                                      StreamOperation operation);

}  // namespace perfbench
