#pragma once

#include <atomic>
#include <cstdint>

namespace perfbench {

/// Lets a fixed number of threads start together, within a cache line's travel. Waiting threads
/// spin with the CPU's pause instruction; with `yields` they give the CPU away now and then, which
/// a team that has more threads than CPUs needs and any other must not do (a foreign process would
/// take the CPU for a whole time slice).
class SpinBarrier {
 public:
  SpinBarrier(int threads, bool yields) noexcept : threads_(threads), yields_(yields) {}

  /// All writes before it are visible to all threads after it.
  void arrive_and_wait() noexcept;

 private:
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<std::uint64_t> phase_{0};
  const int threads_;
  const bool yields_;
};

}  // namespace perfbench
