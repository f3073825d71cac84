#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include "reports/document/common_json.hpp"
#include "reports/document/latency_json.hpp"
#include "reports/document/scenario_parts_json.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

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

/// What was run, and how long.
void add_run(JsonValue& json, const ScenarioResult& result) {
  json.set("scenario", name_of(result.scenario))
      .set("workload", result.workload)
      .set("rung", result.rung)
      .set("description", result.description)
      .set("implementation", result.implementation)
      .set("closed_loop", result.closed_loop)
      .set("worker_threads", result.worker_threads)
      .set("placement", result.placement)
      .set("queries", result.queries)
      .set("samples", result.samples)
      .set("samples_per_query", result.samples_per_query)
      .set("warm_up_queries", result.warm_up_queries)
      .set("duration_ns", result.duration.count())
      .set("min_duration_ns", result.min_duration.count())
      .set("arrivals", to_json(result.arrivals));
}

void read_run(const JsonCursor& at, ScenarioResult& result) {
  result.scenario = read_word<Scenario>(at.at("scenario"));
  result.workload = at.at("workload").as_string();
  result.rung = at.at("rung").as_string();
  result.description = at.at("description").as_string();
  result.implementation = at.at("implementation").as_string();
  result.closed_loop = at.at("closed_loop").as_bool();
  result.worker_threads = read_int(at.at("worker_threads"), 0);
  result.placement = at.at("placement").as_string();
  result.queries = at.at("queries").as_uint64();
  result.samples = at.at("samples").as_uint64();
  result.samples_per_query = at.at("samples_per_query").as_uint64();
  result.warm_up_queries = at.at("warm_up_queries").as_uint64();
  result.duration = read_duration(at.at("duration_ns"));
  result.min_duration = read_duration(at.at("min_duration_ns"));
  result.arrivals = read_arrivals(at.at("arrivals"));
}

/// Latencies and what they are made of.
void add_latencies(JsonValue& json, const ScenarioResult& result) {
  json.set("latency_ns", to_json(result.latency));
  if (!result.latencies.empty()) json.set("latencies_ns", durations_to_json(result.latencies));
  json.set("histogram", to_json(result.histogram));
  add_slip(json, result.slip);
  json.set("queue_ns", to_json(result.queue))
      .set("service_ns", to_json(result.service))
      .set("batches", to_json(result.batches))
      .set("bound", to_json(result.bound))
      .set("early_stopping", to_json(result.early_stopping))
      .set("frames", to_json(result.frames));
}

void read_latencies(const JsonCursor& at, ScenarioResult& result) {
  result.latency = read_latency(at.at("latency_ns"));
  if (const auto latencies = at.find("latencies_ns")) {
    result.latencies = read_durations(*latencies, 0);
  }
  result.histogram = read_histogram(at.at("histogram"));
  result.slip = read_slip(at);
  result.queue = read_stage(at.at("queue_ns"));
  result.service = read_stage(at.at("service_ns"));
  result.batches = read_batches(at.at("batches"));
  result.bound = read_bound(at.at("bound"));
  result.early_stopping = read_early_stopping(at.at("early_stopping"));
  result.frames = read_frames(at.at("frames"));
}

/// The rate, and what it is held against.
void add_rate(JsonValue& json, const ScenarioResult& result) {
  json.set("rate_per_s", result.rate.per_second())
      .set("worker_utilisation", optional_to_json(result.worker_utilisation))
      .set("flop_per_sample", result.flops_per_sample.count())
      .set("byte_per_sample", result.bytes_per_sample.count())
      .set("roof", result.roof)
      .set("roof_fraction", optional_to_json(result.roof_fraction))
      .set("bandwidth_roof", result.bandwidth_roof)
      .set("bandwidth_fraction", optional_to_json(result.bandwidth_fraction));
}

void read_rate(const JsonCursor& at, ScenarioResult& result) {
  result.rate = SamplesPerSecond::per_second(read_amount(at.at("rate_per_s")));
  const JsonCursor utilisation = at.at("worker_utilisation");
  if (!utilisation.is_null()) result.worker_utilisation = read_amount(utilisation);
  result.flops_per_sample = Flops(at.at("flop_per_sample").as_uint64());
  result.bytes_per_sample = Bytes(at.at("byte_per_sample").as_uint64());
  result.roof = at.at("roof").as_string();
  result.roof_fraction = read_optional_number(at, "roof_fraction");
  result.bandwidth_roof = at.at("bandwidth_roof").as_string();
  result.bandwidth_fraction = read_optional_number(at, "bandwidth_fraction");
}

/// Whether the figures may be believed.
void add_trust(JsonValue& json, const ScenarioResult& result) {
  json.set("verified", result.verified)
      .set("answers", to_json(result.answers))
      .set("checksum", checksum_text(result.checksum))
      .set("dropped", result.dropped)
      .set("refused", result.refused)
      .set("undrained", result.undrained)
      .set("partial", result.partial)
      .set("failure", result.failure)
      .set("ended_early", result.ended_early)
      .set("disturbance", to_json(result.disturbance))
      .set("runs", to_json(result.runs))
      .set("p99_between_runs_ns", to_json(result.p99_between_runs))
      .set("rate_between_runs_per_s", to_json(result.rate_between_runs));
  add_verdict(json, result.verdict);
}

void read_trust(const JsonCursor& at, ScenarioResult& result) {
  result.verified = at.at("verified").as_bool();
  result.answers = read_answers(at.at("answers"));
  result.checksum = read_checksum(at.at("checksum"));
  result.dropped = at.at("dropped").as_uint64();
  result.refused = at.at("refused").as_uint64();
  result.undrained = at.at("undrained").as_uint64();
  result.partial = at.at("partial").as_bool();
  result.failure = at.at("failure").as_string();
  result.ended_early = at.at("ended_early").as_string();
  result.disturbance = read_disturbance(at.at("disturbance"));
  result.runs = read_runs(at.at("runs"));
  result.p99_between_runs = read_between_runs(at.at("p99_between_runs_ns"));
  result.rate_between_runs = read_between_runs(at.at("rate_between_runs_per_s"));
  result.verdict = read_verdict(at);
}

}  // namespace

JsonValue to_json(const ScenarioResult& result) {
  JsonValue json = JsonValue::object();
  add_run(json, result);
  add_latencies(json, result);
  add_rate(json, result);
  add_trust(json, result);
  return json;
}

ScenarioResult read_scenario(const JsonCursor& at) {
  ScenarioResult result;
  read_run(at, result);
  read_latencies(at, result);
  read_rate(at, result);
  read_trust(at, result);
  return result;
}

}  // namespace perfbench
