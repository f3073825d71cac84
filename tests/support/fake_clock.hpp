#pragma once

#include <atomic>

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
};

}  // namespace perfbench
