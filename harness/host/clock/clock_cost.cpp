#include "harness/host/clock/clock_cost.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

/// A run of neighbouring values, by its ends.
struct Cluster {
  std::int64_t first;
  std::int64_t last;
  [[nodiscard]] std::int64_t middle() const noexcept { return (first + last) / 2; }
};

/// Values rarer than this are interrupts, not the clock's grid.
constexpr std::size_t kRareShare = 1000;

std::vector<std::int64_t> frequent_values(std::span<const Nanoseconds> distances) {
  std::vector<std::int64_t> sorted;
  sorted.reserve(distances.size());
  for (const Nanoseconds d : distances) sorted.push_back(d.count());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t needed = std::max<std::size_t>(1, distances.size() / kRareShare);
  std::vector<std::int64_t> frequent;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i;
    while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
    if (end - i >= needed) frequent.push_back(sorted[i]);
    i = end;
  }
  return frequent;
}

}  // namespace

Nanoseconds clock_step(std::span<const Nanoseconds> distances) {
  const std::vector<std::int64_t> values = frequent_values(distances);
  if (values.empty()) return Nanoseconds(0);
  std::vector<Cluster> clusters;
  for (const std::int64_t v : values) {
    if (!clusters.empty() && v - clusters.back().last <= 1) {
      clusters.back().last = v;
    } else {
      clusters.push_back({v, v});
    }
  }
  // A grid of d ns that is no whole number shows every multiple as two neighbours; three or more in
  // a row are a grid of 1.
  for (const Cluster& c : clusters) {
    if (c.last - c.first >= 2) return Nanoseconds(1);
  }
  // Distance zero is a value as any other: two reads fell into one step.
  std::int64_t step = clusters.front().middle() > 0 ? clusters.front().middle() : INT64_MAX;
  for (std::size_t i = 1; i < clusters.size(); ++i) {
    step = std::min(step, clusters[i].middle() - clusters[i - 1].middle());
  }
  return Nanoseconds(step == INT64_MAX ? 0 : step);
}

ClockCost calibrate_clock(Clock& clock, std::uint64_t reads) {
  CHECK(reads >= 2, "a distance needs two reads");
  std::vector<TimePoint> times(reads);
  for (TimePoint& t : times) t = clock.now();
  std::vector<Nanoseconds> distances(reads - 1);
  for (std::size_t i = 0; i + 1 < times.size(); ++i) distances[i] = times[i + 1] - times[i];

  ClockCost cost;
  cost.reads = reads;
  cost.step = clock_step(distances);
  std::sort(distances.begin(), distances.end());
  cost.cost_p50 = nearest_rank(distances, 500'000);
  cost.cost_p99 = nearest_rank(distances, 990'000);
  cost.back_to_back_max = distances.back();
  return cost;
}

}  // namespace perfbench
