#pragma once

#include "harness/core/progress.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// Timers of the calling thread as sharp as the kernel has them (PR_SET_TIMERSLACK of 1 ns instead
/// of 50 us) until the destructor, which puts the earlier slack back on the same thread.
class ScopedTimerSlack {
 public:
  ScopedTimerSlack() noexcept;
  ScopedTimerSlack(const ScopedTimerSlack&) = delete;
  ScopedTimerSlack& operator=(const ScopedTimerSlack&) = delete;
  ~ScopedTimerSlack() noexcept;

 private:
  long previous_ns_ = -1;  ///< Negative: the kernel did not tell, nothing to put back.
};

/// Waits for points in time by one policy. Belongs to the thread that made it. Hybrid sleeps until
/// shortly before and spins the rest: the distance starts at 150 us and follows what the kernel's
/// wake-ups were seen to cost, so that a machine that wakes late still meets the time. No wait goes
/// on for more than 50 ms after an interruption.
class Waiter {
 public:
  Waiter(Clock& clock, WaitPolicy policy, const Interruption& interruption) noexcept
      : clock_(clock), policy_(policy), interruption_(interruption) {}

  /// Returns a reading at or after `until`, or an earlier one when interrupted. Reads the clock
  /// once when the time has come already.
  [[nodiscard]] TimePoint wait_until(TimePoint until) noexcept;

  /// How long before the time hybrid ends its sleep at present.
  [[nodiscard]] Nanoseconds margin() const noexcept { return margin_; }

  static constexpr Nanoseconds kFirstMargin{150'000};
  static constexpr Nanoseconds kLeastMargin{100'000};
  static constexpr Nanoseconds kMostMargin{2'000'000};
  static constexpr Nanoseconds kSlice{50'000'000};

 private:
  /// Sleeps in slices; false when interrupted before `until`.
  [[nodiscard]] bool sleep(TimePoint until, TimePoint& reading) noexcept;
  void learn(Nanoseconds overslept) noexcept;

  Clock& clock_;
  WaitPolicy policy_;
  const Interruption& interruption_;
  ScopedTimerSlack slack_;
  Nanoseconds margin_{kFirstMargin};
};

}  // namespace perfbench
