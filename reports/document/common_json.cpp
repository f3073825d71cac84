#include "reports/document/common_json.hpp"

#include <charconv>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

namespace perfbench {
namespace {

template <class T>
JsonValue reading_to_json(const Reading<T>& reading) {
  JsonValue json = JsonValue::object();
  if (reading.available()) {
    json.set("value", reading.value()).set("source", reading.source());
  } else {
    json.set("unavailable", reading.reason());
  }
  return json;
}

template <class T, class ReadValue>
Reading<T> reading_of(const JsonCursor& at, ReadValue read_value) {
  if (const auto reason = at.find("unavailable"))
    return Reading<T>::unavailable(reason->as_string());
  return Reading<T>::of(read_value(at.at("value")), at.at("source").as_string());
}

}  // namespace

std::int64_t read_integer(const JsonCursor& at, std::int64_t low, std::int64_t high) {
  const std::int64_t value = at.as_int64();
  if (value < low || value > high) {
    at.fail("expected a whole number from " + std::to_string(low) + " to " + std::to_string(high) +
            ", found " + std::to_string(value));
  }
  return value;
}

int read_int(const JsonCursor& at, int low) {
  return static_cast<int>(read_integer(at, low, std::numeric_limits<int>::max()));
}

Nanoseconds read_duration(const JsonCursor& at) {
  return Nanoseconds(read_integer(at, 0, kMaxNanoseconds));
}

std::vector<Nanoseconds> read_durations(const JsonCursor& at, std::int64_t shortest) {
  std::vector<Nanoseconds> durations;
  const std::vector<std::int64_t> values = at.int64_array();
  durations.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < shortest || values[i] > kMaxNanoseconds)
      (void)read_integer(at.at(i), shortest, kMaxNanoseconds);
    durations.emplace_back(values[i]);
  }
  return durations;
}

std::optional<double> read_optional_number(const JsonCursor& parent, std::string_view key) {
  const JsonCursor at = parent.at(key);
  if (at.is_null()) return std::nullopt;
  return at.as_double();
}

std::optional<Nanoseconds> read_optional_duration(const JsonCursor& parent, std::string_view key) {
  const JsonCursor at = parent.at(key);
  if (at.is_null()) return std::nullopt;
  return read_duration(at);
}

double read_amount(const JsonCursor& at) {
  const double value = at.as_double();
  if (!(value >= 0.0)) at.fail("expected a number of 0 or more");
  return value;
}

double read_fraction(const JsonCursor& at) {
  const double value = at.as_double();
  if (!(value >= 0.0 && value <= 1.0)) at.fail("expected a number from 0 to 1");
  return value;
}

std::vector<JsonCursor> read_elements(const JsonCursor& at, std::size_t most) {
  if (at.size() > most) at.fail("more than " + std::to_string(most) + " elements");
  return at.elements();
}

std::uint32_t read_percentile_name(const JsonCursor& at) {
  const std::optional<std::uint32_t> ppm = percentile_of_key(at.as_string());
  if (!ppm) at.fail("expected a percentile such as p99");
  return *ppm;
}

std::uint64_t read_seed(const JsonCursor& at) {
  const std::string& text = at.as_string();
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    at.fail("expected a whole number below 2^64 as text");
  }
  return seed;
}

JsonValue durations_to_json(const std::vector<Nanoseconds>& durations) {
  JsonValue::Array array;
  array.reserve(durations.size());
  for (const Nanoseconds duration : durations) array.emplace_back(duration.count());
  return array;
}

JsonValue strings_to_json(const std::vector<std::string>& strings) {
  return JsonValue::Array(strings.begin(), strings.end());
}

JsonValue optional_to_json(const std::optional<double>& value) {
  return value ? JsonValue(*value) : JsonValue(nullptr);
}

JsonValue optional_to_json(const std::optional<Nanoseconds>& value) {
  return value ? JsonValue(value->count()) : JsonValue(nullptr);
}

JsonValue optional_to_json(const std::optional<std::uint64_t>& value) {
  return value ? JsonValue(*value) : JsonValue(nullptr);
}

JsonValue to_json(const Reading<double>& reading) { return reading_to_json(reading); }
JsonValue to_json(const Reading<std::int64_t>& reading) { return reading_to_json(reading); }

Reading<double> read_number_reading(const JsonCursor& at) {
  return reading_of<double>(at, [](const JsonCursor& value) { return value.as_double(); });
}

Reading<std::int64_t> read_integer_reading(const JsonCursor& at) {
  return reading_of<std::int64_t>(at, [](const JsonCursor& value) { return value.as_int64(); });
}

JsonValue to_json(const FactValue& value) {
  return std::visit(
      [](const auto& held) -> JsonValue {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::vector<std::string>>) {
          return strings_to_json(held);
        } else {
          return held;
        }
      },
      value);
}

FactValue read_fact_value(const JsonCursor& at) {
  switch (at.value().kind()) {
    case JsonValue::Kind::kBool:
      return at.as_bool();
    case JsonValue::Kind::kInt64:
      return at.as_int64();
    case JsonValue::Kind::kUint64:
      // Facts are int64; what a stranger wrote beyond is shown, if not to the last digit.
      if (at.as_uint64() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return at.as_double();
      }
      return at.as_int64();
    case JsonValue::Kind::kDouble:
      return at.as_double();
    case JsonValue::Kind::kString:
      return at.as_string();
    case JsonValue::Kind::kArray:
      return at.string_array();
    default:
      at.fail("expected a flag, a number, a text or a list of texts");
  }
}

JsonValue to_json(const std::vector<Reason>& reasons) {
  JsonValue array = JsonValue::array();
  for (const Reason& reason : reasons) {
    JsonValue json = JsonValue::object();
    json.set("id", reason.id).set("text", reason.text).set("remedy", reason.remedy);
    array.push_back(std::move(json));
  }
  return array;
}

std::vector<Reason> read_reasons(const JsonCursor& at) {
  std::vector<Reason> reasons;
  for (const JsonCursor& reason : at.elements()) {
    reasons.push_back({reason.at("id").as_string(),
                       reason.at("text").as_string(),
                       reason.at("remedy").as_string()});
  }
  return reasons;
}

JsonValue to_json(const Disturbance& disturbance) {
  JsonValue json = JsonValue::object();
  json.set("wall_ns", disturbance.wall.count())
      .set("foreign_cpu_cores", to_json(disturbance.foreign_cpu_cores))
      .set("steal_fraction", to_json(disturbance.steal_fraction))
      .set("share", to_json(disturbance.share))
      .set("gap_loss_fraction", to_json(disturbance.gap_loss_fraction))
      .set("quota_throttled", to_json(disturbance.quota_throttled))
      .set("voluntary_switches", to_json(disturbance.voluntary_switches))
      .set("involuntary_switches", to_json(disturbance.involuntary_switches))
      .set("minor_faults", to_json(disturbance.minor_faults))
      .set("major_faults", to_json(disturbance.major_faults));
  // Reports of before have none, and are judged by the sum.
  if (disturbance.foreign_worst_cpu.available()) {
    json.set("foreign_worst_cpu", to_json(disturbance.foreign_worst_cpu));
  }
  return json;
}

Disturbance read_disturbance(const JsonCursor& at) {
  Disturbance disturbance;
  disturbance.wall = read_duration(at.at("wall_ns"));
  disturbance.foreign_cpu_cores = read_number_reading(at.at("foreign_cpu_cores"));
  if (const auto worst = at.find("foreign_worst_cpu")) {
    disturbance.foreign_worst_cpu = read_number_reading(*worst);
  }
  disturbance.steal_fraction = read_number_reading(at.at("steal_fraction"));
  disturbance.share = read_number_reading(at.at("share"));
  disturbance.gap_loss_fraction = read_number_reading(at.at("gap_loss_fraction"));
  disturbance.quota_throttled = read_integer_reading(at.at("quota_throttled"));
  disturbance.voluntary_switches = read_integer_reading(at.at("voluntary_switches"));
  disturbance.involuntary_switches = read_integer_reading(at.at("involuntary_switches"));
  disturbance.minor_faults = read_integer_reading(at.at("minor_faults"));
  disturbance.major_faults = read_integer_reading(at.at("major_faults"));
  return disturbance;
}

void add_verdict(JsonValue& object, const Verdict& verdict) {
  object.set("verdict", name_of(verdict.validity)).set("reasons", to_json(verdict.reasons));
}

Verdict read_verdict(const JsonCursor& parent) {
  return {read_word<Validity>(parent.at("verdict")), read_reasons(parent.at("reasons"))};
}

}  // namespace perfbench
