#include "harness/host/measure/spin_barrier.hpp"

#include <sched.h>

namespace perfbench {
namespace {

/// About 40 us of pauses: a team that has its CPUs arrives sooner.
constexpr int kSpinsBeforeYield = 1000;

void pause_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

void SpinBarrier::arrive_and_wait() noexcept {
  const std::uint64_t phase = phase_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.store(phase + 1, std::memory_order_release);
    return;
  }
  for (int spins = 0; phase_.load(std::memory_order_acquire) == phase; ++spins) {
    pause_cpu();
    if (yields_ && spins >= kSpinsBeforeYield) {
      sched_yield();
      spins = 0;
    }
  }
}

}  // namespace perfbench
