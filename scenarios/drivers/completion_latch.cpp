#include "scenarios/drivers/completion_latch.hpp"

#include <thread>

namespace perfbench {

void CompletionLatch::arm(std::uint64_t samples) noexcept {
  last_ns_.store(0, std::memory_order_relaxed);
  outstanding_.store(samples, std::memory_order_release);
}

void CompletionLatch::complete(std::span<const QuerySample> samples) noexcept {
  const std::int64_t now = clock_.now().time_since_epoch().count();
  std::int64_t last = last_ns_.load(std::memory_order_relaxed);
  while (last < now && !last_ns_.compare_exchange_weak(last, now, std::memory_order_relaxed)) {
  }
  outstanding_.fetch_sub(samples.size(), std::memory_order_acq_rel);
}

TimePoint CompletionLatch::wait() noexcept {
  // An inline system is complete on the first look. A worker that shares this CPU must get it.
  constexpr int kSpinsBeforeYield = 10'000;
  int spins = 0;
  while (outstanding_.load(std::memory_order_acquire) != 0) {
    if (++spins >= kSpinsBeforeYield) {
      std::this_thread::yield();
      spins = 0;
    }
  }
  return TimePoint(Nanoseconds(last_ns_.load(std::memory_order_relaxed)));
}

}  // namespace perfbench
