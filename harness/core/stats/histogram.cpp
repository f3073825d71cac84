#include "harness/core/stats/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace perfbench {
namespace {

double growth(double alpha) { return (1.0 + alpha) / (1.0 - alpha); }

std::int32_t bucket_of(Nanoseconds value, double log_growth) {
  if (value.count() <= 1) return 0;
  return static_cast<std::int32_t>(
      std::ceil(std::log(static_cast<double>(value.count())) / log_growth));
}

double edge(const Histogram& histogram, std::size_t index) {
  return std::pow(growth(histogram.alpha), histogram.first_bucket + static_cast<double>(index));
}

Nanoseconds duration_of(Nanoseconds value) { return value; }
Nanoseconds duration_of(CompactTime value) { return value.duration(); }

template <class Value>
Histogram histogram_of(std::span<const Value> values, double alpha) {
  CHECK(alpha >= 0.0001 && alpha <= 0.5, "a histogram's relative error lies in 0.0001 to 0.5");
  Histogram histogram;
  histogram.alpha = alpha;
  if (values.empty()) return histogram;
  const double log_growth = std::log(growth(alpha));
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  histogram.first_bucket = bucket_of(duration_of(*lowest), log_growth);
  const auto buckets = bucket_of(duration_of(*highest), log_growth) - histogram.first_bucket + 1;
  histogram.counts.assign(static_cast<std::size_t>(buckets), 0);
  for (const Value value : values) {
    ++histogram.counts[static_cast<std::size_t>(bucket_of(duration_of(value), log_growth) -
                                                histogram.first_bucket)];
  }
  return histogram;
}

}  // namespace

Histogram make_histogram(std::span<const Nanoseconds> values, double alpha) {
  return histogram_of(values, alpha);
}

Histogram make_histogram(std::span<const CompactTime> values, double alpha) {
  return histogram_of(values, alpha);
}

double bucket_upper_edge_ns(const Histogram& histogram, std::size_t index) {
  CHECK(index < histogram.counts.size(), "no such bucket");
  return edge(histogram, index);
}

std::uint64_t histogram_total(const Histogram& histogram) {
  return std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0});
}

std::optional<double> histogram_quantile_ns(const Histogram& histogram, Ppm ppm) {
  const std::uint64_t total = histogram_total(histogram);
  if (total == 0) return std::nullopt;
  const std::uint64_t rank = rank_of(total, ppm);
  std::uint64_t below = 0;
  std::size_t index = 0;
  while (below + histogram.counts[index] < rank) below += histogram.counts[index++];
  // The middle that is within alpha of both edges of (e/g, e].
  return 2.0 * edge(histogram, index) / (growth(histogram.alpha) + 1.0);
}

}  // namespace perfbench
