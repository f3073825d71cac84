#pragma once

#include <cstdint>
#include <span>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/core/result/verdict.hpp"
#include "harness/core/stats/sample_series.hpp"
#include "harness/core/units/compact_time.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Of each side of the interval of the share over a bound: one-sided, so VALID where the bound is
/// missed, and INVALID where it holds, are each to happen in one run of a hundred.
inline constexpr double kBoundConfidence = 0.99;

/// Whether a percentile of the latency holds a bound. The share of queries over it is counted, with
/// `without_latency` (never ended, or refused by a full queue) among them, and given an exact
/// binomial interval of as many queries as tell as much if they were independent: n over the batch
/// means inflation (stats/batch_means.hpp), less for the inflation being itself an estimate.
///
/// Where it cannot be told needs_queries is set. The upper end is 1, and so nothing can be VALID,
/// while batches stay correlated or there are too few queries to see dependence: 64. The latencies
/// are those recorded, in order of issue.
[[nodiscard]] BoundRecord judge_latency_bound(std::span<const Nanoseconds> in_issue_order,
                                              const LatencyBound& bound,
                                              std::uint64_t without_latency);
[[nodiscard]] BoundRecord judge_latency_bound(std::span<const CompactTime> in_issue_order,
                                              const LatencyBound& bound,
                                              std::uint64_t without_latency);
[[nodiscard]] BoundRecord judge_latency_bound(const SampleSeries& in_issue_order,
                                              const LatencyBound& bound,
                                              std::uint64_t without_latency);

/// The word on a record: INVALID when the whole interval lies above the share that the percentile
/// allows, VALID when it lies at or below, else INCONCLUSIVE.
[[nodiscard]] Validity bound_validity(const BoundRecord& record) noexcept;

/// Share of queries that a percentile allows over its bound: 0.01 for P99.
[[nodiscard]] double allowed_over(const BoundRecord& record) noexcept;

}  // namespace perfbench
