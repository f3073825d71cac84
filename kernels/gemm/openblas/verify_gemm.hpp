#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "harness/core/kernel.hpp"
#include "kernels/gemm/openblas/openblas.hpp"

namespace perfbench {

/// Any gemm with the arguments of OpenBlas::sgemm or dgemm: the checks do not care whose. Real is
/// float or double.
template <class Real>
using GemmFunction = std::function<void(
    const GemmCall&, Real alpha, const Real* a, const Real* b, Real beta, Real* c)>;

/// Odd shapes down to one element, all four transpositions, alpha and beta, padded leading
/// dimensions, whole numbers: every element must be exact, beta = 0 must overwrite NaN, and nothing
/// beside C may change.
template <class Real>
[[nodiscard]] Verification verify_gemm_shapes(const GemmFunction<Real>& gemm);

/// One product of the size under test, overwritten by a check. B is not transposed, and the leading
/// dimensions are the numbers of rows, so that the buffers hold just the matrices.
template <class Real>
struct GemmProblem {
  GemmCall call;
  std::span<Real> a;
  std::span<Real> b;
  std::span<Real> c;
};

/// A call of m x k (A stored as k x m where transposed) by k x n with tight leading dimensions.
[[nodiscard]] GemmCall tight_gemm_call(bool transpose_a, int m, int n, int k) noexcept;

/// n x n x n, nothing transposed.
template <class Real>
[[nodiscard]] GemmProblem<Real> square_problem(int n,
                                               std::span<Real> a,
                                               std::span<Real> b,
                                               std::span<Real> c) noexcept {
  return {tight_gemm_call(false, n, n, n), a, b, c};
}

/// The product at full size in O(n^2) beside the one call under test: Freivalds' check (1979) on
/// whole numbers. A holds -1, 0 and 1, B numbers so large that every partial sum is just a whole
/// number that Real holds exactly, in any order of summation; so C must equal A B exactly, and C r
/// = A (B r) is compared in integers modulo 2^64 for a random r. A wrong row of C passes with a
/// probability below 2^-20, and B's many bits show a product in reduced precision.
template <class Real>
[[nodiscard]] Verification verify_gemm_product(const GemmFunction<Real>& gemm,
                                               const GemmProblem<Real>& problem,
                                               std::uint64_t seed);

/// C as it is in `problem` against dot products in wider arithmetic at random places and the
/// corners, within the bound that holds for any order of summation: |error| <= k u / (1 - k u) *
/// sum |a b|, u the unit roundoff (Higham, Accuracy and Stability, 2002, 3.1).
template <class Real>
[[nodiscard]] Verification verify_gemm_entries(const GemmProblem<Real>& problem,
                                               std::uint64_t seed);

}  // namespace perfbench
