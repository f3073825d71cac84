#include "harness/core/judge/cache_levels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/stats/robust.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kLeastPoints = 8;
/// In units of ln(latency) per octave of size. Within a level, a Xeon's shared L3 rises by 0.2 to
/// 0.3, a step between levels by 2 and more.
constexpr double kSteep = 0.55;
/// L1 to L2 is 2.5 to 4 times on every core in reference, L3 to memory 1.8 and more; the second TLB
/// of small pages costs 1.5.
constexpr double kLeastStep = 1.7;
/// Between two steps, or it belongs to the way from one level to the next.
constexpr double kLeastOctaves = 0.6;
constexpr std::size_t kLeastPointsOfALevel = 3;
constexpr double kStillTheLevel = 1.5;  ///< Times the level's median.
constexpr double kNoisy = 1.25;
constexpr std::uint64_t kPage = 4096;

struct Point {
  double size = 0.0;
  double latency = 0.0;
};

std::vector<Point> usable_points(std::span<const SweepPoint> sweep) {
  std::vector<Point> points;
  for (const SweepPoint& point : sweep) {
    const bool usable = std::isfinite(point.latency_ns) && point.latency_ns > 0.0;
    if (usable && point.working_set.count() > 0) {
      points.push_back({static_cast<double>(point.working_set.count()), point.latency_ns});
    }
  }
  std::sort(points.begin(), points.end(), [](const Point& x, const Point& y) {
    return x.size != y.size ? x.size < y.size : x.latency < y.latency;
  });
  const auto same_size = [](const Point& x, const Point& y) { return x.size == y.size; };
  points.erase(std::unique(points.begin(), points.end(), same_size), points.end());
  return points;
}

/// Each point lowered to the fastest behind it.
std::vector<Point> without_spikes(std::vector<Point> points) {
  for (std::size_t i = points.size() - 1; i-- > 0;) {
    points[i].latency = std::min(points[i].latency, points[i + 1].latency);
  }
  return points;
}

bool too_noisy(const std::vector<Point>& raw, const std::vector<Point>& clean) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    ratios.push_back(raw[i].latency / clean[i].latency);
  }
  return median(ratios) > kNoisy;
}

double octaves(const Point& from, const Point& to) { return std::log2(to.size / from.size); }

/// From the last point of one level to the first of the next.
struct Step {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// Whether the points from `first` to `last` are too few to be a level between two steps.
bool on_the_way(const std::vector<Point>& points, std::size_t first, std::size_t last) {
  return last - first + 1 < kLeastPointsOfALevel ||
         octaves(points[first], points[last]) < kLeastOctaves;
}

std::vector<Step> find_steps(const std::vector<Point>& points) {
  std::vector<Step> steep;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double rise = std::log(points[i + 1].latency / points[i].latency);
    if (rise <= kSteep * octaves(points[i], points[i + 1])) continue;
    if (!steep.empty() && on_the_way(points, steep.back().to, i)) {
      steep.back().to = i + 1;
    } else {
      steep.push_back({i, i + 1});
    }
  }
  std::erase_if(steep, [&](const Step& step) {
    return points[step.to].latency < kLeastStep * points[step.from].latency;
  });
  return steep;
}

/// A level as the sweep has it: what lies before a step.
struct Found {
  double size = 0.0;
  double latency = 0.0;  ///< Median.
};

std::vector<Found> levels_before(const std::vector<Step>& steps, const std::vector<Point>& points) {
  std::vector<Found> levels;
  std::size_t first = 0;
  for (const Step& step : steps) {
    std::vector<double> latencies;
    for (std::size_t i = first; i <= step.from; ++i) latencies.push_back(points[i].latency);
    Found found;
    found.latency = median(latencies);
    for (const Point& point : points) {
      if (point.latency <= kStillTheLevel * found.latency) found.size = point.size;
    }
    levels.push_back(found);
    first = step.to;
  }
  return levels;
}

std::string in_words(double bytes) {
  std::array<char, 32> text{};
  const double kib_count = bytes / 1024.0;
  if (kib_count < 1024.0) {
    std::snprintf(text.data(), text.size(), "%.0f KiB", kib_count);
  } else {
    std::snprintf(text.data(), text.size(), "%.4g MiB", kib_count / 1024.0);
  }
  return text.data();
}

std::string nanoseconds_in_words(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f ns", value);
  return text.data();
}

Reading<Bytes> told_size(std::span<const CacheShape> told, int level) {
  Bytes largest{0};
  for (const CacheShape& cache : told) {
    if (cache.level == level) largest = std::max(largest, cache.size);
  }
  if (largest.count() > 0) return Reading<Bytes>::of(largest, "the system");
  return Reading<Bytes>::unavailable("the system tells of no level-" + std::to_string(level) +
                                     " cache");
}

Bytes whole_pages(double bytes) { return Bytes(static_cast<std::uint64_t>(bytes) / kPage * kPage); }

/// Where the level before ends, 0 for none.
Bytes working_set_of(MemoryLevel level, double found, double before) {
  if (level == MemoryLevel::kL1) return whole_pages(0.75 * found);
  if (level == MemoryLevel::kL2) {
    return whole_pages(std::min(std::max(0.5 * found, 3.0 * before), 0.75 * found));
  }
  const double low = 3.0 * before;
  const double high = 0.5 * found;
  if (low <= high) return whole_pages(std::sqrt(low * high));
  // A small L3: as far inside as it goes, as long as L2 cannot hold half of it.
  for (const double size : {high, 0.75 * found}) {
    if (size >= 2.0 * before) return whole_pages(size);
  }
  return Bytes(0);
}

/// In level 2: `usual`, where the sweep read about as fast as anywhere in the level, else the
/// smallest size beyond at which it did. A Zen 5 reads 48 bytes a cycle below half of its level 2
/// and 63 of 64 above; towards the level's end other kernels fall. Where the level ends is known
/// less well than that a size was read fast, so all of what was found is looked at. A point is one
/// of few windows: one of 512 KiB that read 270 where 640 read 279 sent other kernels to a size at
/// which they fall.
Bytes fastest_read(std::span<const SweepPoint> sweep, Bytes usual, double found) {
  constexpr double kNoise = 1.05;
  const auto size_of = [](const SweepPoint& point) {
    return static_cast<double>(point.working_set.count());
  };
  double usual_rate = 0.0;
  double best_rate = 0.0;
  std::vector<const SweepPoint*> beyond;
  for (const SweepPoint& point : sweep) {
    if (!std::isfinite(point.read_byte_per_s)) continue;
    if (point.working_set <= usual) {
      if (2 * point.working_set >= usual) usual_rate = std::max(usual_rate, point.read_byte_per_s);
    } else if (size_of(point) <= found) {
      beyond.push_back(&point);
      best_rate = std::max(best_rate, point.read_byte_per_s);
    }
  }
  if (usual_rate <= 0.0 || best_rate <= kNoise * usual_rate) return usual;
  double smallest = found;
  for (const SweepPoint* point : beyond) {
    if (kNoise * point->read_byte_per_s >= best_rate)
      smallest = std::min(smallest, size_of(*point));
  }
  return whole_pages(smallest);
}

/// Of the sweep's point nearest to the size.
double latency_at(const std::vector<Point>& points, Bytes size) {
  if (size.count() == 0) return 0.0;
  const double wanted = std::log2(static_cast<double>(size.count()));
  const auto nearest =
      std::min_element(points.begin(), points.end(), [wanted](const Point& x, const Point& y) {
        return std::abs(std::log2(x.size) - wanted) < std::abs(std::log2(y.size) - wanted);
      });
  return nearest->latency;
}

constexpr std::array<MemoryLevel, 3> kLevels{MemoryLevel::kL1, MemoryLevel::kL2, MemoryLevel::kL3};

/// Why a level that has no step behind it is not found.
std::string why_not_found(std::size_t level,
                          const std::vector<Found>& found,
                          const std::vector<Point>& points) {
  const Point& last = points.back();
  std::string flat = "no further step of latency up to " + in_words(last.size) + " (" +
                     nanoseconds_in_words(last.latency) + " there)";
  if (found.empty()) return flat;
  if (level > found.size()) return "the level before it was not found";
  return flat + ", so what lies beyond " + in_words(found.back().size) +
         " cannot be told from memory";
}

std::vector<CacheLevel> nothing_found(std::span<const CacheShape> told, const std::string& reason) {
  std::vector<CacheLevel> levels;
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    CacheLevel level;
    level.level = kLevels[i];
    level.told = told_size(told, static_cast<int>(i) + 1);
    level.found = Reading<Bytes>::unavailable(reason);
    levels.push_back(std::move(level));
  }
  return levels;
}

/// CPUs that share one cache of that level, 0 where nothing is told.
int told_sharing(std::span<const CacheShape> told, int level) {
  int most = 0;
  for (const CacheShape& cache : told) {
    if (cache.level == level) most = std::max(most, cache.shared_by);
  }
  return most;
}

/// A thread's part of a level's working set, not smaller than twice what the level before holds,
/// as far as three quarters of the level go; nothing where they do not go so far.
std::optional<Bytes> part_of(const CacheLevel& level, int sharers, double before) {
  const auto share = static_cast<double>(sharers);
  const double part = static_cast<double>(level.working_set.count()) / share;
  const double room = 0.75 * static_cast<double>(level.found.value().count()) / share;
  const double least = 2.0 * before;
  if (part >= least) return whole_pages(part);
  if (room >= least) return whole_pages(least);
  return std::nullopt;
}

}  // namespace

std::vector<CacheLevel> find_cache_levels(std::span<const SweepPoint> sweep,
                                          std::span<const CacheShape> told) {
  const std::vector<Point> raw = usable_points(sweep);
  if (raw.empty()) return nothing_found(told, "no sweep was measured");
  if (raw.size() < kLeastPoints) {
    return nothing_found(told,
                         "the sweep has " + std::to_string(raw.size()) + " points, " +
                             std::to_string(kLeastPoints) + " are the least");
  }
  const std::vector<Point> points = without_spikes(raw);
  if (too_noisy(raw, points)) {
    return nothing_found(told,
                         "half of the sweep's points are slower by a quarter than larger ones");
  }
  const std::vector<Step> steps = find_steps(points);
  if (!steps.empty() && on_the_way(points, 0, steps.front().from)) {
    return nothing_found(told, "the sweep begins within a step");
  }
  const std::vector<Found> found = levels_before(steps, points);
  std::vector<CacheLevel> levels = nothing_found(told, "");
  double before = 0.0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    CacheLevel& level = levels[i];
    if (i >= found.size()) {
      level.found = Reading<Bytes>::unavailable(why_not_found(i, found, points));
      continue;
    }
    level.found = Reading<Bytes>::of(whole_pages(found[i].size), "latency sweep");
    level.working_set = working_set_of(level.level, found[i].size, before);
    if (level.level == MemoryLevel::kL2) {
      level.working_set = fastest_read(sweep, level.working_set, found[i].size);
    }
    level.latency_ns = latency_at(points, level.working_set);
    before = found[i].size;
  }
  return levels;
}

std::vector<LevelSize> level_sizes(std::span<const CacheLevel> levels,
                                   std::span<const CacheShape> told,
                                   int team_threads) {
  CHECK(team_threads >= 1, "a team has at least one thread");
  std::vector<LevelSize> sizes;
  double before = 0.0;
  for (const CacheLevel& level : levels) {
    if (!level.found.available()) continue;
    int sharers = 1;
    if (level.level == MemoryLevel::kL2) {
      sharers = std::clamp(told_sharing(told, 2), 1, team_threads);
    } else if (level.level == MemoryLevel::kL3) {
      const int all = told_sharing(told, 3);
      sharers = all == 0 ? team_threads : std::clamp(all, 1, team_threads);
    }
    if (level.working_set.count() > 0) {
      if (const std::optional<Bytes> part = part_of(level, sharers, before)) {
        sizes.push_back({level.level, *part});
      }
    }
    before = static_cast<double>(level.found.value().count()) / static_cast<double>(sharers);
  }
  return sizes;
}

}  // namespace perfbench
