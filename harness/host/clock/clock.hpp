#pragma once

#include "harness/core/system_under_test.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// The clock that measures. Everything that times takes one by reference, so that tests can script
/// the time (tests/support/fake_clock.hpp), and so that the call whose cost is calibrated is the
/// call that measures. The virtual call adds about a nanosecond to a read of 20, and the
/// calibration sees it. Thread safe.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// Monotonic and equal on all CPUs.
  [[nodiscard]] virtual TimePoint now() noexcept = 0;
  /// CPU time of the calling thread. Costs about 400 ns (it enters the kernel), so it stands at the
  /// edges of windows, never inside one.
  [[nodiscard]] virtual Nanoseconds thread_cpu_time() noexcept = 0;
  /// Reads the clock until it shows `until`, at least once, and returns the last reading. Keeps the
  /// CPU.
  [[nodiscard]] virtual TimePoint spin_until(TimePoint until) noexcept;
  /// Gives the CPU away until `until`; the kernel wakes later than that by its timer's slack and
  /// the time of a wake-up, and may wake earlier at a signal. Returns a reading afterwards.
  [[nodiscard]] virtual TimePoint sleep_until(TimePoint until) noexcept {
    return spin_until(until);
  }
};

}  // namespace perfbench
