#pragma once

#include <cstddef>
#include <string>

#include "harness/core/workload.hpp"
#include "kernels/stream/triad.hpp"

namespace perfbench {

/// Samples that one execution takes at most.
inline constexpr std::size_t kTriadMostBatch = 32;

/// All three arrays of the rung that never changes.
inline constexpr Bytes kFixedTriad = mib(384);
inline constexpr Bytes kLeastTriad = mib(1);

/// `triad`: STREAM's a = b + s c in fp64 over `total` bytes, all samples together. A sample has its
/// own part of the three arrays, 4 MiB of each where the whole is at least 96 MiB, so that it comes
/// back only after the others: from DRAM where the whole is much more than the last-level cache (8
/// times, beyond_cache.hpp, as the fixed 384 MiB are up to 48 MiB of it). Throws UsageError below
/// kLeastTriad.
[[nodiscard]] WorkloadEntry triad_workload(TriadVariant variant, Bytes total = kFixedTriad);

/// "a = b + s c, fp64, 3 x 4 MiB a sample, 32 samples in 384 MiB ..": the same text.
[[nodiscard]] std::string triad_description(Bytes total);
/// What that size really takes, and what one sample moves.
[[nodiscard]] Bytes triad_working_set(Bytes total);
[[nodiscard]] Flops triad_flops(Bytes total);

}  // namespace perfbench
