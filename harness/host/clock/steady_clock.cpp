#include "harness/host/clock/steady_clock.hpp"

#include <ctime>

namespace perfbench {
namespace {

Nanoseconds read_posix_clock(clockid_t id) noexcept {
  timespec t{};
  // Both ids are always there on Linux, so the call has no failure that a caller could act on.
  clock_gettime(id, &t);
  return std::chrono::seconds(t.tv_sec) + Nanoseconds(t.tv_nsec);
}

}  // namespace

Nanoseconds SteadyClock::thread_cpu_time() noexcept {
  return read_posix_clock(CLOCK_THREAD_CPUTIME_ID);
}

Nanoseconds process_cpu_time() noexcept { return read_posix_clock(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace perfbench
