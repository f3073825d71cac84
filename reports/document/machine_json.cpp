#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "reports/document/common_json.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

/// More named facts or settings than any report has; looking names up is linear, and a stranger's
/// file must not make it last.
constexpr std::size_t kMaxNames = 2000;

std::vector<std::string> read_names(const JsonCursor& at) {
  if (at.size() > kMaxNames) at.fail("more than " + std::to_string(kMaxNames) + " names");
  return at.keys();
}

/// A second entry of the same name must not take the first one's place: it is written as "name_2".
std::string free_key(const JsonValue& object, const std::string& name) {
  std::string key = name;
  for (int number = 2; object.find(key) != nullptr; ++number)
    key = name + "_" + std::to_string(number);
  return key;
}

JsonValue to_json(const Fact& fact) {
  JsonValue json = JsonValue::object();
  if (fact.reading.available()) {
    json.set("value", perfbench::to_json(fact.reading.value()))
        .set("unit", fact.unit)
        .set("source", fact.reading.source());
    return json;
  }
  json.set("unavailable", fact.reading.reason());
  if (!fact.unit.empty()) json.set("unit", fact.unit);
  return json;
}

Fact read_fact(const std::string& name, const JsonCursor& at) {
  if (const auto reason = at.find("unavailable")) {
    const auto unit = at.find("unit");
    return {
        name, unit ? unit->as_string() : "", Reading<FactValue>::unavailable(reason->as_string())};
  }
  return {name,
          at.at("unit").as_string(),
          Reading<FactValue>::of(read_fact_value(at.at("value")), at.at("source").as_string())};
}

JsonValue to_json(const NoiseFloor& floor) {
  JsonValue json = JsonValue::object();
  json.set("cpu", floor.cpu)
      .set("watched_ns", floor.watched.count())
      .set("loss_fraction", floor.loss_fraction)
      .set("gaps_per_s", floor.gaps_per_second)
      .set("threshold_ns", floor.threshold.count())
      .set("gap_p50_ns", floor.gap_p50.count())
      .set("gap_p99_ns", floor.gap_p99.count())
      .set("gap_max_ns", floor.gap_max.count())
      .set("gaps", floor.gaps);
  return json;
}

NoiseFloor read_noise_floor(const JsonCursor& at) {
  NoiseFloor floor;
  floor.cpu = read_int(at.at("cpu"), -1);
  floor.watched = read_duration(at.at("watched_ns"));
  floor.loss_fraction = at.at("loss_fraction").as_double();
  floor.gaps_per_second = at.at("gaps_per_s").as_double();
  floor.threshold = read_duration(at.at("threshold_ns"));
  floor.gap_p50 = read_duration(at.at("gap_p50_ns"));
  floor.gap_p99 = read_duration(at.at("gap_p99_ns"));
  floor.gap_max = read_duration(at.at("gap_max_ns"));
  floor.gaps = at.at("gaps").as_uint64();
  return floor;
}

}  // namespace

JsonValue to_json(const PlanRecord& plan) {
  JsonValue settings = JsonValue::object();
  for (const PlanEntry& entry : plan.entries) {
    settings.set(free_key(settings, entry.name), to_json(entry.value));
  }
  JsonValue steps = JsonValue::array();
  for (const PlanStepRecord& step : plan.steps) {
    JsonValue json = JsonValue::object();
    json.set("id", step.id)
        .set("what", step.what)
        .set("estimated_s", step.estimated_s)
        .set("took_s", optional_to_json(step.took_s));
    steps.push_back(std::move(json));
  }
  JsonValue json = JsonValue::object();
  json.set("preset", plan.preset)
      .set("seed", plan.seed)
      .set("settings", std::move(settings))
      .set("steps", std::move(steps));
  return json;
}

PlanRecord read_plan(const JsonCursor& at) {
  PlanRecord plan;
  plan.preset = at.at("preset").as_string();
  plan.seed = at.at("seed").as_uint64();
  const JsonCursor settings = at.at("settings");
  for (const std::string& name : read_names(settings)) {
    plan.entries.push_back({name, read_fact_value(settings.at(name))});
  }
  for (const JsonCursor& step : at.at("steps").elements()) {
    plan.steps.push_back({step.at("id").as_string(),
                          step.at("what").as_string(),
                          step.at("estimated_s").as_double(),
                          read_optional_number(step, "took_s")});
  }
  return plan;
}

JsonValue to_json(const MachineFacts& machine) {
  JsonValue facts = JsonValue::object();
  for (const Fact& fact : machine.facts) facts.set(free_key(facts, fact.name), to_json(fact));
  JsonValue warnings = JsonValue::array();
  for (const Warning& warning : machine.warnings) {
    JsonValue json = JsonValue::object();
    json.set("id", warning.id)
        .set("what", warning.what)
        .set("why", warning.why)
        .set("remedy", warning.remedy);
    warnings.push_back(std::move(json));
  }
  JsonValue json = JsonValue::object();
  json.set("facts", std::move(facts)).set("warnings", std::move(warnings));
  return json;
}

MachineFacts read_machine(const JsonCursor& at) {
  MachineFacts machine;
  const JsonCursor facts = at.at("facts");
  for (const std::string& name : read_names(facts))
    machine.facts.push_back(read_fact(name, facts.at(name)));
  for (const JsonCursor& warning : at.at("warnings").elements()) {
    machine.warnings.push_back({warning.at("id").as_string(),
                                warning.at("what").as_string(),
                                warning.at("why").as_string(),
                                warning.at("remedy").as_string()});
  }
  return machine;
}

JsonValue to_json(const QuietSummary& quiet) {
  JsonValue floors = JsonValue::array();
  for (const NoiseFloor& floor : quiet.noise_floor) floors.push_back(to_json(floor));
  JsonValue json = JsonValue::object();
  json.set("verdict", name_of(quiet.verdict.quietness))
      .set("reasons", to_json(quiet.verdict.reasons))
      .set("windows", quiet.windows)
      .set("windows_quiet", quiet.windows_quiet)
      .set("disturbance", to_json(quiet.disturbance))
      .set("noise_floor", std::move(floors));
  return json;
}

QuietSummary read_quiet(const JsonCursor& at) {
  QuietSummary quiet;
  quiet.verdict.quietness = read_word<Quietness>(at.at("verdict"));
  quiet.verdict.reasons = read_reasons(at.at("reasons"));
  quiet.windows = at.at("windows").as_uint64();
  quiet.windows_quiet = at.at("windows_quiet").as_uint64();
  quiet.disturbance = read_disturbance(at.at("disturbance"));
  for (const JsonCursor& floor : at.at("noise_floor").elements()) {
    quiet.noise_floor.push_back(read_noise_floor(floor));
  }
  return quiet;
}

}  // namespace perfbench
