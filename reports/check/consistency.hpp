#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/units/quantity.hpp"
#include "reports/check/comparison.hpp"

namespace perfbench {

// Figures whose data are not kept are held against each other. Inside this room only.

struct NamedDuration {
  std::string_view key;
  Nanoseconds value{0};
};

/// Each is at least the one before: percentiles and the maximum of one thing. What breaks it is
/// named as `path`.key.
void check_ascending(const std::string& path,
                     std::initializer_list<NamedDuration> durations,
                     Comparison& comparison);

/// Both ends included, to the relative 1e-9 of check_report().
void check_range(
    const std::string& path, double stored, double low, double high, Comparison& comparison);

/// Workers are busy for at most all of the time; the clock readings around it may add a little.
void check_utilisation(const std::string& path, double stored, Comparison& comparison);

/// Percentiles of the schedule slip, and the share of queries that were issued more than 1 us late.
struct LateShare {
  Nanoseconds p50{0};
  Nanoseconds p99{0};
  Nanoseconds p99_9{0};
  std::optional<Nanoseconds> max;
  double over_1us_fraction = 0.0;
};

/// The share is one of so many queries, and within what the percentiles, by nearest rank, allow.
void check_late_share(const LateShare& late,
                      std::uint64_t queries,
                      const std::string& path,
                      Comparison& comparison);

}  // namespace perfbench
