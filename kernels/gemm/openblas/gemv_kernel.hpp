#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/result/reading.hpp"
#include "kernels/gemm/openblas/openblas_set.hpp"

namespace perfbench {

struct GemvOptions {
  BlasOperation operation = BlasOperation::kSgemv;  ///< kSgemv or kDgemv.
  int n = 4096;                                     ///< Outputs.
  int k = 4096;                                     ///< Inputs.
  std::vector<int> cpus{};                          ///< As GemmOptions::cpus.
  /// All copies of the matrix together: iterations go through them in turn, so that each finds its
  /// matrix in memory and not in a cache. Rounded up to whole copies, at least one.
  Bytes rotate{0};
  /// `rotate` is known to be beyond the last-level caches; false: the figure may hold cache hits.
  bool beyond_caches = false;
  std::uint64_t seed = 1;
};

/// y = W x with cold weights through the OpenBLAS and the layout of W that are best for it ("sgemv
/// 4096x4096"). One instance uses all of its threads itself, as gemm_entry()'s. One iteration is
/// one call on the next copy of W. Bytes are W and x read, y written. Not available where no core
/// type answers right; throws UsageError for a size that cannot be.
[[nodiscard]] Reading<KernelEntry> gemv_entry(const OpenBlasSet& set, const GemvOptions& options);

}  // namespace perfbench
