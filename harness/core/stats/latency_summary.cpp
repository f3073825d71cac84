#include "harness/core/stats/latency_summary.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/stats/batch_means.hpp"

namespace perfbench {
namespace {

/// Every level that some percentile's dependence is seen at, with its slot counts.
class Levels {
 public:
  explicit Levels(const SampleSeries& series) : samples_(series.size()) {
    for (const Ppm ppm : kLatencyPercentiles) {
      for (const Ppm level : dependence_levels(ppm)) levels_.push_back(level);
    }
    std::sort(levels_.begin(), levels_.end());
    levels_.erase(std::unique(levels_.begin(), levels_.end()), levels_.end());
    std::vector<std::uint64_t> ranks;
    for (const Ppm level : levels_) ranks.push_back(rank_of(samples_, level));
    quantiles_ = series.at_ranks(ranks);
    std::vector<Nanoseconds> edges;
    for (std::size_t i = 0; i < levels_.size(); ++i)
      edges.push_back(upper_edge(quantiles_[i], samples_, levels_[i]));
    const std::size_t slots = batch_slots(samples_);
    counts_ = slots == 0 ? std::vector<std::vector<std::uint64_t>>(levels_.size())
                         : series.slot_counts(edges, slots);
  }

  [[nodiscard]] Nanoseconds quantile(Ppm ppm) const { return quantiles_[index_of(ppm)].value; }

  [[nodiscard]] BatchMeans dependence(Ppm ppm) const {
    std::vector<std::vector<std::uint64_t>> counts;
    for (const Ppm level : dependence_levels(ppm)) counts.push_back(counts_[index_of(level)]);
    return independent_unless_significant(batch_means(counts, samples_));
  }

 private:
  [[nodiscard]] std::size_t index_of(Ppm level) const {
    return static_cast<std::size_t>(std::lower_bound(levels_.begin(), levels_.end(), level) -
                                    levels_.begin());
  }

  std::uint64_t samples_;
  std::vector<Ppm> levels_;  // Ascending.
  std::vector<RankedSample> quantiles_;
  std::vector<std::vector<std::uint64_t>> counts_;
};

PercentileFigure refused(Ppm ppm) {
  PercentileFigure figure;
  figure.ppm = ppm;
  figure.needs_queries = min_queries_for_interval(ppm);
  return figure;
}

}  // namespace

LatencySummary summarize_series(const SampleSeries& series) {
  LatencySummary summary;
  if (series.size() == 0) {
    for (const Ppm ppm : kLatencyPercentiles) summary.percentiles.push_back(refused(ppm));
    return summary;
  }
  const Moments moments = series.moments();
  summary.mean_ns = moments.mean_ns;
  summary.standard_deviation_ns = moments.standard_deviation_ns;
  summary.max = moments.max;
  const Levels levels(series);
  std::vector<std::uint64_t> ends;
  for (const Ppm ppm : kLatencyPercentiles) {
    PercentileFigure figure;
    figure.ppm = ppm;
    figure.value = levels.quantile(ppm);
    const BatchMeans dependence = levels.dependence(ppm);
    figure.n_effective = dependence.n_effective(series.size());
    if (const auto ranks = inflated_rank_interval(series.size(), ppm, dependence)) {
      ends.push_back(ranks->low);
      ends.push_back(ranks->high);
    } else {
      figure.needs_queries = queries_needed(ppm, dependence);
    }
    summary.percentiles.push_back(figure);
  }
  const std::vector<RankedSample> found = series.at_ranks(ends);
  std::size_t next = 0;
  for (PercentileFigure& figure : summary.percentiles) {
    if (figure.needs_queries) continue;
    figure.low = found[next++].value;
    figure.high = found[next++].value;
  }
  return summary;
}

LatencySummary summarize_latencies(std::span<const Nanoseconds> in_issue_order) {
  return summarize_series(NanosecondSeries(in_issue_order));
}

LatencySummary summarize_compact_latencies(std::span<const CompactTime> in_issue_order) {
  return summarize_series(CompactSeries(in_issue_order));
}

const PercentileFigure* find_percentile(const LatencySummary& summary, Ppm ppm) {
  const auto found = std::find_if(
      summary.percentiles.begin(), summary.percentiles.end(), [=](const PercentileFigure& figure) {
        return figure.ppm == ppm;
      });
  return found == summary.percentiles.end() ? nullptr : &*found;
}

std::optional<Nanoseconds> told_percentile(const LatencySummary& summary, Ppm ppm) {
  const PercentileFigure* figure = find_percentile(summary, ppm);
  if (figure == nullptr || figure->needs_queries) return std::nullopt;
  return figure->value;
}

}  // namespace perfbench
