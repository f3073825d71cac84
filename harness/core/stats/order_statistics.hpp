#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Percentiles are written in parts per million, so that a rank is integer arithmetic: 0.07 * 100
/// rounds up to 8 in floating point. 990000 is P99.
using Ppm = std::uint32_t;
inline constexpr Ppm kOneMillion = 1'000'000;

/// The nearest rank of a percentile among n ordered samples, from 1: ceil(n * ppm / 1e6), never
/// below 1. n must be at least 1 and ppm at most 1e6.
[[nodiscard]] std::uint64_t rank_of(std::uint64_t n, Ppm ppm);

/// The sample at the nearest rank, without interpolation. `sorted` must be in ascending order and
/// not empty.
[[nodiscard]] Nanoseconds nearest_rank(std::span<const Nanoseconds> sorted, Ppm ppm);
[[nodiscard]] double nearest_rank(std::span<const double> sorted, Ppm ppm);

/// Ranks from 1, both inside the sample: [x_(low), x_(high)] is the interval.
struct RankInterval {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const RankInterval&, const RankInterval&) = default;
};

/// Two-sided 95 % interval of a percentile from order statistics, for independent samples. Exact:
/// with B binomial(n, p), low is the largest l with P(B <= l - 1) <= 2.5 %, high the smallest u
/// with P(B >= u) <= 2.5 %. Distribution-free. Nothing when n is too small for either end; then
/// min_queries_for_interval() says how many samples would do. ppm must be above 0 and below 1e6.
[[nodiscard]] std::optional<RankInterval> rank_interval(std::uint64_t n, Ppm ppm);

/// The smallest n for which rank_interval() exists: 6 for P50, 36 for P90, 72 for P95, 368 for P99,
/// 3688 for P99.9.
[[nodiscard]] std::uint64_t min_queries_for_interval(Ppm ppm);

}  // namespace perfbench
