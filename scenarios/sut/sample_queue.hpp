#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/core/system_under_test.hpp"
#include "harness/host/record/touched_memory.hpp"

namespace perfbench::sut_detail {

/// A bounded ring of samples, one thread pushing and one at a time popping (the workers pass that
/// right among them). Preallocated and touched; neither side waits, allocates or locks. push() ends
/// with one sequentially consistent store, so that a consumer that says it sleeps and then finds
/// the ring empty is seen by the producer afterwards.
class SampleQueue {
 public:
  /// Rounded up to a power of two. Throws std::bad_alloc.
  explicit SampleQueue(std::size_t capacity)
      : mask_(std::bit_ceil(std::max<std::size_t>(1, capacity)) - 1),
        memory_((mask_ + 1) * sizeof(QuerySample)),
        samples_(static_cast<QuerySample*>(memory_.data())) {}

  [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }

  /// Producer: as many from the front as there is room for; returns their number.
  std::size_t push(std::span<const QuerySample> samples) noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (tail + samples.size() - head_seen_ > capacity()) {
      head_seen_ = head_.load(std::memory_order_acquire);
    }
    const auto room = static_cast<std::size_t>(capacity() - (tail - head_seen_));
    const std::size_t taken = std::min(room, samples.size());
    for (std::size_t i = 0; i < taken; ++i) samples_[(tail + i) & mask_] = samples[i];
    tail_.store(tail + taken, std::memory_order_seq_cst);
    return taken;
  }

  /// Anybody.
  [[nodiscard]] bool empty() const noexcept {
    return tail_.load(std::memory_order_seq_cst) == head_.load(std::memory_order_seq_cst);
  }

  /// The consumer: samples that wait.
  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(tail_.load(std::memory_order_acquire) -
                                    head_.load(std::memory_order_relaxed));
  }
  /// The consumer: the i-th of those.
  [[nodiscard]] const QuerySample& peek(std::size_t i = 0) const noexcept {
    return samples_[(head_.load(std::memory_order_relaxed) + i) & mask_];
  }
  /// The consumer: lets go of so many from the front.
  void drop(std::size_t count) noexcept {
    head_.store(head_.load(std::memory_order_relaxed) + count, std::memory_order_seq_cst);
  }

 private:
  static constexpr std::size_t kCacheLine = 64;

  std::size_t mask_;
  TouchedMemory memory_;
  QuerySample* samples_;
  alignas(kCacheLine) std::atomic<std::uint64_t> tail_{0};
  std::uint64_t head_seen_ = 0;  ///< The producer's: it reads head_ only when the ring looks full.
  alignas(kCacheLine) std::atomic<std::uint64_t> head_{0};
};

}  // namespace perfbench::sut_detail
