#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// A clock that a test moves. Each read may itself take time, as a real one does. Thread safe; the
/// time is shared.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Nanoseconds read_cost = Nanoseconds(0)) noexcept : read_cost_(read_cost) {}

  [[nodiscard]] TimePoint now() noexcept override {
    return TimePoint(Nanoseconds(time_.fetch_add(read_cost_.count()) + read_cost_.count()));
  }
  /// Runs with the wall time, less what advance_preempted() took.
  [[nodiscard]] Nanoseconds thread_cpu_time() noexcept override {
    return Nanoseconds(time_.load() - preempted_.load());
  }
  /// Time passes to `until`, or has passed it.
  [[nodiscard]] TimePoint spin_until(TimePoint until) noexcept override {
    std::int64_t seen = time_.load();
    while (seen < until.time_since_epoch().count() &&
           !time_.compare_exchange_weak(seen, until.time_since_epoch().count())) {
    }
    return now();
  }
  /// The same, and later by what wake_late() said.
  [[nodiscard]] TimePoint sleep_until(TimePoint until) noexcept override {
    ++sleeps_;
    if (on_sleep_) on_sleep_(until);
    return spin_until(until + Nanoseconds(wake_late_.load()));
  }
  void wake_late(Nanoseconds by) noexcept { wake_late_ = by.count(); }
  /// Called at each sleep, before the time passes. Set it before threads use the clock.
  void on_sleep(std::function<void(TimePoint)> call) { on_sleep_ = std::move(call); }
  [[nodiscard]] int sleeps() const noexcept { return sleeps_.load(); }
  /// The thread works for that long.
  void advance(Nanoseconds by) noexcept { time_.fetch_add(by.count()); }
  /// The thread waits for that long: wall time passes, CPU time does not.
  void advance_preempted(Nanoseconds by) noexcept {
    time_.fetch_add(by.count());
    preempted_.fetch_add(by.count());
  }

 private:
  Nanoseconds read_cost_;
  std::atomic<std::int64_t> time_{1'000'000'000};
  std::atomic<std::int64_t> preempted_{0};
  std::atomic<std::int64_t> wake_late_{0};
  std::atomic<int> sleeps_{0};
  std::function<void(TimePoint)> on_sleep_;
};

}  // namespace perfbench
