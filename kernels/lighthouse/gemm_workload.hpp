#pragma once

#include <cstdint>

#include "harness/core/workload.hpp"
#include "kernels/gemm/openblas/openblas.hpp"

namespace perfbench {

/// `gemm`: a dense layer. One sample is one activation matrix times the weights, Y = W X, 384 x 384
/// x 384 in fp32: 113 Mflop, some 0.3 to 2 ms on one core of this decade, so that a short run still
/// holds thousands of queries. The 16 samples share the weights, as the queries of a model do, and
/// have inputs of their own.
[[nodiscard]] WorkloadEntry gemm_workload(const OpenBlas& blas, std::uint64_t seed);

}  // namespace perfbench
