#include "harness/host/clock/steady_clock.hpp"

#include <ctime>

#include "harness/host/clock/cpu_pause.hpp"

namespace perfbench {
namespace {

Nanoseconds read_posix_clock(clockid_t id) noexcept {
  timespec t{};
  // Both ids are always there on Linux, so the call has no failure that a caller could act on.
  clock_gettime(id, &t);
  return std::chrono::seconds(t.tv_sec) + Nanoseconds(t.tv_nsec);
}

}  // namespace

TimePoint Clock::spin_until(TimePoint until) noexcept {
  TimePoint reading = now();
  while (reading < until) {
    cpu_pause();
    reading = now();
  }
  return reading;
}

Nanoseconds SteadyClock::thread_cpu_time() noexcept {
  return read_posix_clock(CLOCK_THREAD_CPUTIME_ID);
}

TimePoint SteadyClock::spin_until(TimePoint until) noexcept {
  // Without the virtual call of the general one, and without a pause: a reading of the clock is
  // one.
  TimePoint reading = std::chrono::steady_clock::now();
  while (reading < until) reading = std::chrono::steady_clock::now();
  return reading;
}

TimePoint SteadyClock::sleep_until(TimePoint until) noexcept {
  const auto since_boot = std::chrono::duration_cast<Nanoseconds>(until.time_since_epoch());
  timespec t{};
  t.tv_sec = static_cast<std::time_t>(since_boot.count() / 1'000'000'000);
  t.tv_nsec = static_cast<long>(since_boot.count() % 1'000'000'000);
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr);
  return std::chrono::steady_clock::now();
}

Nanoseconds process_cpu_time() noexcept { return read_posix_clock(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace perfbench
