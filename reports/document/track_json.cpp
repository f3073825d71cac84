// The experiments of the tracks.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "reports/document/common_json.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kMaxPoints = 1000;
constexpr std::size_t kMaxTrials = 1000;
constexpr std::size_t kMaxFindings = 100;
constexpr std::size_t kTenths = 10;

JsonValue to_json(const Estimate& estimate) {
  JsonValue json = JsonValue::object();
  json.set("value", estimate.value).set("low", estimate.low).set("high", estimate.high);
  return json;
}

Estimate read_estimate(const JsonCursor& at) {
  return {at.at("value").as_double(), at.at("low").as_double(), at.at("high").as_double()};
}

JsonValue to_json(const std::optional<CloudResult>& cloud) {
  if (!cloud) return nullptr;
  JsonValue points = JsonValue::array();
  for (const CloudPoint& point : cloud->points) {
    JsonValue json = JsonValue::object();
    json.set("k", point.k)
        .set("alone", to_json(point.alone))
        .set("batched", to_json(point.batched))
        .set("gap", to_json(point.gap))
        .set("closed", to_json(point.closed));
    points.push_back(std::move(json));
  }
  JsonValue json = JsonValue::object();
  json.set("service_ns", cloud->service_ns)
      .set("offline_per_s", to_json(cloud->offline_per_s))
      .set("offline_batch", cloud->offline_batch)
      .set("points", std::move(points));
  return json;
}

std::optional<CloudResult> read_cloud(const JsonCursor& at) {
  if (at.is_null()) return std::nullopt;
  CloudResult cloud;
  cloud.service_ns = read_amount(at.at("service_ns"));
  cloud.offline_per_s = read_estimate(at.at("offline_per_s"));
  cloud.offline_batch = at.at("offline_batch").as_uint64();
  for (const JsonCursor& point : read_elements(at.at("points"), kMaxPoints)) {
    cloud.points.push_back({read_amount(point.at("k")),
                            read_peak_rate(point.at("alone")),
                            read_peak_rate(point.at("batched")),
                            read_estimate(point.at("gap")),
                            read_estimate(point.at("closed"))});
  }
  return cloud;
}

JsonValue to_json(const CameraTrial& trial) {
  JsonValue json = JsonValue::object();
  json.set("cameras", trial.cameras)
      .set("frames", trial.frames)
      .set("missed", trial.missed)
      .set("p50_ns", trial.p50.count())
      .set("p99_ns", optional_to_json(trial.p99))
      .set("p99_low_ns", optional_to_json(trial.p99_low))
      .set("p99_high_ns", optional_to_json(trial.p99_high))
      .set("skew_p99_ns", trial.skew_p99.count())
      .set("holds", name_of(trial.holds));
  return json;
}

CameraTrial read_trial(const JsonCursor& at) {
  CameraTrial trial;
  trial.cameras = read_int(at.at("cameras"), 1);
  trial.frames = at.at("frames").as_uint64();
  trial.missed = at.at("missed").as_uint64();
  trial.p50 = read_duration(at.at("p50_ns"));
  trial.p99 = read_optional_duration(at, "p99_ns");
  trial.p99_low = read_optional_duration(at, "p99_low_ns");
  trial.p99_high = read_optional_duration(at, "p99_high_ns");
  trial.skew_p99 = read_duration(at.at("skew_p99_ns"));
  trial.holds = read_word<Validity>(at.at("holds"));
  return trial;
}

JsonValue to_json(const std::optional<EdgeResult>& edge) {
  if (!edge) return nullptr;
  JsonValue trials = JsonValue::array();
  for (const CameraTrial& trial : edge->trials) trials.push_back(to_json(trial));
  JsonValue json = JsonValue::object();
  json.set("alone_p50_ns", edge->alone_p50_ns)
      .set("period_ns", edge->period.count())
      .set("deadline_ns", edge->deadline.count())
      .set("threads", edge->threads)
      .set("naive", edge->naive)
      .set("holds", edge->holds)
      .set("trials", std::move(trials));
  return json;
}

std::optional<EdgeResult> read_edge(const JsonCursor& at) {
  if (at.is_null()) return std::nullopt;
  EdgeResult edge;
  edge.alone_p50_ns = read_amount(at.at("alone_p50_ns"));
  edge.period = read_duration(at.at("period_ns"));
  edge.deadline = read_duration(at.at("deadline_ns"));
  edge.threads = read_int(at.at("threads"), 1);
  edge.naive = read_int(at.at("naive"), 0);
  edge.holds = read_int(at.at("holds"), 0);
  for (const JsonCursor& trial : read_elements(at.at("trials"), kMaxTrials)) {
    edge.trials.push_back(read_trial(trial));
  }
  return edge;
}

JsonValue to_json(const std::optional<MobileResult>& mobile) {
  if (!mobile) return nullptr;
  JsonValue::Array tenths(mobile->missed_by_tenth.begin(), mobile->missed_by_tenth.end());
  JsonValue json = JsonValue::object();
  json.set("frames_per_s", mobile->frames_per_s)
      .set("period_ns", mobile->period.count())
      .set("headroom_fraction", mobile->headroom_fraction)
      .set("frames", mobile->frames)
      .set("missed", mobile->missed)
      .set("p50_ns", mobile->p50.count())
      .set("p99_ns", optional_to_json(mobile->p99))
      .set("burst_ns", mobile->burst.count())
      .set("missed_by_tenth", std::move(tenths));
  return json;
}

std::optional<MobileResult> read_mobile(const JsonCursor& at) {
  if (at.is_null()) return std::nullopt;
  MobileResult mobile;
  mobile.frames_per_s = read_amount(at.at("frames_per_s"));
  mobile.period = read_duration(at.at("period_ns"));
  mobile.headroom_fraction = at.at("headroom_fraction").as_double();
  mobile.frames = at.at("frames").as_uint64();
  mobile.missed = at.at("missed").as_uint64();
  mobile.p50 = read_duration(at.at("p50_ns"));
  mobile.p99 = read_optional_duration(at, "p99_ns");
  mobile.burst = read_duration(at.at("burst_ns"));
  for (const JsonCursor& missed : read_elements(at.at("missed_by_tenth"), kTenths)) {
    mobile.missed_by_tenth.push_back(missed.as_uint64());
  }
  return mobile;
}

}  // namespace

JsonValue to_json(const TrackResult& track) {
  JsonValue json = JsonValue::object();
  json.set("track", name_of(track.track))
      .set("workload", track.workload)
      .set("rung", track.rung)
      .set("fitted_by", track.fitted_by)
      .set("description", track.description)
      .set("cloud", to_json(track.cloud))
      .set("edge", to_json(track.edge))
      .set("mobile", to_json(track.mobile))
      .set("findings", strings_to_json(track.findings))
      .set("partial", track.partial)
      .set("disturbance", to_json(track.disturbance));
  add_verdict(json, track.verdict);
  return json;
}

TrackResult read_track(const JsonCursor& at) {
  TrackResult track;
  track.track = read_word<Track>(at.at("track"));
  track.workload = at.at("workload").as_string();
  track.rung = at.at("rung").as_string();
  track.fitted_by = at.at("fitted_by").as_string();
  track.description = at.at("description").as_string();
  track.cloud = read_cloud(at.at("cloud"));
  track.edge = read_edge(at.at("edge"));
  track.mobile = read_mobile(at.at("mobile"));
  for (const JsonCursor& finding : read_elements(at.at("findings"), kMaxFindings)) {
    track.findings.push_back(finding.as_string());
  }
  track.partial = at.at("partial").as_bool();
  track.disturbance = read_disturbance(at.at("disturbance"));
  track.verdict = read_verdict(at);
  return track;
}

}  // namespace perfbench
