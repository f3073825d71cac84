#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "harness/core/units/quantity.hpp"
#include "kernels/memory/huge_mapping.hpp"
#include "kernels/memory/per_thread.hpp"

namespace perfbench {

/// One to three arrays of fp64, filled by the thread that makes them (first touch) with small whole
/// numbers other than 0: sums and products of them are exact, and stores of zeros, which some
/// machines elide, do not happen. The arrays begin 0, 1344 and 2688 bytes beyond a multiple of
/// 4096, so that a load never waits for a store that only looks alike. The element before each
/// array and the one after belong to nobody and may be read.
class StreamArrays {
 public:
  /// Fills `fill_elements` of each array at a time, in turn: what the caches still hold afterwards
  /// is the last of all of them. Throws ResourceError when the memory is refused; `owner` is its
  /// subject.
  StreamArrays(int count, std::size_t elements, std::size_t fill_elements, const char* owner);

  /// Null beyond the count.
  [[nodiscard]] double* array(int i) const noexcept { return arrays_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] std::size_t elements() const noexcept { return elements_; }

 private:
  std::size_t elements_;
  HugeMapping memory_;
  std::array<double*, 3> arrays_{};
};

/// How one thread's share of the DRAM working set is cut: three arrays of whole chunks. A kernel's
/// iteration takes one chunk of each.
struct StreamLayout {
  std::size_t chunk_elements = 0;  ///< Of one array.
  std::size_t chunks = 0;          ///< Of one array.

  [[nodiscard]] std::size_t elements() const noexcept { return chunk_elements * chunks; }
  [[nodiscard]] Bytes working_set() const noexcept {
    return Bytes(3 * elements() * sizeof(double));
  }
};

/// Chunks of 2 MiB an array where there are at least 16 of them, smaller ones else. `per_thread` is
/// at least 1 MiB.
[[nodiscard]] StreamLayout stream_layout(Bytes per_thread) noexcept;

/// Three arrays that are streamed through chunk by chunk. Kernels that share an arena share its
/// cursor as well: each takes the chunk that has been left alone for longest.
class StreamArena {
 public:
  /// Throws ResourceError when the memory is refused.
  explicit StreamArena(const StreamLayout& layout);

  [[nodiscard]] const StreamLayout& layout() const noexcept { return layout_; }
  [[nodiscard]] std::span<double> a() noexcept { return {arrays_.array(0), layout_.elements()}; }
  [[nodiscard]] std::span<double> b() noexcept { return {arrays_.array(1), layout_.elements()}; }
  [[nodiscard]] std::span<double> c() noexcept { return {arrays_.array(2), layout_.elements()}; }

  /// First element of the next chunk.
  [[nodiscard]] std::size_t next() const noexcept { return chunk_ * layout_.chunk_elements; }
  void advance() noexcept {
    if (++chunk_ == layout_.chunks) {
      chunk_ = 0;
      ++pass_;
    }
  }
  /// Another one in each pass, so that a store changes what stands there.
  [[nodiscard]] double scalar() const noexcept { return static_cast<double>(3 + pass_ % 8); }

 private:
  StreamLayout layout_;
  StreamArrays arrays_;
  std::size_t chunk_ = 0;
  std::uint64_t pass_ = 0;
};

using StreamArenaPool = PerThread<StreamArena>;

}  // namespace perfbench
