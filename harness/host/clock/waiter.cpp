#include "harness/host/clock/waiter.hpp"

#include <sys/prctl.h>

#include <algorithm>

namespace perfbench {

ScopedTimerSlack::ScopedTimerSlack() noexcept : previous_ns_(prctl(PR_GET_TIMERSLACK)) {
  prctl(PR_SET_TIMERSLACK, 1UL);
}

ScopedTimerSlack::~ScopedTimerSlack() noexcept {
  if (previous_ns_ > 0) prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(previous_ns_));
}

TimePoint Waiter::wait_until(TimePoint until) noexcept {
  TimePoint reading = clock_.now();
  if (reading >= until) return reading;
  if (policy_ == WaitPolicy::kSleep) {
    static_cast<void>(sleep(until, reading));
    return reading;
  }
  if (policy_ == WaitPolicy::kHybrid && until - reading > margin_) {
    const TimePoint wake = until - margin_;
    if (!sleep(wake, reading)) return reading;
    learn(reading - wake);
  }
  while (reading < until) {
    reading = clock_.spin_until(std::min(until, reading + kSlice));
    if (interruption_.requested()) break;
  }
  return reading;
}

bool Waiter::sleep(TimePoint until, TimePoint& reading) noexcept {
  while (reading < until) {
    reading = clock_.sleep_until(std::min(until, reading + kSlice));
    if (interruption_.requested()) return false;
  }
  return true;
}

void Waiter::learn(Nanoseconds overslept) noexcept {
  // Twice what was seen: a wake-up that was late by that much comes again. Falls slowly.
  const Nanoseconds wanted = std::clamp(overslept * 2, kLeastMargin, kMostMargin);
  margin_ = wanted > margin_ ? wanted : margin_ - (margin_ - wanted) / 64;
}

}  // namespace perfbench
