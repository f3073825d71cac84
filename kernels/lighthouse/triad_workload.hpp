#pragma once

#include "harness/core/workload.hpp"
#include "kernels/stream/triad.hpp"

namespace perfbench {

/// `triad`: STREAM's a = b + s c in fp64. One sample is 4 MiB of each of the three arrays, 12 MiB
/// that it has to itself; the 32 samples hold 384 MiB, so that a sample comes back only after more
/// than 4 times the last-level cache of machines up to 96 MiB of it. On a machine with more the
/// caches answer part of it. Stores are non-temporal where the instruction set has them.
[[nodiscard]] WorkloadEntry triad_workload(Isa isa);

}  // namespace perfbench
