#include "reports/document/latency_json.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "reports/document/common_json.hpp"

namespace perfbench {
namespace {

/// What every latency figure has; a document may hold further percentiles.
constexpr std::array<std::uint32_t, 5> kRequiredPercentiles{
    500'000, 900'000, 950'000, 990'000, 999'000};

JsonValue to_json(const PercentileFigure& figure) {
  JsonValue json = JsonValue::object();
  if (figure.needs_queries) {
    json.set("needs_queries", *figure.needs_queries);
  } else {
    json.set("value", figure.value.count())
        .set("low", optional_to_json(figure.low))
        .set("high", optional_to_json(figure.high));
  }
  json.set("n_effective", figure.n_effective);
  return json;
}

PercentileFigure read_percentile(const JsonCursor& at, std::uint32_t ppm) {
  PercentileFigure figure;
  figure.ppm = ppm;
  figure.n_effective = at.at("n_effective").as_double();
  if (const auto needed = at.find("needs_queries")) {
    figure.needs_queries = needed->as_uint64();
    return figure;
  }
  figure.value = read_duration(at.at("value"));
  figure.low = read_optional_duration(at, "low");
  figure.high = read_optional_duration(at, "high");
  return figure;
}

}  // namespace

JsonValue to_json(const LatencySummary& latency) {
  JsonValue json = JsonValue::object();
  json.set("mean", latency.mean_ns).set("standard_deviation", latency.standard_deviation_ns);
  for (const PercentileFigure& figure : latency.percentiles) {
    json.set(percentile_key(figure.ppm), to_json(figure));
  }
  json.set("max", latency.max.count());
  return json;
}

LatencySummary read_latency(const JsonCursor& at) {
  LatencySummary latency;
  latency.mean_ns = at.at("mean").as_double();
  latency.standard_deviation_ns = at.at("standard_deviation").as_double();
  latency.max = read_duration(at.at("max"));
  for (const std::uint32_t ppm : kRequiredPercentiles) (void)at.at(percentile_key(ppm));
  // Every further percentile that the figures could name is below a million; a stranger's thousands
  // are not read.
  constexpr std::size_t kMaxKeys = 100;
  if (at.size() > kMaxKeys) at.fail("more than " + std::to_string(kMaxKeys) + " figures");
  for (const std::string& key : at.keys()) {
    if (const auto ppm = percentile_of_key(key)) {
      latency.percentiles.push_back(read_percentile(at.at(key), *ppm));
    }
  }
  return latency;
}

JsonValue to_json(const Histogram& histogram) {
  JsonValue::Array counts(histogram.counts.begin(), histogram.counts.end());
  JsonValue json = JsonValue::object();
  json.set("alpha", histogram.alpha)
      .set("first_bucket", histogram.first_bucket)
      .set("counts", std::move(counts));
  return json;
}

Histogram read_histogram(const JsonCursor& at) {
  // Of make_histogram(): with the smallest alpha the longest duration falls into bucket 184,000.
  constexpr double kSmallestAlpha = 0.0001;
  constexpr double kLargestAlpha = 0.5;
  constexpr std::int64_t kLastBucket = 1'000'000;
  Histogram histogram;
  const JsonCursor alpha = at.at("alpha");
  histogram.alpha = alpha.as_double();
  if (!(histogram.alpha >= kSmallestAlpha && histogram.alpha <= kLargestAlpha)) {
    alpha.fail("expected a number from 0.0001 to 0.5");
  }
  histogram.first_bucket =
      static_cast<std::int32_t>(read_integer(at.at("first_bucket"), -kLastBucket, kLastBucket));
  // More queries than any run has; ranks are then exact in 64 bits.
  constexpr std::uint64_t kMaxTotal = 1'000'000'000'000;
  const JsonCursor counts = at.at("counts");
  std::uint64_t total = 0;
  for (const std::int64_t count : counts.int64_array()) {
    if (count < 0 || static_cast<std::uint64_t>(count) > kMaxTotal - total) {
      counts.fail("expected counts of 0 or more that sum to 1e12 at most");
    }
    total += static_cast<std::uint64_t>(count);
    histogram.counts.push_back(static_cast<std::uint64_t>(count));
  }
  return histogram;
}

}  // namespace perfbench
