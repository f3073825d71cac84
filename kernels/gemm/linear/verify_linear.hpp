#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/core/kernel.hpp"
#include "kernels/gemm/linear/linear.hpp"

namespace perfbench {

/// The largest k of a LinearProblem: with it every sum is still below 2^24.
inline constexpr int kMostExactInputs = (1 << 24) / 128;

/// Weights and X of a layer in whole numbers, and what Y has to be. A weight is at most 127 in
/// magnitude and a value of X so small that every partial sum stays below 2^24: exact in fp32 in
/// any order of summation, and every number is exact in bf16 too. For int8 the values of X go up to
/// 127 as well, so that a scale of one step is what both sides have; the answer may then be wrong
/// by the rounding of a scale that is another one, within 8 standard deviations of such errors.
class LinearProblem {
 public:
  /// `first_output`: the layer's outputs are those from here on of a larger layer with the same
  /// seed. shape.k is at most kMostExactInputs.
  LinearProblem(const LinearShape& shape, int first_output, std::uint64_t seed);

  /// n x k, row-major; made anew by each call, since they are large and soon packed.
  [[nodiscard]] std::vector<float> weights() const;
  /// m x k, row-major.
  [[nodiscard]] std::span<const float> x() const noexcept { return x_; }
  /// Y (m x n, row-major) against 64-bit integers: every output of a small layer; of a large one
  /// the first, the last and others in between, for every row of X.
  [[nodiscard]] Verification check(std::span<const float> y) const;

 private:
  void fill_weights(int output, std::span<float> row) const noexcept;
  [[nodiscard]] double allowed_error() const noexcept;
  [[nodiscard]] std::vector<int> outputs_to_check() const;

  LinearShape shape_;
  int first_output_ = 0;
  std::uint64_t seed_ = 0;
  int most_x_ = 1;
  std::vector<float> x_;
};

}  // namespace perfbench
