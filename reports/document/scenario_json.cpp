#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "reports/document/common_json.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

/// What every latency figure has; a document may hold further percentiles.
constexpr std::array<std::uint32_t, 5> kRequiredPercentiles{
    500'000, 900'000, 950'000, 990'000, 999'000};

JsonValue to_json(const PercentileFigure& figure) {
  const auto bound = [](const std::optional<Nanoseconds>& value) {
    return value ? JsonValue(value->count()) : JsonValue(nullptr);
  };
  JsonValue json = JsonValue::object();
  if (figure.needs_queries) {
    json.set("needs_queries", *figure.needs_queries);
  } else {
    json.set("value", figure.value.count())
        .set("low", bound(figure.low))
        .set("high", bound(figure.high));
  }
  json.set("n_effective", figure.n_effective);
  return json;
}

PercentileFigure read_percentile(const JsonCursor& at, std::uint32_t ppm) {
  const auto bound = [&at](std::string_view key) -> std::optional<Nanoseconds> {
    const JsonCursor value = at.at(key);
    if (value.is_null()) return std::nullopt;
    return read_duration(value);
  };
  PercentileFigure figure;
  figure.ppm = ppm;
  figure.n_effective = at.at("n_effective").as_double();
  if (const auto needed = at.find("needs_queries")) {
    figure.needs_queries = needed->as_uint64();
    return figure;
  }
  figure.value = read_duration(at.at("value"));
  figure.low = bound("low");
  figure.high = bound("high");
  return figure;
}

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

std::string checksum_text(std::uint64_t checksum) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 60; shift >= 0; shift -= 4)
    text += kDigits[(checksum >> static_cast<unsigned>(shift)) & 0xFU];
  return text;
}

std::uint64_t read_checksum(const JsonCursor& at) {
  const std::string& text = at.as_string();
  std::uint64_t checksum = 0;
  if (text.size() == 18 && text.starts_with("0x")) {
    const auto [end, error] =
        std::from_chars(text.data() + 2, text.data() + text.size(), checksum, 16);
    if (error == std::errc() && end == text.data() + text.size()) return checksum;
  }
  at.fail("expected 0x and 16 hexadecimal digits");
}

void add_run(JsonValue& json, const ScenarioResult& result) {
  json.set("scenario", name_of(result.scenario))
      .set("workload", result.workload)
      .set("description", result.description)
      .set("implementation", result.implementation)
      .set("closed_loop", result.closed_loop)
      .set("worker_threads", result.worker_threads)
      .set("placement", result.placement)
      .set("queries", result.queries)
      .set("samples", result.samples)
      .set("warm_up_queries", result.warm_up_queries)
      .set("duration_ns", result.duration.count())
      .set("min_duration_ns", result.min_duration.count());
}

void read_run(const JsonCursor& at, ScenarioResult& result) {
  result.scenario = read_word<Scenario>(at.at("scenario"));
  result.workload = at.at("workload").as_string();
  result.description = at.at("description").as_string();
  result.implementation = at.at("implementation").as_string();
  result.closed_loop = at.at("closed_loop").as_bool();
  result.worker_threads = read_int(at.at("worker_threads"), 0);
  result.placement = at.at("placement").as_string();
  result.queries = at.at("queries").as_uint64();
  result.samples = at.at("samples").as_uint64();
  result.warm_up_queries = at.at("warm_up_queries").as_uint64();
  result.duration = read_duration(at.at("duration_ns"));
  result.min_duration = read_duration(at.at("min_duration_ns"));
}

}  // namespace

JsonValue to_json(const ScenarioResult& result) {
  JsonValue json = JsonValue::object();
  add_run(json, result);
  json.set("latency_ns", to_json(result.latency));
  if (!result.latencies.empty()) json.set("latencies_ns", durations_to_json(result.latencies));
  JsonValue slip = JsonValue::object();
  slip.set("p50", result.slip_p50.count()).set("p99", result.slip_p99.count());
  json.set("histogram", to_json(result.histogram))
      .set("rate_per_s", result.rate.per_second())
      .set("slip_ns", std::move(slip))
      .set("flop_per_sample", result.flops_per_sample.count())
      .set("byte_per_sample", result.bytes_per_sample.count())
      .set("roof", result.roof)
      .set("roof_fraction", optional_to_json(result.roof_fraction))
      .set("verified", result.verified)
      .set("checksum", checksum_text(result.checksum))
      .set("dropped", result.dropped)
      .set("partial", result.partial)
      .set("disturbance", to_json(result.disturbance));
  add_verdict(json, result.verdict);
  return json;
}

ScenarioResult read_scenario(const JsonCursor& at) {
  ScenarioResult result;
  read_run(at, result);
  result.latency = read_latency(at.at("latency_ns"));
  if (const auto latencies = at.find("latencies_ns")) {
    result.latencies = read_durations(*latencies, 0);
  }
  result.histogram = read_histogram(at.at("histogram"));
  result.rate = SamplesPerSecond::per_second(at.at("rate_per_s").as_double());
  const JsonCursor slip = at.at("slip_ns");
  result.slip_p50 = Nanoseconds(read_integer(slip.at("p50"), -kMaxNanoseconds, kMaxNanoseconds));
  result.slip_p99 = Nanoseconds(read_integer(slip.at("p99"), -kMaxNanoseconds, kMaxNanoseconds));
  result.flops_per_sample = Flops(at.at("flop_per_sample").as_uint64());
  result.bytes_per_sample = Bytes(at.at("byte_per_sample").as_uint64());
  result.roof = at.at("roof").as_string();
  result.roof_fraction = read_optional_number(at, "roof_fraction");
  result.verified = at.at("verified").as_bool();
  result.checksum = read_checksum(at.at("checksum"));
  result.dropped = at.at("dropped").as_uint64();
  result.partial = at.at("partial").as_bool();
  result.disturbance = read_disturbance(at.at("disturbance"));
  result.verdict = read_verdict(at);
  return result;
}

}  // namespace perfbench
