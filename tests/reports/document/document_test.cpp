#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/units/error.hpp"
#include "reports/document/read.hpp"
#include "reports/document/write.hpp"
#include "tests/reports/support/json_walk.hpp"
#include "tests/reports/support/synthetic_report.hpp"

namespace perfbench {
namespace {

using testing::leaves;
using testing::members;
using testing::pattern_of;
using testing::Place;
using testing::read_golden;
using testing::replaced;
using testing::small_synthetic_report;
using testing::synthetic_report;
using testing::without;

JsonValue golden() { return parse_json(read_golden("report.json")); }

/// What is changed hundreds of times.
JsonValue small() { return parse_json(write_document(small_synthetic_report())); }

/// The sentence of the InputError that reading throws; "" when it reads.
std::string refusal(const JsonValue& document) {
  try {
    (void)read_document(write_json(document, 0));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Document, GoldenIsWhatTheSyntheticReportWrites) {
  const std::string written = write_document(synthetic_report());
  if (testing::update_golden("report.json", written)) GTEST_SKIP() << "golden file written anew";
  const std::vector<Place> made = leaves(parse_json(written));
  const std::vector<Place> kept = leaves(golden());
  ASSERT_EQ(made.size(), kept.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    ASSERT_EQ(made[i].path, kept[i].path);
    if (made[i].value == kept[i].value) continue;
    // Logarithms of another library may differ in their last bits.
    ASSERT_TRUE(made[i].value.is_number() && kept[i].value.is_number()) << made[i].path;
    const double value = kept[i].value.as_double();
    EXPECT_NEAR(made[i].value.as_double(), value, 1e-9 * std::abs(value)) << made[i].path;
  }
}

TEST(Document, ReadingGivesBackEveryBit) {
  const std::string written = write_document(synthetic_report());
  EXPECT_EQ(write_document(read_document(written)), written);
}

TEST(Document, DoublesComeBackBitForBit) {
  for (const double value : {0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, 2.0, 1.0 / 3.0}) {
    Report report = synthetic_report();
    report.roofline->roofs[0].rate.best = value;
    report.machine.facts.push_back({"probe_value", "s", Reading<FactValue>::of(value, "test")});
    const Report back = read_document(write_document(report));
    EXPECT_EQ(std::signbit(back.roofline->roofs[0].rate.best), std::signbit(value));
    EXPECT_EQ(back.roofline->roofs[0].rate.best, value);
    EXPECT_EQ(std::get<double>(back.machine.facts.back().reading.value()), value);
  }
}

TEST(Document, KeepsTheKindOfEachFact) {
  Report report = synthetic_report();
  const std::vector<FactValue> values{
      true, std::int64_t{-3}, 3.0, std::string("3"), std::vector<std::string>{}};
  report.machine.facts.clear();
  for (std::size_t i = 0; i < values.size(); ++i) {
    report.machine.facts.push_back(
        {"f" + std::to_string(i), "", Reading<FactValue>::of(values[i], "test")});
  }
  const Report back = read_document(write_document(report));
  ASSERT_EQ(back.machine.facts.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(back.machine.facts[i].reading.value(), values[i]) << i;
}

TEST(Document, KeepsIntegersBeyondADouble) {
  Report report = synthetic_report();
  report.plan.seed = std::numeric_limits<std::uint64_t>::max();
  report.scenarios[0].checksum = 0xfedcba9876543210ULL;
  const Report back = read_document(write_document(report));
  EXPECT_EQ(back.plan.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(back.scenarios[0].checksum, 0xfedcba9876543210ULL);
}

TEST(Document, KeepsTheReasonOfWhatIsAbsent) {
  Report report = synthetic_report();
  report.roofline->roofs[0].clock.hz = Reading<double>::unavailable("the chain was disturbed");
  report.roofline->roofs[0].per_core_cycle.reset();
  const std::string written = write_document(report);
  EXPECT_TRUE(parse_json(written).at("sections.roofline.roofs[0].clock_hz").is_null());
  const Report back = read_document(written);
  EXPECT_EQ(back.roofline->roofs[0].clock.hz, report.roofline->roofs[0].clock.hz);
  EXPECT_FALSE(back.roofline->roofs[0].per_core_cycle);
}

TEST(Document, ARefusedPercentileHasNoValue) {
  const JsonValue document = parse_json(write_document(synthetic_report()));
  const JsonValue& refused = document.at("sections.scenarios[0].latency_ns.p99_9");
  EXPECT_NE(refused.find("needs_queries"), nullptr);
  EXPECT_EQ(refused.find("value"), nullptr);
  // Positive control: a percentile that could be told has one.
  EXPECT_NE(document.at("sections.scenarios[0].latency_ns.p50").find("value"), nullptr);
}

TEST(Document, APercentileThatARunRefusedIsNull) {
  Report report = synthetic_report();
  report.scenarios[0].runs[1].p99 = Nanoseconds(0);
  const std::string written = write_document(report);
  const JsonValue document = parse_json(written);
  EXPECT_TRUE(document.at("sections.scenarios[0].runs[1].p99_ns").is_null());
  EXPECT_TRUE(document.at("sections.scenarios[0].runs[1].p90_ns").is_number());
  EXPECT_EQ(read_document(written).scenarios[0].runs[1].p99.count(), 0);
}

TEST(Document, ATrialThatDidNotRunHasNoRate) {
  const JsonValue document = parse_json(write_document(synthetic_report()));
  EXPECT_TRUE(document.at("sections.roofline.library_trials[3].rate_flop_per_s").is_null());
  EXPECT_TRUE(document.at("sections.roofline.library_trials[1].rate_flop_per_s").is_number());
}

TEST(Document, WhatIsNotThereHasNoKeyOrIsNull) {
  const JsonValue document = parse_json(write_document(synthetic_report()));
  const JsonValue& roofline = document.at("sections.roofline");
  bool registers = false;
  bool memory = false;
  for (const JsonValue& roof : roofline.at("roofs").as_array()) {
    const bool compute = roof.at("kind").as_string() == "compute";
    EXPECT_EQ(roof.find("working_set_bytes") == nullptr, compute);
    (compute ? registers : memory) = true;
    EXPECT_EQ(roof.at("core_to_core_ns").is_null(), roof.at("threads").as_int64() == 1);
  }
  EXPECT_TRUE(registers && memory);
  Report report = synthetic_report();
  report.roofline->dots[0].shape.reset();
  report.roofline->dots[0].working_set = Bytes(0);
  report.roofline->sweep[0].read_byte_per_s = 0.0;
  report.roofline->cache_levels[0].latency_ns = 0.0;
  const JsonValue changed = parse_json(write_document(report)).at("sections.roofline");
  EXPECT_TRUE(changed.at("dots[0].shape").is_null());
  EXPECT_EQ(changed.at("dots[0]").find("working_set_bytes"), nullptr);
  EXPECT_TRUE(changed.at("sweep[0].read_byte_per_s").is_null());
  EXPECT_TRUE(changed.at("cache_levels[0].latency_ns").is_null());
  const Report back = read_document(write_document(report));
  EXPECT_FALSE(back.roofline->dots[0].shape);
  EXPECT_EQ(back.roofline->sweep[0].read_byte_per_s, 0.0);
}

TEST(Document, AReportOfBeforeTeamsReads) {
  JsonValue document = small();
  for (const std::string key : {"ridge_points", "sweep", "cache_levels"})
    document = without(document, "sections.roofline." + key);
  const auto strip = [&document](const std::string& array, std::vector<std::string> keys) {
    const std::size_t count = document.at("sections.roofline." + array).size();
    for (std::size_t i = 0; i < count; ++i) {
      for (const std::string& key : keys) {
        document =
            without(document, "sections.roofline." + array + "[" + std::to_string(i) + "]." + key);
      }
    }
  };
  strip("roofs", {"team", "epoch", "core_to_core_ns", "sustained", "may_hold_cache_hits"});
  strip("dots", {"precision", "shape", "working_set_bytes", "team", "epoch", "zone"});
  strip("library_trials", {"shape_class", "shape"});
  const Report report = read_document(write_json(document, 0));
  EXPECT_EQ(report.roofline->roofs.size(), small_synthetic_report().roofline->roofs.size());
  EXPECT_EQ(report.roofline->roofs.back().team, "");
  EXPECT_FALSE(report.roofline->roofs[0].sustained);
  EXPECT_EQ(report.roofline->dots[0].precision, Precision::kNone);
  EXPECT_TRUE(report.roofline->cache_levels.empty());
}

TEST(Document, FactsOfOneNameAreBothKept) {
  Report report = synthetic_report();
  report.machine.facts = {{"twin", "", Reading<FactValue>::of(std::int64_t{1}, "a")},
                          {"twin", "", Reading<FactValue>::of(std::int64_t{2}, "b")}};
  const JsonValue document = parse_json(write_document(report));
  EXPECT_EQ(document.get_int64("machine.facts.twin.value"), 1);
  EXPECT_EQ(document.get_int64("machine.facts.twin_2.value"), 2);
}

TEST(Document, SectionsThatWereNotMadeAreAbsent) {
  Report report = synthetic_report();
  report.roofline.reset();
  report.scenarios.clear();
  report.peak_rates.clear();
  report.load_sweeps.clear();
  report.tracks.clear();
  report.calibration.reset();
  const std::string written = write_document(report);
  EXPECT_EQ(parse_json(written).at("sections").size(), 0U);
  const Report back = read_document(written);
  EXPECT_FALSE(back.roofline);
  EXPECT_TRUE(back.scenarios.empty());
  EXPECT_TRUE(back.peak_rates.empty() && back.load_sweeps.empty() && back.tracks.empty());
  EXPECT_FALSE(back.calibration);
}

TEST(Document, AFigureThatIsNoNumberIsNullAndIsRefusedWithItsPath) {
  Report report = synthetic_report();
  report.roofline->roofs[1].rate.best = std::numeric_limits<double>::quiet_NaN();
  const std::string written = write_document(report);
  EXPECT_TRUE(parse_json(written).at("sections.roofline.roofs[1].rate_flop_per_s.best").is_null());
  EXPECT_NE(refusal(parse_json(written)).find("sections.roofline.roofs[1].rate_flop_per_s.best"),
            std::string::npos);
}

/// Keys that a reader can do without: derived by the writer, absent where there is nothing to say,
/// or absent in older reports.
const std::set<std::string>& optional_keys() {
  static const std::set<std::string> keys{"flop_convention",
                                          "sections.roofline",
                                          "sections.scenarios",
                                          "sections.peak_rates",
                                          "sections.load_sweeps",
                                          "sections.tracks",
                                          "sections.calibration",
                                          "sections.roofline.roofs[].id",
                                          "sections.roofline.roofs[].cores",
                                          "sections.roofline.roofs[].team",
                                          "sections.roofline.roofs[].epoch",
                                          "sections.roofline.roofs[].core_to_core_ns",
                                          "sections.roofline.roofs[].working_set_bytes",
                                          "sections.roofline.roofs[].moved_bytes_per_1000_counted",
                                          "sections.roofline.roofs[].sustained",
                                          "sections.roofline.roofs[].may_hold_cache_hits",
                                          "sections.roofline.roofs[].sentinel_ratio",
                                          "sections.roofline.dots[].precision",
                                          "sections.roofline.dots[].shape",
                                          "sections.roofline.dots[].working_set_bytes",
                                          "sections.roofline.dots[].team",
                                          "sections.roofline.dots[].epoch",
                                          "sections.roofline.dots[].zone",
                                          "sections.roofline.dots[].sentinel_ratio",
                                          "sections.roofline.library_trials[].shape_class",
                                          "sections.roofline.library_trials[].shape",
                                          "sections.roofline.ridge_points",
                                          "sections.roofline.sweep",
                                          "sections.roofline.cache_levels",
                                          "sections.roofline.roofs[].rate_flop_per_s.mad",
                                          "sections.roofline.roofs[].rate_byte_per_s.mad",
                                          "sections.roofline.roofs[].latency_ns.mad",
                                          "sections.roofline.dots[].rate_flop_per_s.mad",
                                          "sections.scenarios[].arrivals.target_chosen_by",
                                          "sections.scenarios[].latencies_ns"};
  return keys;
}

bool is_free_name(const std::string& path) {
  const auto below = [&path](const std::string& parent) {
    return path.starts_with(parent) && path.find('.', parent.size()) == std::string::npos;
  };
  return below("machine.facts.") || below("plan.settings.");
}

/// Of a reading or a percentile in its other form the reader misses the first key of the usual
/// form.
TEST(Document, EveryMissingKeyIsRefusedByName) {
  const JsonValue document = small();
  std::set<std::string> seen;
  std::size_t refused = 0;
  for (const Place& place : members(document)) {
    const std::string pattern = pattern_of(place.path);
    // One element of each array is enough; the others have the same keys.
    if (!seen.insert(pattern).second) continue;
    const std::string sentence = refusal(without(document, place.path));
    const bool optional = optional_keys().count(pattern) > 0 || is_free_name(pattern) ||
                          pattern.ends_with("disturbance.foreign_worst_cpu");
    if (optional) {
      EXPECT_EQ(sentence, "") << place.path;
      continue;
    }
    const std::string key = pattern.substr(pattern.rfind('.') + 1);
    EXPECT_NE(sentence, "") << place.path << " can be left out unnoticed";
    if (key != "schema" && key != "unavailable" && key != "needs_queries") {
      EXPECT_NE(sentence.find(key), std::string::npos) << place.path << ": " << sentence;
    }
    ++refused;
  }
  EXPECT_GT(refused, 100U);
}

TEST(Document, EveryValueOfTheWrongTypeIsRefusedWithItsPath) {
  const JsonValue document = small();
  JsonValue nonsense = JsonValue::object();
  nonsense.set("no", JsonValue::array());
  std::set<std::string> seen;
  std::size_t refused = 0;
  const std::set<std::string> unread{"flop_convention",
                                     "sections.roofline.roofs[].id",
                                     "sections.roofline.roofs[].rate_flop_per_s.mad",
                                     "sections.roofline.roofs[].rate_byte_per_s.mad",
                                     "sections.roofline.roofs[].latency_ns.mad",
                                     "sections.roofline.dots[].rate_flop_per_s.mad"};
  for (const Place& place : leaves(document)) {
    const std::string pattern = pattern_of(place.path);
    if (!seen.insert(pattern).second) continue;
    const std::string sentence = refusal(replaced(document, place.path, nonsense));
    if (unread.count(pattern) > 0) {
      EXPECT_EQ(sentence, "") << place.path;
      continue;
    }
    EXPECT_NE(sentence, "") << place.path << " may be anything";
    ++refused;
  }
  EXPECT_GT(refused, 100U);
}

TEST(Document, UnknownKeysAreIgnored) {
  JsonValue document = golden();
  document.set("of_a_later_tool", JsonValue::array());
  EXPECT_EQ(refusal(document), "");
}

TEST(Document, ANewerFormatIsNamedInOneSentence) {
  const std::string sentence = refusal(replaced(golden(), "schema", "perfbench-report/2"));
  EXPECT_NE(sentence.find("perfbench-report/2"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("newer"), std::string::npos) << sentence;
}

TEST(Document, WhatIsNoReportIsNamed) {
  for (const char* text : {"",
                           "{",
                           "[]",
                           "42",
                           "\"perfbench-report/1\"",
                           "{}",
                           R"({"schema": 1})",
                           R"({"schema": "perfbench-report/"})",
                           R"({"schema": "perfbench-report/0"})",
                           R"({"schema": "perfbench-report/1x"})",
                           R"({"schema": "perfbench-report/99999999999"})",
                           R"({"schema": "k6"})",
                           R"({"schema": "perfbench-report/1"})"}) {
    EXPECT_THROW((void)read_document(text), InputError) << text;
  }
}

TEST(Document, NumbersOutOfRangeAreRefused) {
  const JsonValue document = small();
  const std::vector<std::pair<std::string, JsonValue>> bad{
      {"sections.roofline.roofs[0].window_ns[0]", 0},
      {"sections.roofline.roofs[0].window_ns[1]", -5},
      {"sections.roofline.roofs[0].window_ns[1]", 1.5},
      {"sections.roofline.roofs[0].window_ns[1]", std::numeric_limits<std::int64_t>::max()},
      {"sections.roofline.roofs[0].flop_per_window", 0},
      {"sections.roofline.roofs[0].threads", 0},
      {"sections.roofline.roofs[0].threads", 1e10},
      {"sections.roofline.roofs[0].cpus[0]", -1},
      {"sections.roofline.roofs[0].kind", "computer"},
      {"sections.roofline.roofs[0].epoch", -1},
      {"sections.roofline.roofs[0].sustained.duration_ns", -1},
      {"sections.roofline.dots[0].shape.m", 0},
      {"sections.roofline.dots[0].shape.k", 1e12},
      {"sections.roofline.cache_levels[0].level", "L4"},
      {"sections.roofline.cache_levels[0].found_bytes.value", -1},
      {"sections.roofline.sweep[0].working_set_bytes", -1},
      {"sections.roofline.sweep[0].latency_ns", 5e-324},
      {"sections.roofline.sweep[0].latency_ns", 1e308},
      {"sections.scenarios[0].latencies_ns[7]", -1},
      {"sections.scenarios[0].duration_ns", -1},
      {"sections.scenarios[0].queries", -1},
      {"sections.scenarios[0].histogram.alpha", 0.0},
      {"sections.scenarios[0].histogram.alpha", 1.0},
      {"sections.scenarios[0].histogram.first_bucket", 1e9},
      {"sections.scenarios[0].histogram.counts[0]", std::numeric_limits<std::int64_t>::max()},
      {"sections.scenarios[0].checksum", "0x12"},
      {"sections.scenarios[0].checksum", "0x00ab54a98ceb1f0g"},
      {"sections.scenarios[0].verdict", "valid"},
      {"sections.scenarios[0].arrivals.kind", "random"},
      {"sections.scenarios[0].arrivals.wait", "busy"},
      {"sections.scenarios[0].arrivals.seed", 42},
      {"sections.scenarios[0].arrivals.seed", "-1"},
      {"sections.scenarios[0].arrivals.seed", "18446744073709551616"},
      {"sections.scenarios[0].arrivals.target_qps", -1.0},
      {"sections.scenarios[0].arrivals.burst_duty", 1.5},
      {"sections.scenarios[0].slip_ns.p99", -1},
      {"sections.scenarios[0].slip_over_1us_fraction", 1.1},
      {"sections.scenarios[0].queue_ns.mean", -0.5},
      {"sections.scenarios[0].batches.max_batch", 0},
      {"sections.scenarios[0].batches.max_batch", 1e9},
      {"sections.scenarios[0].batches.counts[0]", -1},
      {"sections.scenarios[0].batches.counts[0]", 1e15},
      {"sections.scenarios[0].batches.counts", JsonValue::Array{1, 1}},
      {"sections.scenarios[0].early_stopping.percentile", "p100"},
      {"sections.scenarios[0].early_stopping.value_ns", nullptr},
      {"sections.scenarios[0].runs[0].verdict", "good"},
      {"sections.scenarios[0].runs", JsonValue::Array(1001, JsonValue(1))},
      {"sections.scenarios[4].bound.over_fraction", -0.1},
      {"sections.scenarios[4].bound.percentile", "P99"},
      {"sections.peak_rates[0].rate_qps", -1.0},
      {"sections.peak_rates[0].replicates_qps", JsonValue::Array(1001, JsonValue(1))},
      {"sections.peak_rates[0].predictions", JsonValue::Array(101, JsonValue(1))},
      {"sections.peak_rates[0].probes", JsonValue::Array(10'001, JsonValue(1))},
      {"sections.peak_rates", JsonValue::Array(1001, JsonValue(1))},
      {"sections.peak_rates", JsonValue::object()},
      {"sections.load_sweeps[0].points[0].p99_ns", -1},
      {"sections.tracks[0].track", "tiny"},
      {"sections.tracks[1].edge.trials[0].cameras", 0},
      {"sections.tracks[2].mobile.missed_by_tenth", JsonValue::Array(11, JsonValue(1))},
      {"sections.tracks[0].findings", JsonValue::Array(101, JsonValue("x"))},
      {"sections.calibration.clock_read_ns", -1.0},
      {"sections.calibration.schedule_slip[0].over_1us_fraction", 2.0},
      {"sections.calibration.queue[0].utilisation", "half"},
      {"quiet.verdict", "loud"},
      {"protocol", 0}};
  for (const auto& [path, value] : bad) {
    const std::string sentence = refusal(replaced(document, path, value));
    EXPECT_NE(sentence, "") << path;
    EXPECT_NE(sentence.find(path.substr(0, path.rfind('['))), std::string::npos)
        << path << ": " << sentence;
  }
}

TEST(Document, ControlCharactersOfAKeyDoNotReachTheSentence) {
  const JsonValue document = testing::renamed(golden(), "machine.facts.kernel", "ker\x1b[31mnel\n");
  const std::string sentence =
      refusal(testing::without(document, "machine.facts.ker\x1b[31mnel\n.value"));
  EXPECT_NE(sentence.find("\\x1b[31m"), std::string::npos) << sentence;
  EXPECT_EQ(sentence.find('\x1b'), std::string::npos);
  EXPECT_EQ(sentence.find('\n'), std::string::npos);
}

TEST(Document, AFileOfManyNamesEndsSoon) {
  JsonValue::Object facts;
  for (int i = 0; i < 100'000; ++i) facts.emplace_back("f" + std::to_string(i), JsonValue(nullptr));
  EXPECT_NE(refusal(replaced(golden(), "machine.facts", facts)).find("machine.facts"),
            std::string::npos);
}

}  // namespace
}  // namespace perfbench
