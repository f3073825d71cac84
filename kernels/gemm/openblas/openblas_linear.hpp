#pragma once

#include <memory>

#include "kernels/gemm/linear/linear.hpp"
#include "kernels/gemm/openblas/openblas_set.hpp"

namespace perfbench {

/// Fully connected layers through OpenBLAS, fp32: m = 1 by sgemv (its sgemm packs the weights anew
/// in every call, which costs a vector three times what the product does), else by sgemm, each by
/// the core type that is best for its shape class and with the weights in the layout that suits it.
/// Has a pool of its own, which is pinned while a layer lives.
[[nodiscard]] std::shared_ptr<const LinearBackend> openblas_linear_backend(const OpenBlasSet& set);

}  // namespace perfbench
