#include "reports/check/consistency.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/core/stats/order_statistics.hpp"

namespace perfbench {

void check_ascending(const std::string& path,
                     std::initializer_list<NamedDuration> durations,
                     Comparison& comparison) {
  std::optional<NamedDuration> before;
  for (const NamedDuration& duration : durations) {
    if (before) {
      comparison.holds(
          path + "." + std::string(duration.key),
          duration.value >= before->value,
          std::to_string(duration.value.count()),
          "at least " + std::string(before->key) + ", " + std::to_string(before->value.count()));
    }
    before = duration;
  }
}

void check_range(
    const std::string& path, double stored, double low, double high, Comparison& comparison) {
  comparison.holds(path,
                   (stored >= low || agree(stored, low)) && (stored <= high || agree(stored, high)),
                   exact_text(stored),
                   "from " + exact_text(low) + " to " + exact_text(high));
}

void check_utilisation(const std::string& path, double stored, Comparison& comparison) {
  constexpr double kMost = 1.01;
  check_range(path, stored, 0.0, kMost, comparison);
}

void check_late_share(const LateShare& late,
                      std::uint64_t queries,
                      const std::string& path,
                      Comparison& comparison) {
  constexpr Nanoseconds kLate{1000};
  if (queries == 0) return;
  const auto n = static_cast<double>(queries);
  double least = late.max && *late.max > kLate ? 1.0 / n : 0.0;
  double most = late.max && *late.max <= kLate ? 0.0 : 1.0;
  const auto narrow = [&](Nanoseconds value, Ppm ppm) {
    const std::uint64_t rank = rank_of(queries, ppm);
    if (value > kLate) {
      least = std::max(least, static_cast<double>(queries - rank + 1) / n);
    } else {
      most = std::min(most, static_cast<double>(queries - rank) / n);
    }
  };
  narrow(late.p50, 500'000);
  narrow(late.p99, 990'000);
  narrow(late.p99_9, 999'000);
  const double count = late.over_1us_fraction * n;
  const bool whole = std::abs(count - std::round(count)) <= 1e-6 * std::max(1.0, count);
  comparison.holds(path,
                   whole && late.over_1us_fraction >= least * (1.0 - 1e-9) &&
                       late.over_1us_fraction <= most * (1.0 + 1e-9),
                   exact_text(late.over_1us_fraction),
                   "a share of " + std::to_string(queries) + " queries from " + exact_text(least) +
                       " to " + exact_text(most));
}

}  // namespace perfbench
