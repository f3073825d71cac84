#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/core/kernel.hpp"

namespace perfbench {

inline constexpr std::size_t kChaseLine = 64;

/// Where a cycle lies: one pointer in each of `lines` lines from `first` on, in the `slot`-th eight
/// bytes of the line. Cycles in different slots share memory.
struct ChaseRegion {
  std::byte* first = nullptr;
  std::size_t lines = 0;
  std::size_t slot = 0;

  /// The pointer of a line.
  [[nodiscard]] void** at(std::size_t line) const noexcept;
};

/// Places of the cycle, evenly spread along it, for whoever walks it in parts.
inline constexpr std::size_t kChaseLegs = 16;
struct ChaseCycle {
  ChaseRegion region;
  /// Leg i begins here and ends where the next begins, the last at the first.
  std::array<std::size_t, kChaseLegs> leg_starts{};  ///< Lines.
  std::array<std::size_t, kChaseLegs> leg_loads{};

  [[nodiscard]] void* start() const noexcept { return region.at(leg_starts.front()); }
};

/// Writes one random cycle through every line of the region: the lines in the order of a shuffle
/// (Fisher and Yates), each pointing to the next, the same one for the same seed. A core with lines
/// of 128 bytes, or one that brings lines in pairs, meets each pair twice, at times that have
/// nothing to do with one another. Takes 4 bytes a line while it runs. The region has at least one
/// line and fewer than 2^32.
[[nodiscard]] ChaseCycle lay_cycle(const ChaseRegion& region, std::uint64_t seed);

/// Walks the cycle once, its legs side by side: passes when every line is met exactly once and each
/// leg ends where the next begins, so that there is one cycle and nothing beside it.
[[nodiscard]] Verification check_cycle(const ChaseCycle& cycle);

}  // namespace perfbench
