#pragma once

#include <array>
#include <optional>
#include <span>

#include "harness/core/result/scenario.hpp"
#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/stats/sample_series.hpp"
#include "harness/core/units/compact_time.hpp"

namespace perfbench {

/// The percentiles of every latency summary: P50, P90, P95, P99 and P99.9.
inline constexpr std::array<Ppm, 5> kLatencyPercentiles{
    500'000, 900'000, 950'000, 990'000, 999'000};

/// Mean, standard deviation (of a sample: n - 1), maximum and percentiles of latencies in their
/// order of issue. A percentile comes with its two-sided 95 % interval within this run, widened for
/// dependence by batch means; with too few samples it is refused and needs_queries says how many of
/// the same dependence would do. Without samples every percentile is refused and mean, deviation
/// and maximum are 0: the caller's query count of 0 says so.
[[nodiscard]] LatencySummary summarize_latencies(std::span<const Nanoseconds> in_issue_order);

/// The same of latencies in 32 bits each, without a copy of them: ranks are exact, and 10^8 of them
/// take a few passes and some megabytes.
[[nodiscard]] LatencySummary summarize_compact_latencies(
    std::span<const CompactTime> in_issue_order);

/// What both stand on.
[[nodiscard]] LatencySummary summarize_series(const SampleSeries& series);

/// The figure of one percentile, or nothing when the summary lacks it.
[[nodiscard]] const PercentileFigure* find_percentile(const LatencySummary& summary, Ppm ppm);

/// Its value; nothing where the summary lacks or refuses it.
[[nodiscard]] std::optional<Nanoseconds> told_percentile(const LatencySummary& summary, Ppm ppm);

}  // namespace perfbench
