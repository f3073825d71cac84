#include <algorithm>
#include <string>

#include "harness/core/judge/cache_levels.hpp"
#include "scenarios/roofline/campaign.hpp"

namespace perfbench {
namespace {

/// Windows of one entry: the best of them counts, and one that is disturbed leaves the others.
constexpr int kWindows = 3;
constexpr Nanoseconds kShortestWindow{300'000};
constexpr Nanoseconds kLongestWindow{2'000'000};
/// Of an entry's time, what its windows may take; finding the iterations and warming up take the
/// rest.
constexpr int kPartForWindows = 3;

MeasureOptions quick_options(Nanoseconds per_entry) {
  MeasureOptions options;
  options.window =
      std::clamp(per_entry / (kPartForWindows * kWindows), kShortestWindow, kLongestWindow);
  options.windows = kWindows;
  options.min_windows = 1;
  options.time_budget = kLongestWindow * kWindows;
  options.slice = options.time_budget;
  options.warm_up = Nanoseconds(0);  // One window all the same, which fills the cache.
  options.chain.pairs = 1;           // No rate over the clock is wanted here.
  return options;
}

SweepPoint& point_of(std::vector<SweepPoint>& sweep, Bytes working_set) {
  for (SweepPoint& point : sweep) {
    if (point.working_set == working_set) return point;
  }
  sweep.push_back({working_set, 0.0, 0.0});
  return sweep.back();
}

}  // namespace

void RooflineCampaign::sweep(const std::vector<KernelEntry>& entries,
                             int cpu,
                             Nanoseconds at_most,
                             const Interruption& interruption,
                             Progress& progress) {
  if (entries.empty()) return;
  section_.sweep.clear();
  const Team one{"1c", "one core", {cpu}, -1};
  MeasureTeam threads(one.cpus, one.memory_node, clock_);
  const MeasureOptions options = quick_options(at_most / static_cast<int>(entries.size()));
  const TimePoint end = clock_.now() + at_most;
  NullProgress within;
  std::size_t done = 0;
  for (; done < entries.size() && !interruption.requested() && clock_.now() < end; ++done) {
    MeasureRequest request;
    request.cpus = one.cpus;
    request.kernels = {entries[done]};
    request.kernels.front().shares_memory = "sweep";  // They are sizes of one arena.
    request.options = options;
    request.options.chain.chain = options_.clock_chain;
    const std::vector<MeasuredSeries> measured =
        measure_group(std::move(request), one, threads, interruption, within);
    const MeasuredSeries& series = measured.front();
    if (!series.verification.passed && !series.partial) {
      note("Not timed: " + series.info.name + " of " +
           std::to_string(entries[done].working_set.count()) +
           " bytes gave a wrong answer: " + series.verification.detail + ".");
    }
    if (series.series.windows.empty()) continue;
    SweepPoint& point = point_of(section_.sweep, entries[done].working_set);
    const bool latency = series.info.kind == RoofKind::kLatency;
    (latency ? point.latency_ns : point.read_byte_per_s) = series.summary.best;
    progress.advance(static_cast<double>(done + 1) / static_cast<double>(entries.size()));
  }
  if (done < entries.size() && !interruption.requested()) {
    note("The sweep ended at working sets of " +
         std::to_string(entries[done].working_set.count() >> 10U) +
         " KiB, since its time was spent: larger caches were not found.");
  }
  section_.cache_levels = find_cache_levels(section_.sweep, shape_.caches);
}

}  // namespace perfbench
