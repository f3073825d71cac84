#include "kernels/peak/half_precision.hpp"

#include <cmath>

#include "harness/core/units/check.hpp"

namespace perfbench {

double round_to_half(double value) {
  constexpr int kSignificantBits = 11;
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(fraction, kSignificantBits)),
                    exponent - kSignificantBits);
}

std::uint16_t half_bits(double value) {
  if (value == 0.0) return std::signbit(value) ? 0x8000U : 0U;
  int exponent = 0;
  const double fraction = std::frexp(std::abs(value), &exponent);
  // The leading 1 stands before the point and is not stored: 0.5 to 1 here, 1 to 2 there.
  const int biased = exponent + 14;
  const double digits = std::ldexp(fraction, 11) - 1024.0;
  CHECK(biased > 0 && biased < 31 && digits == std::floor(digits), "not a normal half");
  const auto magnitude =
      static_cast<std::uint32_t>(biased) << 10U | static_cast<std::uint32_t>(digits);
  return static_cast<std::uint16_t>(magnitude | (value < 0 ? 0x8000U : 0U));
}

double half_value(std::uint16_t bits) {
  const auto biased = static_cast<int>((bits >> 10U) & 0x1fU);
  const double digits = static_cast<double>(bits & 0x3ffU);
  const double magnitude =
      biased == 0 ? std::ldexp(digits, -24) : std::ldexp(1024.0 + digits, biased - 25);
  return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}

}  // namespace perfbench
