#include "harness/host/instrument/clock_chain.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/stats/robust.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr int kLeastPairs = 3;
/// Timer steps and the edges of a window leave this much even where the quartiles fall together.
constexpr double kLeastUncertainty = 0.002;
/// 2^36 loops take half an hour at 4 GHz: a clock that has not moved by then does not move.
constexpr std::uint64_t kMostLoops = std::uint64_t{1} << 36U;

struct Window {
  Nanoseconds wall{0};
  Nanoseconds cpu{0};
};

Window time_chain(Clock& clock, const ClockChainOptions& options, std::uint64_t loops) {
  // CPU time outside: its reads are slow, and the wall time is the one that counts.
  const Nanoseconds cpu_before = clock.thread_cpu_time();
  const TimePoint before = clock.now();
  options.chain(loops);
  const TimePoint after = clock.now();
  const Nanoseconds cpu_after = clock.thread_cpu_time();
  return {after - before, cpu_after - cpu_before};
}

bool preempted(const Window& w, double tolerance) {
  return static_cast<double>((w.wall - w.cpu).count()) >
         tolerance * static_cast<double>(w.wall.count());
}

/// Loops that fill the window; 0 when the clock does not move. The shortest of three keeps a
/// preemption from halving it.
std::uint64_t find_loops(Clock& clock, const ClockChainOptions& options) {
  for (std::uint64_t loops = 16; loops <= kMostLoops; loops *= 4) {
    Nanoseconds best = Nanoseconds::max();
    for (int i = 0; i < 3; ++i) best = std::min(best, time_chain(clock, options, loops).wall);
    if (best * 4 < options.window) continue;
    const double scale =
        static_cast<double>(options.window.count()) / static_cast<double>(best.count());
    return std::max<std::uint64_t>(1,
                                   static_cast<std::uint64_t>(static_cast<double>(loops) * scale));
  }
  return 0;
}

}  // namespace

void run_add_chain(std::uint64_t loops) noexcept {
  if (loops == 0) return;
#if defined(__x86_64__)
  std::uint64_t sum = 0;
  const std::uint64_t one = 1;
  asm volatile(
      "1:\n\t"
      ".rept 100\n\t"
      "add %[one], %[sum]\n\t"
      ".endr\n\t"
      "dec %[loops]\n\t"
      "jnz 1b"
      : [sum] "+r"(sum), [loops] "+r"(loops)
      : [one] "r"(one)
      : "cc");
#elif defined(__aarch64__)
  std::uint64_t sum = 0;
  const std::uint64_t one = 1;
  asm volatile(
      "1:\n\t"
      ".rept 100\n\t"
      "add %[sum], %[sum], %[one]\n\t"
      ".endr\n\t"
      "subs %[loops], %[loops], #1\n\t"
      "b.ne 1b"
      : [sum] "+r"(sum), [loops] "+r"(loops)
      : [one] "r"(one)
      : "cc");
#else
#error "The dependent-add chain is written for x86-64 and arm64."
#endif
}

ClockChainOptions quick_clock_chain() {
  ClockChainOptions options;
  options.pairs = 15;  // 15 x 3 x 50 us and the search for the loops: about 2.5 ms.
  return options;
}

ClockChainResult measure_clock_chain(Clock& clock, const ClockChainOptions& options) {
  CHECK(options.pairs > 0, "a chain without pairs");
  ClockChainResult result;
  const std::uint64_t loops = find_loops(clock, options);
  if (loops == 0) {
    result.reading.hz =
        Reading<double>::unavailable("the steady clock did not move beside the add chain");
    return result;
  }
  std::vector<double> hz;
  hz.reserve(static_cast<std::size_t>(options.pairs));
  for (int i = 0; i < options.pairs; ++i) {
    const Window once = time_chain(clock, options, loops);
    const Window twice = time_chain(clock, options, 2 * loops);
    const Nanoseconds difference = twice.wall - once.wall;
    if (preempted(once, options.preemption_tolerance) ||
        preempted(twice, options.preemption_tolerance) || difference.count() <= 0) {
      ++result.dropped;
      continue;
    }
    const auto cycles = static_cast<double>(loops * kAddsPerLoop);
    hz.push_back(cycles / seconds(difference));
  }
  result.pairs = static_cast<int>(hz.size());
  if (result.pairs < kLeastPairs) {
    result.reading.hz = Reading<double>::unavailable(
        "the add chain was preempted in " + std::to_string(result.dropped) + " of " +
        std::to_string(options.pairs) + " pairs of windows");
    return result;
  }
  const double middle = median(hz);
  result.quartile_low_hz = quantile(hz, 250'000);
  result.quartile_high_hz = quantile(hz, 750'000);
  result.reading.hz = Reading<double>::of(middle, "dependent-add chain");
  result.reading.relative_uncertainty =
      std::max(kLeastUncertainty, (result.quartile_high_hz - result.quartile_low_hz) / middle);
  return result;
}

}  // namespace perfbench
