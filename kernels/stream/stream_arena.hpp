#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

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

/// Three arrays of fp64, mapped once, filled by the thread that makes them (first touch) with small
/// whole numbers other than 0: sums and products of them are exact, and stores of zeros, which some
/// machines elide, do not happen. The arrays begin at different offsets modulo 4096, so that a load
/// never waits for a store that only looks alike. Kernels that share an arena share its cursor as
/// well: each takes the chunk that has been left alone for longest.
class StreamArena {
 public:
  /// Throws ResourceError when the memory is refused.
  explicit StreamArena(const StreamLayout& layout);
  ~StreamArena();
  StreamArena(const StreamArena&) = delete;
  StreamArena& operator=(const StreamArena&) = delete;

  [[nodiscard]] const StreamLayout& layout() const noexcept { return layout_; }
  [[nodiscard]] std::span<double> a() noexcept { return {a_, layout_.elements()}; }
  [[nodiscard]] std::span<const double> b() const noexcept { return {b_, layout_.elements()}; }
  [[nodiscard]] std::span<const double> c() const noexcept { return {c_, layout_.elements()}; }

  /// First element of the next chunk.
  [[nodiscard]] std::size_t next() const noexcept { return chunk_ * layout_.chunk_elements; }
  void advance() noexcept {
    if (++chunk_ == layout_.chunks) {
      chunk_ = 0;
      ++pass_;
    }
  }
  /// Of the triad: another one in each pass, so that a store changes what stands there.
  [[nodiscard]] double scalar() const noexcept { return static_cast<double>(3 + pass_ % 8); }

 private:
  void fill() noexcept;

  StreamLayout layout_;
  void* mapping_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  double* a_ = nullptr;
  double* b_ = nullptr;
  double* c_ = nullptr;
  std::size_t chunk_ = 0;
  std::uint64_t pass_ = 0;
};

/// Gives the kernels of one catalogue that run on one thread one arena between them, since the
/// first touch of gigabytes takes seconds on a fresh virtual machine. Thread safe; an arena lives
/// as long as a kernel that has it.
class StreamArenaPool {
 public:
  explicit StreamArenaPool(const StreamLayout& layout) : layout_(layout) {}
  /// The calling thread's arena. Throws ResourceError.
  [[nodiscard]] std::shared_ptr<StreamArena> of_this_thread();
  [[nodiscard]] const StreamLayout& layout() const noexcept { return layout_; }

 private:
  StreamLayout layout_;
  std::mutex mutex_;
  std::map<std::thread::id, std::weak_ptr<StreamArena>> arenas_;
};

}  // namespace perfbench
