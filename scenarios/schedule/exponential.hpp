#pragma once

#include <cstdint>

#include "harness/core/plan/random.hpp"

namespace perfbench {

/// Exponentially distributed numbers of mean 1 in steps of 2^-32, from comparisons alone (von
/// Neumann, "Various techniques used in connection with random digits", 1951; Forsythe 1972): the
/// standard library's logarithm differs between machines in its last bits, so that the same seed
/// would give another schedule. Of uniform numbers u1 > u2 > .. > un <= u(n+1), u1 is accepted
/// where n is odd; where it is even, 1 is added and the draw begins again. The largest that occurs
/// in 2^30 draws is about 21 + a few.
constexpr std::uint64_t draw_exponential(Random& random) noexcept {
  constexpr unsigned kFractionBits = 32;
  std::uint64_t whole = 0;
  for (;;) {
    const std::uint64_t first = random.next();
    std::uint64_t smallest = first;
    bool odd = true;
    for (std::uint64_t draw = random.next(); draw < smallest; draw = random.next()) {
      smallest = draw;
      odd = !odd;
    }
    if (odd) return (whole << kFractionBits) | (first >> (64U - kFractionBits));
    ++whole;
  }
}

}  // namespace perfbench
