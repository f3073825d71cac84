#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace perfbench {

/// The streaming loops in plain C++, for architectures without loops of ours and as the reference
/// of the others. What the compiler makes of them differs, so they are no roof where a better one
/// exists.
inline std::uint64_t scalar_read(const double* a,
                                 const double* b,
                                 const double* c,
                                 std::size_t n) noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += std::bit_cast<std::uint64_t>(a[i]) + std::bit_cast<std::uint64_t>(b[i]) +
           std::bit_cast<std::uint64_t>(c[i]);
  }
  return sum;
}

inline void scalar_triad(
    double* a, const double* b, const double* c, double scalar, std::size_t n) noexcept {
  for (std::size_t i = 0; i < n; ++i) a[i] = b[i] + scalar * c[i];
}

}  // namespace perfbench
