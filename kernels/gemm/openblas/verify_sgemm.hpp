#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "harness/core/kernel.hpp"
#include "kernels/gemm/openblas/openblas.hpp"

namespace perfbench {

/// Any sgemm with OpenBlas::sgemm's arguments: the checks do not care whose.
using SgemmFunction = std::function<void(
    const GemmCall&, float alpha, const float* a, const float* b, float beta, float* c)>;

/// Odd shapes down to one element, all four transpositions, alpha and beta, padded leading
/// dimensions, whole numbers: every element must be exact, beta = 0 must overwrite NaN, and nothing
/// beside C may change.
[[nodiscard]] Verification verify_sgemm_shapes(const SgemmFunction& sgemm);

/// Buffers of n x n numbers each, overwritten by a check.
struct SquareProblem {
  int n = 0;
  std::span<float> a;
  std::span<float> b;
  std::span<float> c;
};

/// The product at full size in O(n^2) beside the one call under test: Freivalds' check (1979) on
/// whole numbers. A holds -1, 0 and 1, B numbers so large that every partial sum is just a whole
/// number below 2^24, exact in fp32 in any order of summation; so C must equal A B exactly, and C r
/// = A (B r) is compared in 64-bit integers for a random r. A wrong row of C passes with a
/// probability below 2^-20, and B's many bits show a product in reduced precision.
[[nodiscard]] Verification verify_sgemm_product(const SgemmFunction& sgemm,
                                                const SquareProblem& problem,
                                                std::uint64_t seed);

/// C as it is in `problem` against dot products in fp64 at random places and the corners, within
/// the bound that holds for any order of summation: |error| <= k u / (1 - k u) * sum |a b|, u =
/// 2^-24 (Higham, Accuracy and Stability, 2002, 3.1).
[[nodiscard]] Verification verify_sgemm_entries(const SquareProblem& problem, std::uint64_t seed);

}  // namespace perfbench
