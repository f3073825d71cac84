#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// How much the samples' dependence widens a percentile's interval. Queued latencies are
/// autocorrelated, and an interval for independent samples then covers the truth in 15 to 70 % of
/// runs instead of 95 %.
struct BatchMeans {
  double inflation = 1.0;  ///< Variance of the share below the percentile, over that of independent
                           ///< samples; 1 or more.
  std::size_t batches = 0;  ///< Consecutive batches compared; 0: too few samples to see dependence.
  /// Samples that would tell as much if they were independent.
  [[nodiscard]] double n_effective(std::uint64_t n) const noexcept {
    return static_cast<double>(n) / inflation;
  }
};

/// Splits the samples, in order of issue, into 30 consecutive batches and compares the variance of
/// the batches' shares above `quantile` with the binomial variance of independent samples. An
/// excess that independent samples show in one run of twenty is not taken for dependence (inflation
/// 1).
[[nodiscard]] BatchMeans batch_means(std::span<const Nanoseconds> in_issue_order,
                                     Nanoseconds quantile,
                                     Ppm ppm);

/// rank_interval() widened for dependence: half-width t * sqrt(inflation * n * p * (1 - p)) ranks,
/// never narrower than the exact interval. Nothing when an end falls outside the sample.
[[nodiscard]] std::optional<RankInterval> inflated_rank_interval(std::uint64_t n,
                                                                 Ppm ppm,
                                                                 const BatchMeans& dependence);

/// How many samples of the same dependence an interval needs.
[[nodiscard]] std::uint64_t queries_needed(Ppm ppm, const BatchMeans& dependence);

}  // namespace perfbench
