#include <algorithm>
#include <map>
#include <string>

#include "harness/core/judge/cache_levels.hpp"
#include "scenarios/roofline/campaign.hpp"

namespace perfbench {
namespace {

/// Windows of one entry: the best of them counts. Those of a read lie at other places each
/// (sweep_entries.cpp), so that one that is disturbed, or badly placed, leaves the others.
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
  options.warm_up = Nanoseconds(0);  // One window all the same.
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

/// Every fourth size, then every second, then the rest, and of each size all its entries: when the
/// time is short, coarse steps over all sizes show more levels than fine ones over the small ones.
std::vector<const KernelEntry*> coarse_first(const std::vector<KernelEntry>& entries) {
  std::map<std::uint64_t, std::vector<const KernelEntry*>> sizes;
  for (const KernelEntry& entry : entries) sizes[entry.working_set.count()].push_back(&entry);
  std::vector<const KernelEntry*> order;
  for (const std::size_t stride : {4U, 2U, 1U}) {
    std::size_t index = 0;
    for (auto& [size, waiting] : sizes) {
      if (index++ % stride != 0) continue;
      order.insert(order.end(), waiting.begin(), waiting.end());
      waiting.clear();
    }
  }
  return order;
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
  MeasureRequest request;
  request.cpus = one.cpus;
  request.options = quick_options(at_most / static_cast<int>(entries.size()));
  request.options.chain.chain = options_.clock_chain;
  const TimePoint end = clock_.now() + at_most;
  NullProgress within;
  const std::vector<const KernelEntry*> order = coarse_first(entries);
  std::size_t done = 0;
  for (; done < order.size() && !interruption.requested() && clock_.now() < end; ++done) {
    request.kernels = {*order[done]};
    request.kernels.front().shares_memory = "sweep";  // They are sizes of one arena.
    keep_point(measure_group(request, one, threads, interruption, within).front(), *order[done]);
    progress.advance(static_cast<double>(done + 1) / static_cast<double>(order.size()));
  }
  if (done < order.size() && !interruption.requested()) {
    note("The sweep measured " + std::to_string(done) + " of its " + std::to_string(order.size()) +
         " points before its time was spent: the levels are known less finely.");
  }
  std::sort(section_.sweep.begin(), section_.sweep.end(), [](const auto& a, const auto& b) {
    return a.working_set < b.working_set;
  });
  section_.cache_levels = find_cache_levels(section_.sweep, shape_.caches);
}

void RooflineCampaign::keep_point(const MeasuredSeries& series, const KernelEntry& entry) {
  if (!series.verification.passed && !series.partial) {
    note("Not timed: " + series.info.name + " of " + std::to_string(entry.working_set.count()) +
         " bytes gave a wrong answer: " + series.verification.detail + ".");
  }
  if (series.series.windows.empty()) return;
  SweepPoint& point = point_of(section_.sweep, entry.working_set);
  const bool latency = series.info.kind == RoofKind::kLatency;
  (latency ? point.latency_ns : point.read_byte_per_s) = series.summary.best;
}

}  // namespace perfbench
