#include "reports/document/roof_json.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "harness/core/judge/roof_id.hpp"

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

/// Absent where there is none: 0 bytes would be a figure.
void add_bytes(JsonValue& object, std::string key, Bytes bytes) {
  if (bytes.count() > 0) object.set(std::move(key), bytes.count());
}

Bytes read_bytes(const JsonCursor& parent, std::string_view key) {
  const auto at = parent.find(key);
  return at ? Bytes(at->as_uint64()) : Bytes(0);
}

JsonValue to_json(const std::optional<SustainedHeight>& sustained, RoofKind kind) {
  if (!sustained) return nullptr;
  JsonValue json = JsonValue::object();
  json.set(std::string(keys_of(kind).rate), sustained->rate)
      .set("duration_ns", sustained->duration.count())
      .set("windows", sustained->windows);
  return json;
}

std::optional<SustainedHeight> read_sustained(const JsonCursor& parent, RoofKind kind) {
  const auto at = parent.find("sustained");
  if (!at) return std::nullopt;
  return SustainedHeight{at->at(keys_of(kind).rate).as_double(),
                         read_duration(at->at("duration_ns")),
                         at->at("windows").as_uint64()};
}

/// Team and epoch; "" and 0 in a report of before they were stored.
template <class Point>
void read_team(const JsonCursor& parent, Point& point) {
  if (const auto team = parent.find("team")) point.team = team->as_string();
  if (const auto epoch = parent.find("epoch")) point.epoch = read_int(*epoch, 0);
}

}  // namespace

JsonValue to_json(const std::optional<MatrixShape>& shape) {
  if (!shape) return nullptr;
  JsonValue json = JsonValue::object();
  json.set("m", shape->m).set("n", shape->n).set("k", shape->k);
  return json;
}

std::optional<MatrixShape> read_shape(const JsonCursor& parent) {
  // Beyond every memory; products of two stay within 64 bits.
  constexpr std::int64_t kLargestSide = 1'000'000'000;
  const auto at = parent.find("shape");
  if (!at) return std::nullopt;
  return MatrixShape{read_integer(at->at("m"), 1, kLargestSide),
                     read_integer(at->at("n"), 1, kLargestSide),
                     read_integer(at->at("k"), 1, kLargestSide)};
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
      .set("team", roof.team)
      .set("epoch", roof.epoch)
      .set("core_to_core_ns",
           roof.core_to_core ? JsonValue(roof.core_to_core->count()) : JsonValue(nullptr))
      .set("placement", roof.placement)
      .set("cpus", std::move(cpus))
      .set("threads", roof.threads)
      .set("cores", roof.cores > 0 ? JsonValue(roof.cores) : JsonValue(nullptr));
  add_bytes(json, "working_set_bytes", roof.working_set);
  add_bytes(json, "moved_bytes_per_1000_counted", roof.moved_per_counted_1000);
  add_rates(json, roof.kind, roof.rate, roof.series);
  json.set("sustained", to_json(roof.sustained, roof.kind));
  add_reading(json, "clock_hz", "clock", roof.clock.hz);
  json.set("clock_relative_uncertainty", roof.clock.relative_uncertainty)
      // Of a time it would be no rate.
      .set("per_core_cycle",
           roof.kind == RoofKind::kLatency ? JsonValue(nullptr)
                                           : optional_to_json(roof.per_core_cycle));
  add_reading(json, "limit_per_core_cycle", "limit", roof.limit_per_core_cycle);
  json.set("limit_may_refuse", roof.limit_may_refuse)
      .set("fraction_of_limit", optional_to_json(roof.fraction_of_limit))
      .set("contended", roof.contended)
      .set("sentinel_ratio", optional_to_json(roof.sentinel_ratio))
      .set("lower_bound", roof.lower_bound)
      .set("lower_bound_reason", roof.lower_bound_reason)
      .set("may_hold_cache_hits", roof.may_hold_cache_hits)
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
  read_team(at, roof);
  if (const auto latency = at.find("core_to_core_ns")) roof.core_to_core = read_duration(*latency);
  roof.placement = at.at("placement").as_string();
  for (const JsonCursor& cpu : at.at("cpus").elements()) roof.cpus.push_back(read_int(cpu, 0));
  roof.threads = read_int(at.at("threads"), 1);
  if (const auto cores = at.find("cores")) roof.cores = read_int(*cores, 1);
  roof.working_set = read_bytes(at, "working_set_bytes");
  roof.moved_per_counted_1000 = read_bytes(at, "moved_bytes_per_1000_counted");
  roof.rate = read_summary(at.at(keys_of(roof.kind).rate));
  roof.series = read_series(at, roof.kind);
  roof.sustained = read_sustained(at, roof.kind);
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
  if (const auto hits = at.find("may_hold_cache_hits")) roof.may_hold_cache_hits = hits->as_bool();
  roof.disturbance = read_disturbance(at.at("disturbance"));
  roof.verdict = read_verdict(at);
  return roof;
}

JsonValue to_json(const Dot& dot) {
  JsonValue json = JsonValue::object();
  json.set("kernel", dot.kernel)
      .set("implementation", dot.implementation)
      .set("precision", word_or_null(dot.precision))
      .set("shape", to_json(dot.shape));
  add_bytes(json, "working_set_bytes", dot.working_set);
  json.set("threads", dot.threads)
      .set("team", dot.team)
      .set("epoch", dot.epoch)
      .set("placement", dot.placement);
  add_rates(json, RoofKind::kCompute, dot.rate, dot.series);
  json.set("intensity_flop_per_byte", dot.intensity_flop_per_byte)
      .set("class", name_of(dot.dot_class))
      .set("roof", dot.roof)
      .set("zone", dot.zone)
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
  if (const auto precision = at.find("precision")) dot.precision = read_word<Precision>(*precision);
  dot.shape = read_shape(at);
  dot.working_set = read_bytes(at, "working_set_bytes");
  dot.threads = read_int(at.at("threads"), 1);
  read_team(at, dot);
  dot.placement = at.at("placement").as_string();
  dot.rate = read_summary(at.at("rate_flop_per_s"));
  dot.series = read_series(at, RoofKind::kCompute);
  dot.intensity_flop_per_byte = at.at("intensity_flop_per_byte").as_double();
  dot.dot_class = read_word<DotClass>(at.at("class"));
  dot.roof = at.at("roof").as_string();
  if (const auto zone = at.find("zone")) dot.zone = zone->as_string();
  dot.roof_fraction = read_optional_number(at, "roof_fraction");
  dot.contended = at.at("contended").as_bool();
  if (const auto ratio = at.find("sentinel_ratio")) dot.sentinel_ratio = ratio->as_double();
  dot.disturbance = read_disturbance(at.at("disturbance"));
  dot.verdict = read_verdict(at);
  return dot;
}

}  // namespace perfbench
