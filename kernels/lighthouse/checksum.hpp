#pragma once

#include <cstdint>
#include <cstring>
#include <span>

namespace perfbench {

/// FNV-1a over 32-bit words (Fowler, Noll, Vo; offset basis and prime of the 64-bit variant).
/// Continues from `state`.
inline constexpr std::uint64_t kChecksumStart = 0xCBF29CE484222325U;
template <class Number>
[[nodiscard]] std::uint64_t checksum_of(std::span<const Number> values,
                                        std::uint64_t state = kChecksumStart) noexcept {
  static_assert(sizeof(Number) % sizeof(std::uint32_t) == 0);
  constexpr std::uint64_t kPrime = 0x100000001B3U;
  for (const Number& value : values) {
    std::uint32_t words[sizeof(Number) / sizeof(std::uint32_t)];
    std::memcpy(words, &value, sizeof(value));
    for (const std::uint32_t word : words) state = (state ^ word) * kPrime;
  }
  return state;
}

}  // namespace perfbench
