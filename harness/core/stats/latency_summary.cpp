#include "harness/core/stats/latency_summary.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/core/stats/batch_means.hpp"

namespace perfbench {
namespace {

PercentileFigure figure(std::span<const Nanoseconds> in_issue_order,
                        std::span<const Nanoseconds> sorted,
                        Ppm ppm) {
  PercentileFigure result;
  result.ppm = ppm;
  if (sorted.empty()) {
    result.needs_queries = min_queries_for_interval(ppm);
    return result;
  }
  result.value = nearest_rank(sorted, ppm);
  const BatchMeans dependence = batch_means(in_issue_order, result.value, ppm);
  result.n_effective = dependence.n_effective(sorted.size());
  if (const auto ranks = inflated_rank_interval(sorted.size(), ppm, dependence)) {
    result.low = sorted[ranks->low - 1];
    result.high = sorted[ranks->high - 1];
  } else {
    result.needs_queries = queries_needed(ppm, dependence);
  }
  return result;
}

}  // namespace

LatencySummary summarize_latencies(std::span<const Nanoseconds> in_issue_order) {
  LatencySummary summary;
  std::vector<Nanoseconds> sorted(in_issue_order.begin(), in_issue_order.end());
  std::sort(sorted.begin(), sorted.end());
  if (!sorted.empty()) {
    const auto n = static_cast<double>(sorted.size());
    // From the median, so that the squares of a long run of like latencies keep their digits.
    const Nanoseconds pivot = sorted[sorted.size() / 2];
    double sum = 0.0;
    double squares = 0.0;
    for (const Nanoseconds x : sorted) {
      const auto distance = static_cast<double>((x - pivot).count());
      sum += distance;
      squares += distance * distance;
    }
    summary.mean_ns = static_cast<double>(pivot.count()) + sum / n;
    if (sorted.size() > 1) {
      summary.standard_deviation_ns =
          std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1.0)));
    }
    summary.max = sorted.back();
  }
  for (const Ppm ppm : kLatencyPercentiles)
    summary.percentiles.push_back(figure(in_issue_order, sorted, ppm));
  return summary;
}

const PercentileFigure* find_percentile(const LatencySummary& summary, Ppm ppm) {
  const auto found = std::find_if(
      summary.percentiles.begin(), summary.percentiles.end(), [=](const PercentileFigure& figure) {
        return figure.ppm == ppm;
      });
  return found == summary.percentiles.end() ? nullptr : &*found;
}

}  // namespace perfbench
