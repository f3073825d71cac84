#include <string_view>
#include <utility>
#include <vector>

#include "reports/document/common_json.hpp"
#include "reports/document/roof_json.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

/// 0 stands for "was not measured" in the structs; in the document that is null.
JsonValue measured_or_null(double value) {
  return value > 0.0 ? JsonValue(value) : JsonValue(nullptr);
}

JsonValue to_json(const LibraryTrial& trial) {
  JsonValue json = JsonValue::object();
  json.set("library", trial.library)
      .set("setting", trial.setting)
      .set("core_name", trial.core_name)
      .set("operation", trial.operation)
      .set("shape_class", trial.shape_class)
      .set("shape", to_json(trial.shape))
      .set("verified", trial.verified)
      .set("failure", trial.failure)
      .set("rate_flop_per_s", measured_or_null(trial.rate_flop_per_s))
      .set("ambient", trial.ambient)
      .set("chosen", trial.chosen);
  return json;
}

LibraryTrial read_trial(const JsonCursor& at) {
  LibraryTrial trial;
  trial.library = at.at("library").as_string();
  trial.setting = at.at("setting").as_string();
  trial.core_name = at.at("core_name").as_string();
  trial.operation = at.at("operation").as_string();
  if (const auto name = at.find("shape_class")) trial.shape_class = name->as_string();
  trial.shape = read_shape(at);
  trial.verified = at.at("verified").as_bool();
  trial.failure = at.at("failure").as_string();
  trial.rate_flop_per_s = read_optional_number(at, "rate_flop_per_s").value_or(0.0);
  trial.ambient = at.at("ambient").as_bool();
  trial.chosen = at.at("chosen").as_bool();
  return trial;
}

JsonValue to_json(const CoreToCore& pair) {
  JsonValue json = JsonValue::object();
  json.set("cpu_a", pair.cpu_a).set("cpu_b", pair.cpu_b).set("one_way_ns", pair.one_way.count());
  return json;
}

JsonValue to_json(const RidgePoint& ridge) {
  JsonValue json = JsonValue::object();
  json.set("compute_roof", ridge.compute_roof)
      .set("bandwidth_roof", ridge.bandwidth_roof)
      .set("flop_per_byte", ridge.flop_per_byte);
  return json;
}

RidgePoint read_ridge_point(const JsonCursor& at) {
  return {at.at("compute_roof").as_string(),
          at.at("bandwidth_roof").as_string(),
          at.at("flop_per_byte").as_double()};
}

JsonValue to_json(const SweepPoint& point) {
  JsonValue json = JsonValue::object();
  json.set("working_set_bytes", point.working_set.count())
      .set("latency_ns", measured_or_null(point.latency_ns))
      .set("read_byte_per_s", measured_or_null(point.read_byte_per_s));
  return json;
}

/// Of one access; ratios of two of them are finite. 0 where none was measured.
double read_access_latency(const JsonCursor& parent) {
  constexpr double kShortest = 1e-3;
  constexpr double kLongest = 1e12;
  const double latency = read_optional_number(parent, "latency_ns").value_or(0.0);
  if (latency > 0.0 && (latency < kShortest || latency > kLongest)) {
    parent.at("latency_ns").fail("expected a time from 0.001 to 1e12");
  }
  return latency;
}

SweepPoint read_sweep_point(const JsonCursor& at) {
  return {Bytes(at.at("working_set_bytes").as_uint64()),
          read_access_latency(at),
          read_optional_number(at, "read_byte_per_s").value_or(0.0)};
}

JsonValue bytes_to_json(const Reading<Bytes>& reading) {
  JsonValue json = JsonValue::object();
  if (reading.available()) {
    json.set("value", reading.value().count()).set("source", reading.source());
  } else {
    json.set("unavailable", reading.reason());
  }
  return json;
}

Reading<Bytes> read_bytes_reading(const JsonCursor& at) {
  if (const auto reason = at.find("unavailable"))
    return Reading<Bytes>::unavailable(reason->as_string());
  return Reading<Bytes>::of(Bytes(at.at("value").as_uint64()), at.at("source").as_string());
}

JsonValue to_json(const CacheLevel& level) {
  JsonValue json = JsonValue::object();
  json.set("level", name_of(level.level))
      .set("told_bytes", bytes_to_json(level.told))
      .set("found_bytes", bytes_to_json(level.found))
      .set("working_set_bytes", level.working_set.count())
      .set("latency_ns", measured_or_null(level.latency_ns));
  return json;
}

CacheLevel read_cache_level(const JsonCursor& at) {
  return {read_word<MemoryLevel>(at.at("level")),
          read_bytes_reading(at.at("told_bytes")),
          read_bytes_reading(at.at("found_bytes")),
          Bytes(at.at("working_set_bytes").as_uint64()),
          read_optional_number(at, "latency_ns").value_or(0.0)};
}

/// Empty where the key is missing, as in reports of before.
template <class T, class ReadItem>
std::vector<T> read_later_array(const JsonCursor& parent,
                                std::string_view key,
                                ReadItem read_item) {
  std::vector<T> items;
  if (const auto at = parent.find(key)) {
    for (const JsonCursor& item : at->elements()) items.push_back(read_item(item));
  }
  return items;
}

template <class T>
JsonValue array_of(const std::vector<T>& items) {
  JsonValue array = JsonValue::array();
  for (const T& item : items) array.push_back(to_json(item));
  return array;
}

}  // namespace

JsonValue to_json(const RooflineSection& roofline) {
  JsonValue json = JsonValue::object();
  json.set("roofs", array_of(roofline.roofs))
      .set("dots", array_of(roofline.dots))
      .set("library_trials", array_of(roofline.library_trials))
      .set("core_to_core", array_of(roofline.core_to_core))
      .set("ridge_points", array_of(roofline.ridge_points))
      .set("sweep", array_of(roofline.sweep))
      .set("cache_levels", array_of(roofline.cache_levels))
      .set("notes", strings_to_json(roofline.notes));
  return json;
}

RooflineSection read_roofline(const JsonCursor& at) {
  RooflineSection roofline;
  for (const JsonCursor& roof : at.at("roofs").elements())
    roofline.roofs.push_back(read_roof(roof));
  for (const JsonCursor& dot : at.at("dots").elements()) roofline.dots.push_back(read_dot(dot));
  for (const JsonCursor& trial : at.at("library_trials").elements()) {
    roofline.library_trials.push_back(read_trial(trial));
  }
  for (const JsonCursor& pair : at.at("core_to_core").elements()) {
    roofline.core_to_core.push_back({read_int(pair.at("cpu_a"), 0),
                                     read_int(pair.at("cpu_b"), 0),
                                     read_duration(pair.at("one_way_ns"))});
  }
  roofline.ridge_points = read_later_array<RidgePoint>(at, "ridge_points", read_ridge_point);
  roofline.sweep = read_later_array<SweepPoint>(at, "sweep", read_sweep_point);
  roofline.cache_levels = read_later_array<CacheLevel>(at, "cache_levels", read_cache_level);
  roofline.notes = at.at("notes").string_array();
  return roofline;
}

}  // namespace perfbench
