#include "reports/check/check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/units/error.hpp"
#include "reports/document/write.hpp"
#include "tests/reports/check/check_support.hpp"
#include "tests/reports/check/raw_keys.hpp"
#include "tests/reports/support/json_walk.hpp"
#include "tests/reports/support/synthetic_report.hpp"

namespace perfbench {
namespace {

using testing::expect_found;
using testing::is_raw;
using testing::leaves;
using testing::listed;
using testing::names;
using testing::pattern_of;
using testing::Place;
using testing::read_golden;
using testing::replaced;
using testing::small_synthetic_report;
using testing::synthetic_report;

TEST(Check, TheUntouchedReportPasses) {
  const CheckResult result = check_document(read_golden("report.json"));
  EXPECT_TRUE(result.ok()) << listed(result);
  EXPECT_GT(result.compared, 300U);
  EXPECT_TRUE(result.not_checkable.empty());
  EXPECT_TRUE(check_report(synthetic_report()).ok());
}

bool is_sentence(const std::string& pattern) {
  return pattern.ends_with(".reasons[].text") || pattern.ends_with(".reasons[].remedy");
}

bool has_digit(const std::string& text) {
  return text.find_first_of("0123456789") != std::string::npos;
}

/// Values that differ from `value` by a digit, a letter or a flag.
std::vector<JsonValue> tampered(const JsonValue& value) {
  std::vector<JsonValue> results;
  if (value.is_bool()) return {!value.as_bool()};
  if (value.is_null()) return {1.0};
  if (value.is_string()) {
    std::string text = value.as_string();
    const std::size_t digit = text.find_first_of("0123456789");
    const std::size_t place = digit == std::string::npos ? 0 : digit;
    if (text.empty()) return {"x"};
    text[place] = text[place] == '1' ? '2' : '1';
    return {text};
  }
  const std::string text = write_json(value, 0);
  std::size_t significant = 0;
  for (std::size_t i = 0; i < text.size() && text[i] != 'e'; ++i) {
    if (text[i] < '0' || text[i] > '9') continue;
    if (significant == 0 && text[i] == '0') continue;
    ++significant;
    // The first digit, and one that a reader would hardly look at.
    if (significant != 1 && significant != 6) continue;
    std::string changed = text;
    changed[i] = text[i] == '9' ? '8' : static_cast<char>(text[i] + 1);
    results.push_back(parse_json(changed));
  }
  if (results.empty()) results.emplace_back(value.as_double() + 1.0);
  return results;
}

TEST(Check, OneChangedDigitOfAnyDerivedFigureIsNamed) {
  const JsonValue document = parse_json(write_document(small_synthetic_report()));
  ASSERT_TRUE(check_document(write_json(document, 0)).ok())
      << listed(check_document(write_json(document, 0)));
  std::map<std::string, std::size_t> tried;
  std::size_t tampers = 0;
  for (const Place& place : leaves(document)) {
    const std::string pattern = pattern_of(place.path);
    if (is_raw(pattern)) continue;
    // Hundreds of buckets differ in nothing but their number.
    const std::size_t most = pattern.ends_with(".counts[]") ? 3 : 5;
    if (++tried[pattern] > most) continue;
    for (const JsonValue& value : tampered(place.value)) {
      ++tampers;
      const JsonValue changed = replaced(document, place.path, value);
      try {
        const CheckResult result = check_document(write_json(changed, 0));
        if (is_sentence(pattern) && !has_digit(place.value.as_string()) && result.ok()) {
          // Another wording may be another version's; it is told all the same.
          EXPECT_FALSE(result.not_checkable.empty()) << place.path;
          continue;
        }
        EXPECT_FALSE(result.ok()) << place.path << " may be changed to " << write_json(value, 0)
                                  << " unnoticed";
        if (result.ok()) continue;
        // The id of another roof of the report shows in the fraction of it.
        const bool of_roof = pattern.ends_with(".roof");
        // A reason's id decides which of its sentences are compared.
        const bool in_reason = pattern.find(".reasons[]") != std::string::npos;
        // Of two that must say the same, one is named.
        static const std::map<std::string, std::string> twins{
            {"partial_reason", "partial"},
            {"plan.settings.seed", "plan.seed"},
            {"plan.settings.preset", "plan.preset"}};
        const auto twin = twins.find(pattern);
        EXPECT_TRUE(in_reason || names(result, place.path) ||
                    (twin != twins.end() && names(result, twin->second)) ||
                    (of_roof && names(result, place.path + "_fraction")))
            << place.path << " is not named:\n"
            << listed(result);
      } catch (const InputError& error) {
        // A word that no enumerator has is refused with its path when the file is read.
        EXPECT_NE(std::string(error.what()).find(place.path), std::string::npos) << error.what();
      }
    }
  }
  EXPECT_GT(tried.size(), 60U);
  EXPECT_GT(tampers, 300U);
}

TEST(Check, ChangedRawDataIsFoundThroughItsFigures) {
  const JsonValue document = parse_json(write_document(small_synthetic_report()));
  std::map<std::string, std::string> of_kind;
  const JsonValue& roofs = document.at("sections.roofline.roofs");
  for (std::size_t i = 0; i < roofs.size(); ++i) {
    of_kind.emplace(roofs.as_array()[i].at("kind").as_string(),
                    "sections.roofline.roofs[" + std::to_string(i) + "].");
  }
  const std::string compute = of_kind.at("compute");
  for (const std::string& path : {compute + "flop_per_window",
                                  of_kind.at("bandwidth") + "byte_per_window",
                                  of_kind.at("latency") + "access_per_window",
                                  compute + "clock_hz",
                                  compute + "cores",
                                  compute + "limit_per_core_cycle",
                                  std::string("sections.roofline.dots[0].flop_per_window"),
                                  std::string("sections.roofline.dots[0].intensity_flop_per_byte"),
                                  std::string("sections.scenarios[0].latencies_ns[17]"),
                                  std::string("sections.scenarios[0].duration_ns"),
                                  std::string("sections.scenarios[0].samples"),
                                  std::string("sections.scenarios[0].flop_per_sample"),
                                  std::string("sections.scenarios[0].verified"),
                                  std::string("sections.scenarios[0].dropped"),
                                  std::string("quiet.disturbance.foreign_worst_cpu.value"),
                                  std::string("quiet.noise_floor[1].gaps")}) {
    const JsonValue value =
        document.at(path).is_bool()
            ? JsonValue(false)
            : JsonValue(std::round(document.at(path).as_double() * 1.001) + 7.0);
    const CheckResult result = check_document(write_json(replaced(document, path, value), 0));
    EXPECT_FALSE(result.ok()) << path;
  }
}

TEST(Check, AVerdictThatDoesNotFollowIsNamed) {
  Report report = synthetic_report();
  report.roofline->roofs[0].verdict = {Validity::kInvalid, {{"made-up", "because", ""}}};
  EXPECT_TRUE(names(check_report(report), "sections.roofline.roofs[0].verdict"));
  report = synthetic_report();
  report.quiet.verdict.quietness = Quietness::kDisturbed;
  EXPECT_TRUE(names(check_report(report), "quiet.verdict"));
}

TEST(Check, AnInvalidVerdictThatFollowsPasses) {
  Report report = synthetic_report();
  report.scenarios[0].verified = false;
  EXPECT_FALSE(check_report(report).ok()) << "VALID without a verified answer";
  const CheckResult result = check_report(report);
  EXPECT_TRUE(names(result, "sections.scenarios[0].verdict")) << listed(result);
}

TEST(Check, AnotherWordingIsNoTampering) {
  Report report = synthetic_report();
  ASSERT_FALSE(report.scenarios[1].verdict.reasons.empty());
  const std::string path = "sections.scenarios[1].reasons[0].text";
  report.scenarios[1].verdict.reasons[0].text = "an older version said it in other words: 320";
  const CheckResult result = check_report(report);
  EXPECT_TRUE(result.ok()) << listed(result);
  ASSERT_EQ(result.not_checkable.size(), 1U);
  EXPECT_NE(result.not_checkable[0].find("worded otherwise"), std::string::npos);
  // The figures of a sentence follow from the data, whatever its words.
  report.scenarios[1].verdict.reasons[0].text = "an older version said it in other words: 4711";
  EXPECT_TRUE(names(check_report(report), path));
}

TEST(Check, WithoutSingleLatenciesTheHistogramDecides) {
  Report report = synthetic_report();
  report.scenarios[0].latencies.clear();
  const CheckResult untouched = check_report(report);
  EXPECT_TRUE(untouched.ok()) << listed(untouched);
  // The percentiles' intervals, and early stopping.
  EXPECT_EQ(untouched.not_checkable.size(), 2U);

  Report moved = report;
  for (PercentileFigure& figure : moved.scenarios[0].latency.percentiles) {
    if (figure.ppm == 900'000) figure.value += figure.value / 10;
  }
  EXPECT_TRUE(names(check_report(moved), "sections.scenarios[0].latency_ns.p90.value"));
  moved = report;
  moved.scenarios[0].queries += 1;
  EXPECT_TRUE(names(check_report(moved), "sections.scenarios[0].queries"));
  moved = report;
  moved.scenarios[0].latency.max *= 2;
  EXPECT_TRUE(names(check_report(moved), "sections.scenarios[0].latency_ns.max"));
}

TEST(Check, CoresThatWereNotToldMustExplainTheFigure) {
  Report report = synthetic_report();
  Roof& roof = report.roofline->roofs[2];
  roof.cores = 0;
  EXPECT_TRUE(check_report(report).ok()) << listed(check_report(report));
  roof.per_core_cycle = *roof.per_core_cycle * 1.1;
  EXPECT_TRUE(names(check_report(report), "sections.roofline.roofs[2].per_core_cycle"));
}

TEST(CheckPlan, PartialAndItsReasonBelongTogether) {
  expect_found("partial", [](Report& report) { report.partial = true; });
  expect_found("partial", [](Report& report) { report.partial_reason = "SIGINT"; });
  Report report = synthetic_report();
  report.partial = true;
  report.partial_reason = "SIGINT";
  EXPECT_TRUE(check_report(report).ok()) << listed(check_report(report));
}

TEST(CheckPlan, SeedAndPresetAreThoseOfTheSettings) {
  expect_found("plan.seed", [](Report& report) { report.plan.seed = 43; });
  expect_found("plan.preset", [](Report& report) { report.plan.preset = "strict"; });
  Report report = synthetic_report();
  report.plan.seed = 43;
  report.plan.entries.clear();
  EXPECT_TRUE(check_report(report).ok()) << "a report without that setting has nothing to compare";
}

TEST(CheckPlan, ADeletedSectionLeavesItsStepBehind) {
  expect_found("sections.roofline", [](Report& report) {
    report.roofline.reset();
    for (ScenarioResult& result : report.scenarios) result.roof_fraction.reset();
  });
  expect_found("sections.scenarios", [](Report& report) { report.scenarios.clear(); });
  expect_found("sections.scenarios", [](Report& report) { report.scenarios.pop_back(); });
  expect_found("sections.roofline", [](Report& report) {
    report.roofline->notes.clear();
    std::erase_if(report.roofline->roofs, [](const Roof& roof) { return roof.team == "2c"; });
  });
  expect_found("sections.roofline", [](Report& report) {
    report.roofline->notes.clear();
    for (Roof& roof : report.roofline->roofs) roof.sustained.reset();
  });
  expect_found("sections.scenarios[0].workload",
               [](Report& report) { report.scenarios[0].workload = "other"; });
  // What was cut short may lack the rest.
  Report report = synthetic_report();
  report.scenarios.clear();
  report.partial = true;
  report.partial_reason = "SIGINT";
  EXPECT_TRUE(check_report(report).ok()) << listed(check_report(report));
}

TEST(Check, AReportOfBeforeTeamsPassesWithItsOwnIds) {
  Report report = synthetic_report();
  std::vector<Roof>& roofs = report.roofline->roofs;
  std::erase_if(roofs, [](const Roof& roof) {
    return roof.kind == RoofKind::kLatency || roof.epoch > 0 || roof.team != "1c";
  });
  roofs.resize(2);
  for (Roof& roof : roofs) {
    roof.team.clear();
    roof.core_to_core.reset();
  }
  report.roofline->dots.clear();
  report.roofline->ridge_points.clear();
  report.roofline->notes = {"L1, L2 and L3 roofs are not part of this preset."};
  for (ScenarioResult& result : report.scenarios) {
    result.roof.clear();
    result.roof_fraction.reset();
    result.bandwidth_roof.clear();
    result.bandwidth_fraction.reset();
  }
  // The best of the first scenario, held against the widest of two roofs with one id.
  ScenarioResult& gemm = report.scenarios[0];
  gemm.roof = "compute-fp32-1t";
  gemm.roof_fraction = static_cast<double>(gemm.flops_per_sample.count()) * gemm.rate.per_second() /
                       roofs[0].rate.best;
  JsonValue document = parse_json(write_document(report));
  for (const char* index : {"0", "1"}) {
    document = replaced(
        document, std::string("sections.roofline.roofs[") + index + "].id", "compute-fp32-1t");
  }
  const CheckResult result = check_document(write_json(document, 0));
  EXPECT_TRUE(result.ok()) << listed(result);
  document = replaced(document, "sections.roofline.roofs[0].id", "compute-fp64-1t");
  EXPECT_TRUE(names(check_document(write_json(document, 0)), "sections.roofline.roofs[0].id"));
}

TEST(Check, AReportOfNothingIsNotCalledGood) {
  CheckResult nothing;
  EXPECT_NE(check_text(nothing).find("no derived figure"), std::string::npos);
}

TEST(Check, TextNamesTheFigureAndWhatItShouldBe) {
  Report report = synthetic_report();
  EXPECT_EQ(check_text(check_report(report)).rfind("ok: all ", 0), 0U);
  report.roofline->roofs[0].rate.best *= 1.1;
  const std::string text = check_text(check_report(report));
  EXPECT_EQ(text.rfind("failed: ", 0), 0U);
  EXPECT_NE(text.find("sections.roofline.roofs[0].rate_flop_per_s.best"), std::string::npos)
      << text;
  EXPECT_NE(text.find("Remedy"), std::string::npos);
}

TEST(Check, TextOfAStrangersReportIsSafe) {
  Report report = synthetic_report();
  report.scenarios[0].verdict.reasons = {{"a\x1b[2Jb", "x", "y"}};
  const std::string text = check_text(check_report(report));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("\\x1b[2J"), std::string::npos) << text;
}

TEST(Check, WhatIsNoReportIsRefused) {
  EXPECT_THROW((void)check_document("{}"), InputError);
  EXPECT_THROW((void)check_document(""), InputError);
}

}  // namespace
}  // namespace perfbench
