#include "kernels/gemm/linear/verify_linear.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "harness/core/units/check.hpp"
#include "kernels/gemm/matrix/matrix.hpp"

namespace perfbench {
namespace {

constexpr int kMostWeight = 127;
/// Enough bits to tell values apart; bf16 has 8.
constexpr int kMostValue = 15;
constexpr int kExactBelow = 1 << 24;
/// Products that a full check may take: some milliseconds.
constexpr std::uint64_t kFullCheck = std::uint64_t{1} << 21U;
constexpr int kSampledOutputs = 64;

std::size_t product(int a, int b) noexcept {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b);
}

}  // namespace

LinearProblem::LinearProblem(const LinearShape& shape, int first_output, std::uint64_t seed)
    : shape_(shape), first_output_(first_output), seed_(seed), x_(product(shape.m, shape.k)) {
  CHECK(shape.m >= 1 && shape.n >= 1 && shape.k >= 1 && shape.k <= kMostExactInputs,
        "a layer whose sums are exact");
  most_x_ = shape.precision == Precision::kInt8
                ? kMostWeight
                : std::clamp((kExactBelow - 1) / (kMostWeight * shape.k), 1, kMostValue);
  fill_integers(std::span<float>(x_), seed_, -most_x_, most_x_);
  // The scale of a quantized layer comes from its largest value.
  for (int row = 0; row < shape_.m; ++row) {
    x_[product(row, shape_.k)] = static_cast<float>(row % 2 == 0 ? most_x_ : -most_x_);
  }
}

void LinearProblem::fill_weights(int output, std::span<float> row) const noexcept {
  const auto number =
      static_cast<std::uint64_t>(first_output_) + static_cast<std::uint64_t>(output);
  fill_integers(row, seed_ + 1 + number, -kMostWeight, kMostWeight);
  row.back() = static_cast<float>(number % 2 == 0 ? kMostWeight : -kMostWeight);
}

std::vector<float> LinearProblem::weights() const {
  const auto k = static_cast<std::size_t>(shape_.k);
  std::vector<float> all(product(shape_.n, shape_.k));
  for (int output = 0; output < shape_.n; ++output) {
    fill_weights(output, std::span<float>(all).subspan(product(output, shape_.k), k));
  }
  return all;
}

double LinearProblem::allowed_error() const noexcept {
  if (shape_.precision != Precision::kInt8) return 0.0;
  // Both factors of a product wrong by up to half a step, evenly: a variance of 1 / 12 each, times
  // that of the other factor, uniform up to 127.
  constexpr double kVariance = kMostWeight * kMostWeight / 3.0;
  constexpr double kDeviations = 8.0;
  return kDeviations * std::sqrt(shape_.k * 2.0 * kVariance / 12.0) + 1.0;
}

std::vector<int> LinearProblem::outputs_to_check() const {
  const std::uint64_t all =
      std::uint64_t{product(shape_.n, shape_.k)} * static_cast<std::uint64_t>(shape_.m);
  std::vector<int> outputs;
  if (all <= kFullCheck || shape_.n <= kSampledOutputs) {
    for (int i = 0; i < shape_.n; ++i) outputs.push_back(i);
    return outputs;
  }
  ValueStream stream(seed_);
  outputs = {0, shape_.n - 1};
  while (outputs.size() < kSampledOutputs) {
    outputs.push_back(static_cast<int>(stream.integer(0, shape_.n - 1)));
  }
  return outputs;
}

Verification LinearProblem::check(std::span<const float> y) const {
  CHECK(y.size() == product(shape_.m, shape_.n), "Y is m x n");
  const auto k = static_cast<std::size_t>(shape_.k);
  const double allowed = allowed_error();
  const std::vector<int> outputs = outputs_to_check();
  std::vector<float> weights(k);
  for (const int output : outputs) {
    fill_weights(output, weights);
    for (int row = 0; row < shape_.m; ++row) {
      const float* x = x_.data() + product(row, shape_.k);
      std::int64_t expected = 0;
      for (std::size_t i = 0; i < k; ++i) {
        expected += static_cast<std::int64_t>(x[i]) * static_cast<std::int64_t>(weights[i]);
      }
      const float found = y[product(row, shape_.n) + static_cast<std::size_t>(output)];
      const double error = std::abs(static_cast<double>(found) - static_cast<double>(expected));
      if (error <= allowed) continue;  // NaN is not.
      return {false,
              "row " + std::to_string(row) + ", output " + std::to_string(output) + " is " +
                  std::to_string(found) + ", " + std::to_string(expected) + " was to come"};
    }
  }
  return {true,
          std::to_string(outputs.size()) + " of " + std::to_string(shape_.n) + " outputs of " +
              std::to_string(shape_.m) + " rows are " +
              (allowed > 0.0 ? "right within int8's rounding" : "exact")};
}

}  // namespace perfbench
