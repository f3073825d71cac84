#include "harness/core/judge/latency_bound.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/core/stats/batch_means.hpp"
#include "harness/core/stats/binomial.hpp"
#include "harness/core/stats/early_stopping.hpp"
#include "harness/core/stats/student_t.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr double kTail = 1.0 - kBoundConfidence;
/// A number of queries that no run reaches ends the search for the number that would do.
constexpr std::uint64_t kMostQueries = std::uint64_t{1} << 40U;
/// Queries that depend on each other in every batch: batches must become so many times longer.
constexpr std::uint64_t kLongerWhenCorrelated = 4;

/// Dependence of the queries over the bound, or of those over the run's own percentile and the
/// levels below it, whichever is stronger. A run that by chance holds few slow queries shows little
/// dependence at the bound; its own percentile has the same share of queries above it in every run.
BatchMeans dependence_of(const SampleSeries& series, const LatencyBound& bound) {
  const std::uint64_t n = series.size();
  const std::size_t slots = batch_slots(n);
  if (slots == 0) return {};
  const std::vector<Ppm> levels = dependence_levels(bound.ppm);
  std::vector<std::uint64_t> ranks;
  ranks.reserve(levels.size());
  for (const Ppm level : levels) ranks.push_back(rank_of(n, level));
  const std::vector<RankedSample> quantiles = series.at_ranks(ranks);
  std::vector<Nanoseconds> edges{bound.bound + Nanoseconds(1)};
  for (std::size_t i = 0; i < levels.size(); ++i)
    edges.push_back(upper_edge(quantiles[i], n, levels[i]));
  return batch_means(series.slot_counts(edges, slots), n);
}

/// Interval of the share when `n` queries of this dependence were seen.
ShareInterval interval_of(double share, std::uint64_t n, const BatchMeans& dependence) {
  double effective = dependence.n_effective(n);
  if (dependence.degrees_of_freedom > 0.0) {
    // The normal quantile of an exact interval for Student's, squared, since widths go by roots.
    const double ratio = normal_quantile(kBoundConfidence) /
                         student_t_quantile(kBoundConfidence, dependence.degrees_of_freedom);
    effective *= ratio * ratio;
  }
  return share_interval(std::min(share * effective, effective), effective, kTail);
}

/// The fewest queries of the same share and dependence whose interval lies on one side.
std::uint64_t queries_to_tell(const BoundRecord& record, const BatchMeans& dependence) {
  const double allowed = allowed_over(record);
  const auto tells = [&](std::uint64_t n) {
    const ShareInterval interval = interval_of(record.over_fraction, n, dependence);
    return interval.low > allowed || interval.high <= allowed;
  };
  std::uint64_t too_few = 0;
  std::uint64_t enough = kFewestForBatchMeans;
  while (!tells(enough)) {
    if (enough >= kMostQueries) return enough;
    too_few = enough;
    enough *= 2;
  }
  while (enough - too_few > 1 + enough / 1000) {
    const std::uint64_t middle = too_few + (enough - too_few) / 2;
    (tells(middle) ? enough : too_few) = middle;
  }
  return enough;
}

}  // namespace

BoundRecord judge_latency_bound(const SampleSeries& series,
                                const LatencyBound& bound,
                                std::uint64_t without_latency) {
  CHECK(bound.ppm > 0 && bound.ppm < kOneMillion, "a percentile lies between 0 and 1");
  BoundRecord record;
  record.ppm = bound.ppm;
  record.bound = bound.bound;
  record.over = series.count_from(bound.bound + Nanoseconds(1)) + without_latency;
  record.early_stopping_needs = early_stopping_queries(bound.ppm, record.over);
  const std::uint64_t n = series.size() + without_latency;
  record.early_stopping_passes = n >= record.early_stopping_needs;
  if (n == 0) {
    record.needs_queries = record.early_stopping_needs;
    return record;
  }
  record.over_fraction = static_cast<double>(record.over) / static_cast<double>(n);
  const BatchMeans dependence = dependence_of(series, bound);
  record.n_effective = dependence.n_effective(n);
  const ShareInterval interval = interval_of(record.over_fraction, n, dependence);
  record.over_low = interval.low;
  record.over_high = interval.high;
  const bool unseen = dependence.batches == 0 || dependence.correlated;
  if (unseen) record.over_high = 1.0;
  if (bound_validity(record) == Validity::kInconclusive) {
    record.needs_queries = queries_to_tell(record, dependence);
    if (dependence.correlated)
      record.needs_queries = std::max(*record.needs_queries, kLongerWhenCorrelated * n);
  }
  return record;
}

BoundRecord judge_latency_bound(std::span<const Nanoseconds> in_issue_order,
                                const LatencyBound& bound,
                                std::uint64_t without_latency) {
  return judge_latency_bound(NanosecondSeries(in_issue_order), bound, without_latency);
}

BoundRecord judge_latency_bound(std::span<const CompactTime> in_issue_order,
                                const LatencyBound& bound,
                                std::uint64_t without_latency) {
  return judge_latency_bound(CompactSeries(in_issue_order), bound, without_latency);
}

double allowed_over(const BoundRecord& record) noexcept {
  return static_cast<double>(kOneMillion - record.ppm) / kOneMillion;
}

Validity bound_validity(const BoundRecord& record) noexcept {
  const double allowed = allowed_over(record);
  if (record.over_low > allowed) return Validity::kInvalid;
  return record.over_high <= allowed ? Validity::kValid : Validity::kInconclusive;
}

}  // namespace perfbench
