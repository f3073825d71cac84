#include "harness/host/instrument/gap_test.hpp"

#include <algorithm>
#include <system_error>
#include <thread>

#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/affinity/scoped_signal_block.hpp"

namespace perfbench {
namespace {

/// Gaps beyond this many still count in number, sum and maximum; percentiles are over the first
/// ones. A machine with 1000 interrupts a second fills it in two minutes.
constexpr std::size_t kKeptGaps = std::size_t{1} << 17U;

}  // namespace

Nanoseconds gap_threshold(const ClockCost& cost) noexcept {
  constexpr Nanoseconds kLeast{200};
  constexpr int kReads = 5;
  return std::max(kLeast, cost.cost_p50 * kReads);
}

NoiseFloor watch_gaps(Clock& clock,
                      int cpu,
                      const GapTestOptions& options,
                      const Interruption* interruption) {
  CHECK(options.duration.count() > 0 && options.threshold.count() > 0, "an empty gap test");
  std::vector<Nanoseconds> gaps(kKeptGaps);  // Touched before the watch begins.
  std::size_t kept = 0;
  NoiseFloor floor;
  floor.cpu = cpu;
  floor.threshold = options.threshold;
  Nanoseconds lost{0};

  const TimePoint start = clock.now();
  const TimePoint end = start + options.duration;
  TimePoint last = start;
  while (last < end && (interruption == nullptr || !interruption->requested())) {
    const TimePoint now = clock.now();
    const Nanoseconds distance = now - last;
    last = now;
    if (distance <= options.threshold) continue;
    const Nanoseconds gap = distance - options.read_cost;
    lost += gap;
    ++floor.gaps;
    floor.gap_max = std::max(floor.gap_max, gap);
    if (kept < gaps.size()) gaps[kept++] = gap;
  }

  floor.watched = last - start;
  if (floor.watched.count() > 0) {
    floor.loss_fraction = seconds(lost) / seconds(floor.watched);
    floor.gaps_per_second = static_cast<double>(floor.gaps) / seconds(floor.watched);
  }
  gaps.resize(kept);
  std::sort(gaps.begin(), gaps.end());
  if (!gaps.empty()) {
    floor.gap_p50 = nearest_rank(gaps, 500'000);
    floor.gap_p99 = nearest_rank(gaps, 990'000);
  }
  return floor;
}

std::vector<Reading<NoiseFloor>> gap_test(Clock& clock,
                                          std::span<const int> cpus,
                                          const GapTestOptions& options,
                                          const Interruption* interruption) {
  std::vector<Reading<NoiseFloor>> floors(cpus.size());
  const auto watch = [&](std::size_t i) {
    const ScopedPin pin(cpus[i]);
    floors[i] = pin.pinned() ? Reading<NoiseFloor>::of(
                                   watch_gaps(clock, cpus[i], options, interruption), "gap test")
                             : Reading<NoiseFloor>::unavailable(pin.refusal());
  };
  std::vector<std::jthread> threads;
  threads.reserve(cpus.size());
  const ScopedSignalBlock block;
  try {
    for (std::size_t i = 0; i < cpus.size(); ++i) threads.emplace_back(watch, i);
  } catch (const std::system_error& error) {
    throw ResourceError(std::string("A thread for the gap test cannot be started (") +
                        error.what() + ").");
  }
  threads.clear();  // Joins.
  return floors;
}

}  // namespace perfbench
