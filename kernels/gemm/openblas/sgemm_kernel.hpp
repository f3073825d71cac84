#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/kernel.hpp"
#include "kernels/gemm/openblas/openblas.hpp"

namespace perfbench {

struct SgemmOptions {
  int size = 2048;          ///< m = n = k
  std::vector<int> cpus{};  ///< One thread per entry; thread i runs on cpus[i], the caller on
                            ///< cpus[0]. Empty: 1 thread.
  std::uint64_t seed = 1;   ///< Of the matrices' values.
};

/// Square fp32 GEMM through OpenBLAS. One instance uses all of its threads itself: it is run by one
/// thread, which is pinned to cpus[0]; prepare() pins the library's own workers to the others. One
/// iteration is one call. Bytes are the modelled least traffic: A and B read once, C read and
/// written once.
[[nodiscard]] KernelEntry sgemm_entry(const OpenBlas& blas, const SgemmOptions& options);

}  // namespace perfbench
