#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/stats/sample_series.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// How much the samples' dependence widens the interval of a share, and so of a percentile. Queued
/// latencies are autocorrelated, and an interval for independent samples then covers the truth in
/// 15 to 70 % of runs instead of 95 %.
struct BatchMeans {
  double inflation = 1.0;   ///< Variance of the share above the percentile, over that of
                            ///< independent samples; 1 or more.
  std::size_t batches = 0;  ///< So many fit into the run; 0: too few samples to see dependence.
  double degrees_of_freedom = 0.0;  ///< Of the variance, for Student's t.
  /// Even the longest batches depend on each other: the inflation is a guess from their
  /// correlation.
  bool correlated = false;
  /// The excess is more than independent samples show in one run of twenty, at one level or more.
  bool significant = false;
  /// Samples that would tell as much if they were independent.
  [[nodiscard]] double n_effective(std::uint64_t n) const noexcept {
    return static_cast<double>(n) / inflation;
  }
};

/// With fewer samples no dependence is looked for.
inline constexpr std::uint64_t kFewestForBatchMeans = 64;

/// Into how many slots a run is cut for batch_means(); 0 with too few samples.
[[nodiscard]] std::size_t batch_slots(std::uint64_t samples);

/// The levels whose dependence decides on that of percentile `ppm`: its own, and those that five
/// and ten times as many samples lie above (up to half of them). Slow queries come in clusters; a
/// run that holds few of them shows hardly any dependence at its own level, and just such a run
/// would be called too good.
[[nodiscard]] std::vector<Ppm> dependence_levels(Ppm ppm);

/// Where the samples above a percentile begin. A clock of coarse steps gives many samples equal to
/// it: they count with the side that makes the share above come nearest to 1 - p.
[[nodiscard]] Nanoseconds upper_edge(const RankedSample& quantile, std::uint64_t samples, Ppm ppm);

/// The inflation from the counts of SampleSeries::slot_counts(), one row a level: the largest of
/// the levels'. Overlapping batch means (Meketon and Schmeiser 1984) of 32 batches a run; 16 where
/// von Neumann's test finds neighbouring batches of 32 correlated. Never below 1, and without a
/// test whether it is above: a test would overlook just the runs that need it.
[[nodiscard]] BatchMeans batch_means(std::span<const std::vector<std::uint64_t>> levels,
                                     std::uint64_t samples);

/// The same with the inflation of 1 where no level's excess is significant: an interval that is
/// exact for independent samples stays so.
[[nodiscard]] BatchMeans independent_unless_significant(const BatchMeans& dependence);

/// rank_interval() widened for dependence: half-width t * sqrt(inflation * n * p * (1 - p)) ranks,
/// never narrower than the exact interval. Nothing when an end falls outside the sample.
[[nodiscard]] std::optional<RankInterval> inflated_rank_interval(std::uint64_t n,
                                                                 Ppm ppm,
                                                                 const BatchMeans& dependence);

/// How many samples of the same dependence an interval needs.
[[nodiscard]] std::uint64_t queries_needed(Ppm ppm, const BatchMeans& dependence);

}  // namespace perfbench
