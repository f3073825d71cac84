#pragma once

#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// std::chrono::steady_clock and CLOCK_THREAD_CPUTIME_ID. Stateless.
class SteadyClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() noexcept override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] Nanoseconds thread_cpu_time() noexcept override;
  [[nodiscard]] TimePoint spin_until(TimePoint until) noexcept override;
  /// clock_nanosleep to an absolute time on CLOCK_MONOTONIC, which is steady_clock's.
  [[nodiscard]] TimePoint sleep_until(TimePoint until) noexcept override;
};

/// CPU time of the whole process (CLOCK_PROCESS_CPUTIME_ID).
[[nodiscard]] Nanoseconds process_cpu_time() noexcept;

}  // namespace perfbench
