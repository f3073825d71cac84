#pragma once

#include <bit>
#include <compare>
#include <cstdint>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// A duration in 32 bits, so that 10^8 queries can be kept: exact to the nanosecond below 2^28 ns
/// (268 ms), above rounded down by less than 1e-8 of itself, up to 2^58 ns (9 years), where it
/// stays. A negative duration is 0. Codes order as the durations do, so that they can be sorted,
/// ranked and counted without decoding. It is a float of 28 significant bits without a sign: below
/// 2^28 the code is the value, and each doubling above has 2^27 codes.
class CompactTime {
 public:
  constexpr CompactTime() = default;
  constexpr explicit CompactTime(Nanoseconds duration) noexcept : code_(encode(duration.count())) {}
  [[nodiscard]] static constexpr CompactTime from_code(std::uint32_t code) noexcept {
    CompactTime time;
    time.code_ = code;
    return time;
  }

  [[nodiscard]] constexpr std::uint32_t code() const noexcept { return code_; }
  /// The shortest duration of this code.
  [[nodiscard]] constexpr Nanoseconds duration() const noexcept {
    if (code_ < kExactBelow) return Nanoseconds(static_cast<std::int64_t>(code_));
    const std::uint32_t shift = (code_ >> kMantissaBits) - 1;
    const auto mantissa = static_cast<std::uint64_t>(code_ - (shift << kMantissaBits));
    return Nanoseconds(static_cast<std::int64_t>(mantissa << shift));
  }

  friend constexpr auto operator<=>(const CompactTime&, const CompactTime&) = default;

  /// Durations below so many nanoseconds are exact.
  static constexpr std::uint32_t kExactBelow = 1U << 28U;

 private:
  static constexpr std::uint32_t kMantissaBits = 27;
  static constexpr std::uint32_t kLargestShift = 30;

  [[nodiscard]] static constexpr std::uint32_t encode(std::int64_t ns) noexcept {
    if (ns <= 0) return 0;
    const auto value = static_cast<std::uint64_t>(ns);
    if (value < kExactBelow) return static_cast<std::uint32_t>(value);
    const auto shift = static_cast<std::uint32_t>(std::bit_width(value)) - (kMantissaBits + 1);
    if (shift > kLargestShift) return UINT32_MAX;
    return (shift << kMantissaBits) + static_cast<std::uint32_t>(value >> shift);
  }

  std::uint32_t code_ = 0;
};
static_assert(sizeof(CompactTime) == 4);

}  // namespace perfbench
