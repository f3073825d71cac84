#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/result/reading.hpp"
#include "kernels/gemm/openblas/openblas_set.hpp"

namespace perfbench {

struct GemmOptions {
  BlasOperation operation = BlasOperation::kSgemm;  ///< kSgemm or kDgemm.
  int size = 2048;                                  ///< m = n = k
  std::vector<int> cpus{};  ///< One thread per entry; thread i runs on cpus[i], the caller on
                            ///< cpus[0]. Empty: 1 thread.
  std::uint64_t seed = 1;   ///< Of the matrices' values.
};

/// Square GEMM through the OpenBLAS that is best for it ("sgemm 2048"). One instance uses all of
/// its threads itself: it is run by one thread, which is pinned to cpus[0]; prepare() pins the
/// library's own workers to the others. One iteration is one call. Bytes are the modelled least
/// traffic: A and B read once, C read and written once. Not available where no core type answers
/// right; throws UsageError for a size that cannot be.
[[nodiscard]] Reading<KernelEntry> gemm_entry(const OpenBlasSet& set, const GemmOptions& options);

}  // namespace perfbench
