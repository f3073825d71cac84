// Peak rates and load sweeps.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reports/document/common_json.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

/// Far more than a search of minutes tries, or a plot shows.
constexpr std::size_t kMaxProbes = 10'000;
constexpr std::size_t kMaxReplicates = 1000;
constexpr std::size_t kMaxPredictions = 100;

JsonValue to_json(const ServerProbe& probe) {
  JsonValue json = JsonValue::object();
  json.set("target_qps", probe.target_qps)
      .set("achieved_qps", probe.achieved_qps)
      .set("queries", probe.queries)
      .set("mean_ns", probe.mean_ns)
      .set("p50_ns", optional_to_json(probe.p50))
      .set("p90_ns", optional_to_json(probe.p90))
      .set("p99_ns", optional_to_json(probe.p99))
      .set("queue_mean_ns", probe.queue_mean_ns)
      .set("service_mean_ns", probe.service_mean_ns)
      .set("worker_utilisation", probe.worker_utilisation)
      .set("over_fraction", probe.over_fraction)
      .set("ascending", probe.ascending)
      .set("verdict", name_of(probe.validity));
  return json;
}

ServerProbe read_probe(const JsonCursor& at) {
  ServerProbe probe;
  probe.target_qps = read_amount(at.at("target_qps"));
  probe.achieved_qps = read_amount(at.at("achieved_qps"));
  probe.queries = at.at("queries").as_uint64();
  probe.mean_ns = read_amount(at.at("mean_ns"));
  probe.p50 = read_optional_duration(at, "p50_ns");
  probe.p90 = read_optional_duration(at, "p90_ns");
  probe.p99 = read_optional_duration(at, "p99_ns");
  probe.queue_mean_ns = read_amount(at.at("queue_mean_ns"));
  probe.service_mean_ns = read_amount(at.at("service_mean_ns"));
  probe.worker_utilisation = read_amount(at.at("worker_utilisation"));
  probe.over_fraction = read_fraction(at.at("over_fraction"));
  probe.ascending = at.at("ascending").as_bool();
  probe.validity = read_word<Validity>(at.at("verdict"));
  return probe;
}

JsonValue to_json(const std::vector<ServerProbe>& probes) {
  JsonValue array = JsonValue::array();
  for (const ServerProbe& probe : probes) array.push_back(to_json(probe));
  return array;
}

std::vector<ServerProbe> read_probes(const JsonCursor& at) {
  std::vector<ServerProbe> probes;
  for (const JsonCursor& probe : read_elements(at, kMaxProbes)) probes.push_back(read_probe(probe));
  return probes;
}

JsonValue to_json(const std::vector<QueuePrediction>& predictions) {
  JsonValue array = JsonValue::array();
  for (const QueuePrediction& prediction : predictions) {
    JsonValue json = JsonValue::object();
    json.set("model", prediction.model).set("rate_qps", prediction.rate_qps);
    array.push_back(std::move(json));
  }
  return array;
}

std::vector<double> read_amounts(const JsonCursor& at, std::size_t most) {
  std::vector<double> amounts;
  for (const JsonCursor& element : read_elements(at, most)) amounts.push_back(read_amount(element));
  return amounts;
}

}  // namespace

JsonValue to_json(const PeakRate& peak) {
  JsonValue::Array replicates(peak.replicates_qps.begin(), peak.replicates_qps.end());
  JsonValue json = JsonValue::object();
  json.set("workload", peak.workload)
      .set("rung", peak.rung)
      .set("percentile", percentile_key(peak.ppm))
      .set("bound_ns", peak.bound.count())
      .set("max_batch", peak.max_batch)
      .set("max_delay_ns", peak.max_delay.count())
      .set("worker_threads", peak.worker_threads)
      .set("found", peak.found)
      .set("rate_qps", peak.rate_qps)
      .set("low_qps", peak.low_qps)
      .set("high_qps", peak.high_qps)
      .set("replicates_qps", std::move(replicates))
      .set("service_mean_ns", peak.service_mean_ns)
      .set("service_cv2", peak.service_cv2)
      .set("predictions", to_json(peak.predictions))
      .set("probes", to_json(peak.probes));
  add_verdict(json, peak.verdict);
  return json;
}

PeakRate read_peak_rate(const JsonCursor& at) {
  PeakRate peak;
  peak.workload = at.at("workload").as_string();
  peak.rung = at.at("rung").as_string();
  peak.ppm = read_percentile_name(at.at("percentile"));
  peak.bound = read_duration(at.at("bound_ns"));
  peak.max_batch = at.at("max_batch").as_uint64();
  peak.max_delay = read_duration(at.at("max_delay_ns"));
  peak.worker_threads = read_int(at.at("worker_threads"), 0);
  peak.found = at.at("found").as_bool();
  peak.rate_qps = read_amount(at.at("rate_qps"));
  peak.low_qps = read_amount(at.at("low_qps"));
  peak.high_qps = read_amount(at.at("high_qps"));
  peak.replicates_qps = read_amounts(at.at("replicates_qps"), kMaxReplicates);
  peak.service_mean_ns = read_amount(at.at("service_mean_ns"));
  peak.service_cv2 = read_amount(at.at("service_cv2"));
  for (const JsonCursor& prediction : read_elements(at.at("predictions"), kMaxPredictions)) {
    peak.predictions.push_back(
        {prediction.at("model").as_string(), read_amount(prediction.at("rate_qps"))});
  }
  peak.probes = read_probes(at.at("probes"));
  peak.verdict = read_verdict(at);
  return peak;
}

JsonValue to_json(const LoadSweep& sweep) {
  JsonValue json = JsonValue::object();
  json.set("workload", sweep.workload)
      .set("rung", sweep.rung)
      .set("worker_threads", sweep.worker_threads)
      .set("max_batch", sweep.max_batch)
      .set("max_delay_ns", sweep.max_delay.count())
      .set("service_mean_ns", sweep.service_mean_ns)
      .set("saturation_qps", sweep.saturation_qps)
      .set("points", to_json(sweep.points));
  return json;
}

LoadSweep read_load_sweep(const JsonCursor& at) {
  LoadSweep sweep;
  sweep.workload = at.at("workload").as_string();
  sweep.rung = at.at("rung").as_string();
  sweep.worker_threads = read_int(at.at("worker_threads"), 0);
  sweep.max_batch = at.at("max_batch").as_uint64();
  sweep.max_delay = read_duration(at.at("max_delay_ns"));
  sweep.service_mean_ns = read_amount(at.at("service_mean_ns"));
  sweep.saturation_qps = read_amount(at.at("saturation_qps"));
  sweep.points = read_probes(at.at("points"));
  return sweep;
}

}  // namespace perfbench
