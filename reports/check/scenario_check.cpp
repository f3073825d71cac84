#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/core/judge/scenario.hpp"
#include "harness/core/stats/histogram.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "reports/check/scenario_parts_check.hpp"
#include "reports/check/sections_check.hpp"
#include "reports/document/names.hpp"

namespace perfbench {
namespace {

void check_percentile(const std::string& path,
                      const PercentileFigure& stored,
                      const PercentileFigure& recomputed,
                      Comparison& comparison) {
  comparison.number(path + ".n_effective", stored.n_effective, recomputed.n_effective);
  if (!stored.needs_queries && !recomputed.needs_queries) {
    comparison.duration(path + ".value", stored.value, recomputed.value);
    comparison.duration(path + ".low", stored.low, recomputed.low);
    comparison.duration(path + ".high", stored.high, recomputed.high);
    return;
  }
  comparison.whole(path + ".needs_queries", stored.needs_queries, recomputed.needs_queries);
}

/// Every figure of the latencies, from the latencies.
void check_against_raw(const ScenarioResult& result,
                       const std::string& path,
                       Comparison& comparison) {
  const std::string latency = path + ".latency_ns";
  const LatencySummary recomputed = summarize_latencies(result.latencies);
  comparison.number(latency + ".mean", result.latency.mean_ns, recomputed.mean_ns);
  comparison.number(latency + ".standard_deviation",
                    result.latency.standard_deviation_ns,
                    recomputed.standard_deviation_ns);
  comparison.duration(latency + ".max", result.latency.max, recomputed.max);
  for (const PercentileFigure& figure : recomputed.percentiles) {
    const std::string at = latency + "." + percentile_key(figure.ppm);
    const PercentileFigure* stored = find_percentile(result.latency, figure.ppm);
    comparison.flag(at, stored != nullptr, true);
    if (stored != nullptr) check_percentile(at, *stored, figure, comparison);
  }
  const Histogram histogram = make_histogram(result.latencies, result.histogram.alpha);
  comparison.holds(path + ".histogram.first_bucket",
                   result.histogram.first_bucket == histogram.first_bucket,
                   std::to_string(result.histogram.first_bucket),
                   std::to_string(histogram.first_bucket));
  comparison.whole(
      path + ".histogram.counts.length", result.histogram.counts.size(), histogram.counts.size());
  for (std::size_t i = 0; i < std::min(result.histogram.counts.size(), histogram.counts.size());
       ++i) {
    comparison.whole(path + ".histogram.counts[" + std::to_string(i) + "]",
                     result.histogram.counts[i],
                     histogram.counts[i]);
  }
}

/// Whether a value is within a bucket's width of what the histogram says.
bool near(double stored, double from_histogram, double alpha) {
  // Half a bucket each for value and middle, and a nanosecond where buckets are finer than the
  // clock.
  return std::abs(stored - from_histogram) <=
         1.000001 * alpha * std::max(stored, from_histogram) + 1.0;
}

/// What a histogram alone can tell: percentiles and the largest value to its resolution.
void check_against_histogram(const ScenarioResult& result,
                             const std::string& path,
                             Comparison& comparison) {
  const std::string latency = path + ".latency_ns";
  const double alpha = result.histogram.alpha;
  for (const PercentileFigure& figure : result.latency.percentiles) {
    const auto expected = histogram_quantile_ns(result.histogram, figure.ppm);
    if (figure.needs_queries || !expected) continue;
    const auto value = static_cast<double>(figure.value.count());
    comparison.holds(latency + "." + percentile_key(figure.ppm) + ".value",
                     near(value, *expected, alpha),
                     std::to_string(figure.value.count()),
                     "about " + exact_text(*expected));
  }
  if (!result.histogram.counts.empty()) {
    const double edge = bucket_upper_edge_ns(result.histogram, result.histogram.counts.size() - 1);
    const auto max = static_cast<double>(result.latency.max.count());
    comparison.holds(latency + ".max",
                     max <= edge * 1.000001 + 1.0 && max >= edge * (1.0 - 2.0 * alpha) - 1.0,
                     std::to_string(result.latency.max.count()),
                     "at most " + exact_text(edge));
  }
  comparison.not_checkable(
      latency +
      ": the single latencies were not kept, so percentiles are checked to the histogram's "
      "resolution, and intervals, n_effective, mean and standard_deviation not at all");
}

/// More than any run has; their product stays within 64 bits.
constexpr std::uint64_t kMostQueries = std::uint64_t{1} << 40U;
constexpr std::uint64_t kMostPerQuery = std::uint64_t{1} << 20U;

void check_counts(const ScenarioResult& result, const std::string& path, Comparison& comparison) {
  // An Offline run is one query, whose batches are what was timed.
  if (result.scenario == Scenario::kOffline) {
    comparison.holds(
        path + ".queries", result.queries <= 1, std::to_string(result.queries), "1, or 0 for none");
    return;
  }
  const std::uint64_t recorded =
      result.latencies.empty() ? histogram_total(result.histogram) : result.latencies.size();
  // Those that never ended have the time that they had waited.
  comparison.whole(path + ".queries", result.queries + result.undrained, recorded + result.dropped);
  comparison.holds(
      path + ".samples",
      result.queries <= kMostQueries && result.samples_per_query <= kMostPerQuery &&
          result.samples == result.queries * result.samples_per_query,
      std::to_string(result.samples),
      std::to_string(result.queries) + " queries of " + std::to_string(result.samples_per_query));
}

void check_rate(const ScenarioResult& result, const std::string& path, Comparison& comparison) {
  const bool timed = result.samples > 0 && result.duration.count() > 0;
  const double rate = timed ? (Samples(result.samples) / result.duration).per_second() : 0.0;
  comparison.number(path + ".rate_per_s", result.rate.per_second(), rate);
}

/// A fraction of one of the report's roofs, from the work of a sample and the rate.
struct RoofShare {
  const char* roof_key;
  const char* fraction_key;
  const std::string& roof;
  const std::optional<double>& fraction;
};

void check_roof_share(const ScenarioResult& result,
                      const RoofShare& share,
                      const RoofIndex* roofs,
                      const std::string& path,
                      Comparison& comparison) {
  const Roof* roof = roofs == nullptr ? nullptr : roofs->find(share.roof);
  if (roof == nullptr) {
    comparison.holds(path + share.roof_key,
                     share.roof.empty() || (roofs == nullptr && !share.fraction),
                     share.roof,
                     "a roof of this report");
    comparison.number(path + share.fraction_key, share.fraction, std::nullopt);
    return;
  }
  comparison.number(path + share.fraction_key,
                    share.fraction,
                    achieved_fraction(result, roof->kind, roof->rate.best));
}

void check_roof_shares(const ScenarioResult& result,
                       const RoofIndex* roofs,
                       const std::string& path,
                       Comparison& comparison) {
  check_roof_share(result,
                   {".roof", ".roof_fraction", result.roof, result.roof_fraction},
                   roofs,
                   path,
                   comparison);
  check_roof_share(
      result,
      {".bandwidth_roof", ".bandwidth_fraction", result.bandwidth_roof, result.bandwidth_fraction},
      roofs,
      path,
      comparison);
  const Roof* roof = roofs == nullptr ? nullptr : roofs->find(result.bandwidth_roof);
  if (roof != nullptr)
    comparison.word(path + ".bandwidth_roof", name_of(roof->kind), name_of(RoofKind::kBandwidth));
}

}  // namespace

void check_scenario(const ScenarioResult& result,
                    const RoofIndex* roofs,
                    const std::string& path,
                    Comparison& comparison) {
  check_counts(result, path, comparison);
  if (!result.latencies.empty()) {
    check_against_raw(result, path, comparison);
  } else if (result.queries > 0) {
    check_against_histogram(result, path, comparison);
  }
  check_rate(result, path, comparison);
  check_roof_shares(result, roofs, path, comparison);
  check_scenario_parts(result, path, comparison);
  comparison.verdict(path, result.verdict, judge_scenario(result));
}

}  // namespace perfbench
