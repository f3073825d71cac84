#include "reports/check/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/units/error.hpp"
#include "reports/document/write.hpp"
#include "tests/reports/support/json_walk.hpp"
#include "tests/reports/support/synthetic_report.hpp"

namespace perfbench {
namespace {

using testing::leaves;
using testing::pattern_of;
using testing::Place;
using testing::read_golden;
using testing::replaced;
using testing::synthetic_report;

bool names(const CheckResult& result, const std::string& path) {
  return std::any_of(result.disagreements.begin(),
                     result.disagreements.end(),
                     [&](const Disagreement& found) { return found.path == path; });
}

std::string listed(const CheckResult& result) {
  std::string text;
  for (const Disagreement& found : result.disagreements) {
    text += found.path + ": " + found.stored + " against " + found.recomputed + "\n";
  }
  return text;
}

TEST(Check, TheUntouchedReportPasses) {
  const CheckResult result = check_document(read_golden("report.json"));
  EXPECT_TRUE(result.ok()) << listed(result);
  EXPECT_GT(result.compared, 300U);
  EXPECT_TRUE(result.not_checkable.empty());
  EXPECT_TRUE(check_report(synthetic_report()).ok());
}

/// What was measured or told, and so cannot be recomputed; everything else in a report is derived.
/// A key that is new in the document is taken for derived until it is listed here.
bool is_raw(const std::string& pattern) {
  static const std::set<std::string> raw{"schema",
                                         "protocol",
                                         "label",
                                         "started_utc",
                                         "partial",
                                         "partial_reason",
                                         "command[]",
                                         "quiet.windows",
                                         "quiet.windows_quiet",
                                         "sections.roofline.roofs[].kind",
                                         "sections.roofline.roofs[].precision",
                                         "sections.roofline.roofs[].isa",
                                         "sections.roofline.roofs[].level",
                                         "sections.roofline.roofs[].kernel",
                                         "sections.roofline.roofs[].placement",
                                         "sections.roofline.roofs[].cpus[]",
                                         "sections.roofline.roofs[].threads",
                                         "sections.roofline.roofs[].cores",
                                         "sections.roofline.roofs[].working_set_bytes",
                                         "sections.roofline.roofs[].moved_bytes_per_1000_counted",
                                         "sections.roofline.roofs[].flop_per_window",
                                         "sections.roofline.roofs[].byte_per_window",
                                         "sections.roofline.roofs[].window_ns[]",
                                         "sections.roofline.roofs[].clock_hz",
                                         "sections.roofline.roofs[].clock_source",
                                         "sections.roofline.roofs[].clock_relative_uncertainty",
                                         "sections.roofline.roofs[].limit_per_core_cycle",
                                         "sections.roofline.roofs[].limit_source",
                                         "sections.roofline.roofs[].limit_unavailable",
                                         "sections.roofline.roofs[].limit_may_refuse",
                                         "sections.roofline.roofs[].lower_bound_reason",
                                         "sections.roofline.roofs[].sentinel_ratio",
                                         "sections.roofline.dots[].kernel",
                                         "sections.roofline.dots[].implementation",
                                         "sections.roofline.dots[].threads",
                                         "sections.roofline.dots[].placement",
                                         "sections.roofline.dots[].flop_per_window",
                                         "sections.roofline.dots[].window_ns[]",
                                         "sections.roofline.dots[].intensity_flop_per_byte",
                                         "sections.roofline.dots[].class",
                                         "sections.roofline.dots[].sentinel_ratio",
                                         "sections.scenarios[].scenario",
                                         "sections.scenarios[].workload",
                                         "sections.scenarios[].description",
                                         "sections.scenarios[].implementation",
                                         "sections.scenarios[].closed_loop",
                                         "sections.scenarios[].worker_threads",
                                         "sections.scenarios[].placement",
                                         "sections.scenarios[].samples",
                                         "sections.scenarios[].warm_up_queries",
                                         "sections.scenarios[].duration_ns",
                                         "sections.scenarios[].min_duration_ns",
                                         "sections.scenarios[].latencies_ns[]",
                                         "sections.scenarios[].histogram.alpha",
                                         "sections.scenarios[].slip_ns.p50",
                                         "sections.scenarios[].slip_ns.p99",
                                         "sections.scenarios[].flop_per_sample",
                                         "sections.scenarios[].byte_per_sample",
                                         "sections.scenarios[].verified",
                                         "sections.scenarios[].checksum",
                                         "sections.scenarios[].partial",
                                         "sections.scenarios[].dropped"};
  for (const char* measured : {"tool.",
                               "plan.",
                               "machine.",
                               "quiet.disturbance.",
                               "quiet.noise_floor[].",
                               "sections.roofline.core_to_core[].",
                               "sections.roofline.library_trials[].",
                               "sections.roofline.notes[]"}) {
    if (pattern.starts_with(measured) && pattern != "quiet.noise_floor[].gaps_per_s") return true;
  }
  return raw.count(pattern) > 0 || pattern.find(".disturbance.") != std::string::npos;
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
  const JsonValue document = parse_json(read_golden("report.json"));
  std::map<std::string, std::size_t> tried;
  std::size_t tampers = 0;
  for (const Place& place : leaves(document)) {
    const std::string pattern = pattern_of(place.path);
    if (is_raw(pattern)) continue;
    // Hundreds of buckets differ in nothing but their number.
    const std::size_t most = pattern.ends_with(".counts[]") ? 6 : 8;
    if (++tried[pattern] > most) continue;
    for (const JsonValue& value : tampered(place.value)) {
      ++tampers;
      const JsonValue changed = replaced(document, place.path, value);
      try {
        const CheckResult result = check_document(write_json(changed, 0));
        if (is_sentence(pattern) && !has_digit(place.value.as_string())) {
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
        EXPECT_TRUE(in_reason || names(result, place.path) ||
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
  const JsonValue document = parse_json(read_golden("report.json"));
  for (const char* path : {"sections.roofline.roofs[0].flop_per_window",
                           "sections.roofline.roofs[4].byte_per_window",
                           "sections.roofline.roofs[0].clock_hz",
                           "sections.roofline.roofs[0].cores",
                           "sections.roofline.roofs[0].limit_per_core_cycle",
                           "sections.roofline.dots[0].flop_per_window",
                           "sections.scenarios[0].latencies_ns[17]",
                           "sections.scenarios[0].duration_ns",
                           "sections.scenarios[0].samples",
                           "sections.scenarios[0].flop_per_sample",
                           "sections.scenarios[0].verified",
                           "sections.scenarios[0].dropped",
                           "quiet.disturbance.foreign_cpu_cores.value",
                           "quiet.noise_floor[1].gaps"}) {
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
  report.scenarios[1].verdict.reasons[0].text = "an older version said it in other words: 320";
  const CheckResult result = check_report(report);
  EXPECT_TRUE(result.ok()) << listed(result);
  ASSERT_EQ(result.not_checkable.size(), 1U);
  EXPECT_NE(result.not_checkable[0].find("worded otherwise"), std::string::npos);
}

TEST(Check, WithoutSingleLatenciesTheHistogramDecides) {
  Report report = synthetic_report();
  report.scenarios[0].latencies.clear();
  const CheckResult untouched = check_report(report);
  EXPECT_TRUE(untouched.ok()) << listed(untouched);
  EXPECT_EQ(untouched.not_checkable.size(), 1U);

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
