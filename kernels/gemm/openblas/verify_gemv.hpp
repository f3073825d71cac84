#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "harness/core/kernel.hpp"
#include "kernels/gemm/openblas/openblas.hpp"

namespace perfbench {

/// Any gemv with the arguments of OpenBlas::sgemv or dgemv. Real is float or double.
template <class Real>
using GemvFunction = std::function<void(
    const GemvCall&, Real alpha, const Real* a, const Real* x, Real beta, Real* y)>;

/// Odd shapes down to one element, both transpositions, alpha and beta, a padded leading dimension,
/// whole numbers: every element must be exact, beta = 0 must overwrite NaN, and nothing after y may
/// change.
template <class Real>
[[nodiscard]] Verification verify_gemv_shapes(const GemvFunction<Real>& gemv);

/// One product of the size under test, overwritten by a check; lda = m.
template <class Real>
struct GemvProblem {
  GemvCall call;
  std::span<Real> a;
  std::span<Real> x;
  std::span<Real> y;
};

/// Every element of y on whole numbers whose sums Real holds exactly in any order.
template <class Real>
[[nodiscard]] Verification verify_gemv_product(const GemvFunction<Real>& gemv,
                                               const GemvProblem<Real>& problem,
                                               std::uint64_t seed);

}  // namespace perfbench
