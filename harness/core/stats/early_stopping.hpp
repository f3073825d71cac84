#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "harness/core/result/scenario.hpp"
#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/units/compact_time.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// LoadGen 6.0's confidence of early stopping, with its tolerance of 0 (both fixed there).
inline constexpr double kEarlyStoppingConfidence = 0.99;

/// MLPerf's early stopping: the fewest queries among which `over` may lie above a bound on
/// percentile `ppm`, P(B <= over) <= 1 - confidence for B binomial(n, 1 - p). It takes queries for
/// independent. P90: 44 for none over, 64 for one; P99: 459 and 662.
[[nodiscard]] std::uint64_t early_stopping_queries(Ppm ppm,
                                                   std::uint64_t over,
                                                   double confidence = kEarlyStoppingConfidence);

/// The most queries over the bound that `queries` allow; nothing when they do not even allow none.
[[nodiscard]] std::optional<std::uint64_t> early_stopping_allowed(
    Ppm ppm, std::uint64_t queries, double confidence = kEarlyStoppingConfidence);

/// LoadGen's estimate for SingleStream (P90) and MultiStream (P99): with t >= 1 allowed over the
/// bound, the t-th largest latency, t - 1 discarded. With t = 0 it is refused although the largest
/// latency would bound the percentile as well, and needs_queries is what t = 1 asks for (64 and
/// 662): the figure is MLPerf's.
[[nodiscard]] EarlyStoppingFigure early_stopping_estimate(std::span<const Nanoseconds> latencies,
                                                          Ppm ppm);
[[nodiscard]] EarlyStoppingFigure early_stopping_estimate(std::span<const CompactTime> latencies,
                                                          Ppm ppm);

}  // namespace perfbench
