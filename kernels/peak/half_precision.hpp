#pragma once

#include <cstdint>

namespace perfbench {

/// The nearest number of half precision (IEEE binary16), ties to even; for magnitudes of its normal
/// range and for 0.
[[nodiscard]] double round_to_half(double value);
[[nodiscard]] std::uint16_t half_bits(double value);
[[nodiscard]] double half_value(std::uint16_t bits);

}  // namespace perfbench
