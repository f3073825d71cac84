#include "kernels/gemm/onednn/conversion.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace perfbench {
namespace {

constexpr float kLargest = 127.0F;

/// Adding and subtracting 1.5 x 2^23 rounds to the nearest whole number, ties to even, in two
/// instructions that every compiler vectorises; for |x| < 2^22.
constexpr float kRounder = 0x1.8p23F;

}  // namespace

void to_bf16(std::span<const float> from, std::span<std::uint16_t> to) noexcept {
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(from[i]);
    to[i] = static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U);
  }
}

float int8_scale(std::span<const float> row) noexcept {
  // Of numbers without a sign the bits are in the numbers' order, and compilers vectorise this
  // maximum, but not that of floats, whose NaN is in the way.
  std::int32_t largest = 0;
  for (const float x : row) {
    largest = std::max(largest, std::bit_cast<std::int32_t>(x) & 0x7fffffff);
  }
  if (largest == 0) return 1.0F;
  int exponent = 0;
  const float mantissa = std::frexp(std::bit_cast<float>(largest) / kLargest, &exponent);
  return std::ldexp(1.0F, mantissa > 0.5F ? exponent : exponent - 1);
}

void to_u8(std::span<const float> from, float scale, std::span<std::uint8_t> to) noexcept {
  const float factor = 1.0F / scale;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const float rounded = (from[i] * factor + kRounder) - kRounder;
    to[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(rounded) + kU8Zero);
  }
}

void to_s8(std::span<const float> from, float scale, std::span<std::int8_t> to) noexcept {
  const float factor = 1.0F / scale;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const float rounded = (from[i] * factor + kRounder) - kRounder;
    to[i] = static_cast<std::int8_t>(static_cast<std::int32_t>(rounded));
  }
}

}  // namespace perfbench
