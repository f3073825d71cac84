#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/core/units/quantity.hpp"
#include "kernels/latency/chase_cycle.hpp"
#include "kernels/memory/huge_mapping.hpp"
#include "kernels/memory/per_thread.hpp"

namespace perfbench {

/// Where in an arena a cycle lies.
struct ChasePlace {
  std::size_t offset = 0;  ///< Bytes, a multiple of 4096.
  std::size_t lines = 0;
  std::size_t slot = 0;  ///< Of the line's eight.
};

/// Places cycles of these sizes in memory as large as the largest: a line has room for eight
/// pointers, and two cycles never use the same eight bytes. Sizes are multiples of 4096; all
/// together may take up to about eight times the largest. In the order of `sizes`. Pure.
[[nodiscard]] std::vector<ChasePlace> place_chases(std::span<const Bytes> sizes);

/// The memory that the cycles of one thread share. The thread that makes it touches all of it
/// first, once for all cycles, and leaves numbers other than 0 in it.
class ChaseArena {
 public:
  /// Throws ResourceError when the memory is refused.
  explicit ChaseArena(Bytes size);

  [[nodiscard]] ChaseRegion region(const ChasePlace& place) const noexcept;

 private:
  HugeMapping memory_;
};

using ChaseArenaPool = PerThread<ChaseArena>;

}  // namespace perfbench
