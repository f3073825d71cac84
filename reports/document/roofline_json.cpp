#include <string>
#include <string_view>
#include <utility>

#include "harness/core/judge/roof_id.hpp"
#include "reports/document/common_json.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

/// The keys whose unit depends on the kind of roof.
struct KindKeys {
  std::string_view rate;
  std::string_view work;
};

KindKeys keys_of(RoofKind kind) {
  switch (kind) {
    case RoofKind::kCompute:
      return {"rate_flop_per_s", "flop_per_window"};
    case RoofKind::kBandwidth:
      return {"rate_byte_per_s", "byte_per_window"};
    case RoofKind::kLatency:
      break;
  }
  return {"latency_ns", "access_per_window"};
}

JsonValue to_json(const WindowSummary& summary) {
  JsonValue json = JsonValue::object();
  json.set("best", summary.best)
      .set("p90", summary.p90)
      .set("median", summary.median)
      .set("mad", summary.relative_mad * summary.median)
      .set("relative_mad", summary.relative_mad);
  return json;
}

WindowSummary read_summary(const JsonCursor& at) {
  return {at.at("best").as_double(),
          at.at("p90").as_double(),
          at.at("median").as_double(),
          at.at("relative_mad").as_double()};
}

void add_rates(JsonValue& object,
               RoofKind kind,
               const WindowSummary& rate,
               const WindowSeries& series) {
  const KindKeys keys = keys_of(kind);
  object.set(std::string(keys.rate), to_json(rate))
      .set(std::string(keys.work), series.work_per_window)
      .set("windows", series.windows.size())
      .set("window_ns", durations_to_json(series.windows));
}

WindowSeries read_series(const JsonCursor& parent, RoofKind kind) {
  WindowSeries series;
  const JsonCursor work = parent.at(keys_of(kind).work);
  series.work_per_window = work.as_uint64();
  series.windows = read_durations(parent.at("window_ns"), 1);
  // Rates of no work would read as a machine that delivers nothing.
  if (series.work_per_window == 0 && !series.windows.empty())
    work.fail("expected at least 1, found 0");
  // Another count than window_ns has is no reason to refuse the file: check says so.
  (void)parent.at("windows").as_uint64();
  return series;
}

template <class Enum>
JsonValue word_or_null(Enum value) {
  return value == Enum::kNone ? JsonValue(nullptr) : JsonValue(name_of(value));
}

template <class Enum>
Enum read_word_or_none(const JsonCursor& at) {
  return at.is_null() ? Enum::kNone : read_word<Enum>(at);
}

/// A number or null, with where it comes from or why there is none beside it:
/// "limit_per_core_cycle" and "limit_source" or "limit_unavailable".
void add_reading(JsonValue& object,
                 std::string key,
                 const std::string& stem,
                 const Reading<double>& reading) {
  object.set(std::move(key), reading.available() ? JsonValue(reading.value()) : JsonValue(nullptr));
  if (reading.available()) {
    object.set(stem + "_source", reading.source());
  } else {
    object.set(stem + "_unavailable", reading.reason());
  }
}

Reading<double> read_reading(const JsonCursor& parent,
                             std::string_view key,
                             const std::string& stem) {
  const std::optional<double> value = read_optional_number(parent, key);
  if (value) return Reading<double>::of(*value, parent.at(stem + "_source").as_string());
  return Reading<double>::unavailable(parent.at(stem + "_unavailable").as_string());
}

JsonValue to_json(const Roof& roof) {
  JsonValue cpus = JsonValue::array();
  for (const int cpu : roof.cpus) cpus.push_back(cpu);
  JsonValue json = JsonValue::object();
  json.set("id", roof_id(roof))
      .set("kind", name_of(roof.kind))
      .set("precision", word_or_null(roof.precision))
      .set("isa", name_of(roof.isa))
      .set("level", word_or_null(roof.level))
      .set("kernel", roof.kernel)
      .set("placement", roof.placement)
      .set("cpus", std::move(cpus))
      .set("threads", roof.threads)
      .set("cores", roof.cores > 0 ? JsonValue(roof.cores) : JsonValue(nullptr))
      .set("working_set_bytes", roof.working_set.count())
      .set("moved_bytes_per_1000_counted", roof.moved_per_counted_1000.count());
  add_rates(json, roof.kind, roof.rate, roof.series);
  add_reading(json, "clock_hz", "clock", roof.clock.hz);
  json.set("clock_relative_uncertainty", roof.clock.relative_uncertainty)
      .set("per_core_cycle", optional_to_json(roof.per_core_cycle));
  add_reading(json, "limit_per_core_cycle", "limit", roof.limit_per_core_cycle);
  json.set("limit_may_refuse", roof.limit_may_refuse)
      .set("fraction_of_limit", optional_to_json(roof.fraction_of_limit))
      .set("contended", roof.contended)
      .set("sentinel_ratio", optional_to_json(roof.sentinel_ratio))
      .set("lower_bound", roof.lower_bound)
      .set("lower_bound_reason", roof.lower_bound_reason)
      .set("disturbance", to_json(roof.disturbance));
  add_verdict(json, roof.verdict);
  return json;
}

Roof read_roof(const JsonCursor& at) {
  Roof roof;
  roof.kind = read_word<RoofKind>(at.at("kind"));
  roof.precision = read_word_or_none<Precision>(at.at("precision"));
  roof.isa = read_word<Isa>(at.at("isa"));
  roof.level = read_word_or_none<MemoryLevel>(at.at("level"));
  roof.kernel = at.at("kernel").as_string();
  roof.placement = at.at("placement").as_string();
  for (const JsonCursor& cpu : at.at("cpus").elements()) roof.cpus.push_back(read_int(cpu, 0));
  roof.threads = read_int(at.at("threads"), 1);
  if (const auto cores = at.find("cores")) roof.cores = read_int(*cores, 1);
  roof.working_set = Bytes(at.at("working_set_bytes").as_uint64());
  roof.moved_per_counted_1000 = Bytes(at.at("moved_bytes_per_1000_counted").as_uint64());
  roof.rate = read_summary(at.at(keys_of(roof.kind).rate));
  roof.series = read_series(at, roof.kind);
  roof.clock.hz = read_reading(at, "clock_hz", "clock");
  roof.clock.relative_uncertainty = at.at("clock_relative_uncertainty").as_double();
  roof.per_core_cycle = read_optional_number(at, "per_core_cycle");
  roof.limit_per_core_cycle = read_reading(at, "limit_per_core_cycle", "limit");
  roof.limit_may_refuse = at.at("limit_may_refuse").as_bool();
  roof.fraction_of_limit = read_optional_number(at, "fraction_of_limit");
  roof.contended = at.at("contended").as_bool();
  if (const auto ratio = at.find("sentinel_ratio")) roof.sentinel_ratio = ratio->as_double();
  roof.lower_bound = at.at("lower_bound").as_bool();
  roof.lower_bound_reason = at.at("lower_bound_reason").as_string();
  roof.disturbance = read_disturbance(at.at("disturbance"));
  roof.verdict = read_verdict(at);
  return roof;
}

JsonValue to_json(const Dot& dot) {
  JsonValue json = JsonValue::object();
  json.set("kernel", dot.kernel)
      .set("implementation", dot.implementation)
      .set("threads", dot.threads)
      .set("placement", dot.placement);
  add_rates(json, RoofKind::kCompute, dot.rate, dot.series);
  json.set("intensity_flop_per_byte", dot.intensity_flop_per_byte)
      .set("class", name_of(dot.dot_class))
      .set("roof", dot.roof)
      .set("roof_fraction", optional_to_json(dot.roof_fraction))
      .set("contended", dot.contended)
      .set("sentinel_ratio", optional_to_json(dot.sentinel_ratio))
      .set("disturbance", to_json(dot.disturbance));
  add_verdict(json, dot.verdict);
  return json;
}

Dot read_dot(const JsonCursor& at) {
  Dot dot;
  dot.kernel = at.at("kernel").as_string();
  dot.implementation = at.at("implementation").as_string();
  dot.threads = read_int(at.at("threads"), 1);
  dot.placement = at.at("placement").as_string();
  dot.rate = read_summary(at.at("rate_flop_per_s"));
  dot.series = read_series(at, RoofKind::kCompute);
  dot.intensity_flop_per_byte = at.at("intensity_flop_per_byte").as_double();
  dot.dot_class = read_word<DotClass>(at.at("class"));
  dot.roof = at.at("roof").as_string();
  dot.roof_fraction = read_optional_number(at, "roof_fraction");
  dot.contended = at.at("contended").as_bool();
  if (const auto ratio = at.find("sentinel_ratio")) dot.sentinel_ratio = ratio->as_double();
  dot.disturbance = read_disturbance(at.at("disturbance"));
  dot.verdict = read_verdict(at);
  return dot;
}

JsonValue to_json(const LibraryTrial& trial) {
  JsonValue json = JsonValue::object();
  json.set("library", trial.library)
      .set("setting", trial.setting)
      .set("core_name", trial.core_name)
      .set("operation", trial.operation)
      .set("verified", trial.verified)
      .set("failure", trial.failure)
      // 0 stands for "did not run" in the struct; in the document what was not measured is null.
      .set("rate_flop_per_s",
           trial.rate_flop_per_s > 0.0 ? JsonValue(trial.rate_flop_per_s) : JsonValue(nullptr))
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
  roofline.notes = at.at("notes").string_array();
  return roofline;
}

}  // namespace perfbench
