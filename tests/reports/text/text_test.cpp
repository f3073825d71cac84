#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "reports/text/layout.hpp"
#include "reports/text/machine_text.hpp"
#include "reports/text/plan_text.hpp"
#include "reports/text/roofline_text.hpp"
#include "reports/text/summary.hpp"
#include "tests/reports/support/synthetic_report.hpp"
#include "tests/reports/text/text_lines.hpp"

namespace perfbench {
namespace {

using testing::contains;
using testing::joined;
using testing::kPaths;
using testing::lines_of;
using testing::read_golden;
using testing::synthetic_report;

std::string without_colour(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = text.find('m', i);
    } else {
      plain += text[i];
    }
  }
  return plain;
}

TEST(Layout, WrapsBetweenWords) {
  TextOptions options;
  options.width = 40;
  EXPECT_EQ(wrap("one two", options), "one two\n");
  EXPECT_EQ(wrap("", options, "  - "), "  -\n");
  EXPECT_EQ(wrap(std::string(30, 'a') + " " + std::string(20, 'b'), options, "- "),
            "- " + std::string(30, 'a') + "\n  " + std::string(20, 'b') + "\n");
  EXPECT_EQ(wrap(std::string(60, 'a'), options), std::string(60, 'a') + "\n")
      << "a long word is not cut";
}

TEST(Layout, CountsCharactersAndNotColours) {
  EXPECT_EQ(visible_width("abc"), 3U);
  EXPECT_EQ(visible_width("Gr\xc3\xbc\xc3\x9f"), 4U);
  EXPECT_EQ(visible_width("\x1b[31mred\x1b[0m"), 3U);
}

TEST(Layout, ATableThatDoesNotFitBecomesBlocks) {
  Table table({"what", "best", "typical"});
  table.add_row({"a long name of a roof", "273 GFLOP/s", "270 GFLOP/s"});
  TextOptions wide;
  TextOptions narrow;
  narrow.width = 40;
  EXPECT_EQ(lines_of(table.text(wide, "")).size(), 2U);
  EXPECT_EQ(table.text(narrow, ""),
            "a long name of a roof\n  best 273 GFLOP/s   typical 270 GFLOP/s\n");
}

TEST(Layout, BlocksKeepTheDepthOfTheirRowsAndLeaveOutWhatIsNot) {
  Table table({"what", "best", "typical"});
  table.add_line("a heading of the rows below it");
  table.add_row({"  a row that is much too long to fit", "273 GFLOP/s", std::string(kNoCell)});
  TextOptions narrow;
  narrow.width = 40;
  EXPECT_EQ(table.text(narrow, ""),
            "a heading of the rows below it\n  a row that is much too long to fit\n"
            "    best 273 GFLOP/s\n");
}

TEST(Summary, GoldenText) {
  const std::string text = summary_text(synthetic_report(), {}, kPaths);
  if (testing::update_golden("summary.txt", text)) GTEST_SKIP() << "golden file written anew";
  EXPECT_EQ(text, read_golden("summary.txt"));
}

TEST(Summary, FitsEveryWidth) {
  for (int width = 40; width <= 130; width += 6) {
    TextOptions options;
    options.width = width;
    for (const std::string& text : {summary_text(synthetic_report(), options, kPaths),
                                    roofline_text(synthetic_report(), options, kPaths)}) {
      for (const std::string& line : lines_of(text)) {
        // A command to copy is not broken.
        if (contains(line, "report.json") || contains(line, "report.html")) continue;
        EXPECT_LE(visible_width(line), static_cast<std::size_t>(width)) << line;
      }
    }
  }
}

TEST(Summary, ColourAddsNothingButColour) {
  TextOptions colour;
  colour.colour = true;
  const std::string coloured = summary_text(synthetic_report(), colour, kPaths);
  EXPECT_TRUE(contains(coloured, "\x1b["));
  EXPECT_EQ(without_colour(coloured), summary_text(synthetic_report(), {}, kPaths));
  EXPECT_EQ(without_colour(roofline_text(synthetic_report(), colour, kPaths)),
            roofline_text(synthetic_report(), {}, kPaths));
}

TEST(Summary, SaysWhatWasMeasuredFirst) {
  const std::string text = joined(summary_text(synthetic_report()));
  EXPECT_EQ(text.rfind("This machine computes up to ", 0), 0U) << text.substr(0, 80);
  EXPECT_TRUE(contains(text, "GFLOP/s on 4 cores in fp32"));
  EXPECT_TRUE(contains(text, "sustained (223 GFLOP/s on one core"));
  EXPECT_TRUE(contains(text, "GB/s where the host placed the cores otherwise"));
  EXPECT_TRUE(contains(text, "The machine was quiet meanwhile"));
}

TEST(Summary, NoCommandWithoutASavedReport) {
  EXPECT_FALSE(contains(summary_text(synthetic_report()), "NEXT"));
  EXPECT_FALSE(contains(summary_text(synthetic_report(), {}, {"-", ""}), "NEXT"));
  EXPECT_TRUE(
      contains(summary_text(synthetic_report(), {}, kPaths), "perfbench check report.json"));
  EXPECT_TRUE(contains(summary_text(synthetic_report(), {}, {"my report.json", ""}),
                       "perfbench render 'my report.json'"));
}

TEST(Summary, ARefusedPercentileShowsTheQueriesThatWouldDo) {
  EXPECT_TRUE(contains(summary_text(synthetic_report()), "P99 needs 368 queries"));
}

TEST(Summary, ADisturbedMachineIsSaidFirstAndWithItsRemedy) {
  Report report = synthetic_report();
  report.quiet.verdict = {Quietness::kDisturbed,
                          {{"foreign-cpu", "Others took 97 % of a core.", "Stop them."}}};
  const std::string text = joined(summary_text(report));
  EXPECT_LT(text.find("not quiet"), text.find("COMPUTE ROOFS"));
  EXPECT_TRUE(contains(text, "Others took 97 % of a core."));
  EXPECT_TRUE(contains(text, "Remedy: Stop them."));
}

TEST(Summary, AnInvalidFigureIsNoHeadline) {
  Report report = synthetic_report();
  const std::string before = joined(summary_text(report));
  for (Roof& roof : report.roofline->roofs) {
    if (roof.threads != 4 || roof.precision != Precision::kFp32) continue;
    roof.verdict = {Validity::kInvalid,
                    {{"above-limit", "Above the documented limit.", "Report it."}}};
  }
  const std::string text = joined(summary_text(report));
  EXPECT_NE(before.substr(0, 60), text.substr(0, 60));
  EXPECT_TRUE(contains(text, "3 figures are INVALID and must not be used"));
  EXPECT_TRUE(contains(text, "INVALID: Above the documented limit. Remedy: Report it."));
}

TEST(Summary, APartialRunSaysSo) {
  Report report = synthetic_report();
  report.partial = true;
  report.partial_reason = "interrupted by SIGINT";
  EXPECT_TRUE(
      contains(joined(summary_text(report)), "The run was cut short (interrupted by SIGINT)"));
}

TEST(Summary, AnUnknownLimitIsNotANumber) {
  Report report = synthetic_report();
  report.roofline->roofs.resize(1);
  report.roofline->roofs[0].limit_per_core_cycle = Reading<double>::unavailable("identity masked");
  report.roofline->roofs[0].fraction_of_limit.reset();
  EXPECT_TRUE(contains(joined(summary_text(report)), "limit unknown: identity masked"));
}

TEST(Summary, ALowerBoundIsMarkedAndExplained) {
  Report report = synthetic_report();
  EXPECT_FALSE(contains(summary_text(report), "223+"));
  report.roofline->roofs[0].lower_bound = true;
  report.roofline->roofs[0].lower_bound_reason = "the CPU has AMX";
  EXPECT_TRUE(contains(summary_text(report), "  223+ "));
  EXPECT_TRUE(contains(joined(summary_text(report)), "+ at least: the CPU has AMX"));
}

TEST(Summary, AContendedRoofIsMarkedAndExplained) {
  Report report = synthetic_report();
  EXPECT_FALSE(contains(summary_text(report), "*"));
  report.roofline->roofs[0].contended = true;
  EXPECT_TRUE(contains(summary_text(report), "  223* "));
  EXPECT_TRUE(contains(joined(summary_text(report)), "* something shared the core or the memory"));
}

TEST(Summary, AnEmptyReportHasASentence) {
  const std::string text = summary_text(Report{});
  EXPECT_TRUE(contains(text, "No figure was measured"));
}

/// Every text of a report, from a stranger.
Report hostile(const std::string& poison) {
  Report report = synthetic_report();
  report.label = poison;
  report.partial = true;
  report.partial_reason = poison;
  report.plan.preset = poison;
  report.plan.entries.push_back({poison, poison});
  report.plan.steps.push_back({poison, poison, 1.0, std::nullopt});
  for (Fact& fact : report.machine.facts)
    fact = {poison, poison, Reading<FactValue>::of(poison, poison)};
  report.machine.facts.push_back({poison, poison, Reading<FactValue>::unavailable(poison)});
  report.machine.facts.push_back(
      {poison, poison, Reading<FactValue>::of(std::vector<std::string>{poison}, poison)});
  report.machine.warnings = {{poison, poison, poison, poison}};
  const Verdict verdict{Validity::kInvalid, {{poison, poison, poison}}};
  report.quiet.verdict = {Quietness::kDisturbed, verdict.reasons};
  report.quiet.disturbance.share = Reading<double>::unavailable(poison);
  report.quiet.disturbance.quota_throttled = Reading<std::int64_t>::unavailable(poison);
  for (Roof& roof : report.roofline->roofs) {
    roof.kernel = roof.team = roof.placement = roof.lower_bound_reason = poison;
    roof.lower_bound = true;
    roof.limit_per_core_cycle = Reading<double>::unavailable(poison);
    roof.verdict = verdict;
  }
  for (Dot& dot : report.roofline->dots) {
    dot.kernel = dot.implementation = dot.team = dot.placement = dot.roof = dot.zone = poison;
    dot.verdict = verdict;
  }
  for (LibraryTrial& trial : report.roofline->library_trials) {
    trial.library = trial.setting = trial.core_name = trial.operation = trial.shape_class =
        trial.failure = poison;
  }
  for (CacheLevel& level : report.roofline->cache_levels)
    level.told = level.found = Reading<Bytes>::unavailable(poison);
  report.roofline->notes = {poison};
  for (ScenarioResult& result : report.scenarios) {
    result.workload = result.description = result.implementation = result.placement = result.roof =
        poison;
    result.verdict = verdict;
  }
  return report;
}

bool is_plain(const std::string& text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7F) return false;
  }
  return !contains(text, "\xc2\x9b");
}

TEST(Text, AStrangersTextCannotSteerTheTerminal) {
  const std::string poison =
      "evil \x1b]0;title\x07 \x1b[2J\xc2\x9b"
      "1m \r\n\t\b";
  ASSERT_FALSE(is_plain(poison)) << "the poison must be one";
  const Report report = hostile(poison);
  const std::string file = "a'\x1b[2J.json";
  for (const std::string& text : {summary_text(report, {}, {file, file}),
                                  roofline_text(report, {}, {file, file}),
                                  probe_text(report),
                                  plan_text(report.plan),
                                  warnings_text(report.machine)}) {
    EXPECT_TRUE(is_plain(text));
    EXPECT_TRUE(contains(text, "evil"));
  }
}

TEST(Text, NumbersThatAreNoneAreSaid) {
  Report report = synthetic_report();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  report.roofline->roofs[0].rate = {nan, nan, nan, nan};
  report.quiet.noise_floor[0].loss_fraction = nan;
  report.plan.steps[0].estimated_s = nan;
  EXPECT_TRUE(contains(summary_text(report), "not a number"));
  EXPECT_TRUE(contains(plan_text(report.plan), "not a number"));
}

TEST(Probe, TellsEveryFactOrWhyThereIsNone) {
  const std::string text = joined(probe_text(synthetic_report()));
  EXPECT_TRUE(contains(text, "cache_l2_bytes: 2 MiB (hwloc)"));
  EXPECT_TRUE(contains(text, "clock_hz: 3.50 GHz (dependent-add chain)"));
  EXPECT_TRUE(contains(text, "smt: no (cpu/smt/control)"));
  EXPECT_TRUE(contains(text, "governor: not available: no cpufreq on this machine"));
  EXPECT_TRUE(contains(text, "2 things make its figures fragile"));
  EXPECT_TRUE(contains(text, "Remedy: unset OPENBLAS_CORETYPE"));
  EXPECT_TRUE(contains(text, "Noise floor:"));
}

TEST(Probe, AFitMachineIsCalledFit) {
  Report report = synthetic_report();
  report.machine.warnings.clear();
  EXPECT_TRUE(contains(joined(probe_text(report)), "fit to measure on"));
}

TEST(Plan, TellsStepsSumAndSettings) {
  const std::string text = joined(plan_text(synthetic_report().plan));
  EXPECT_TRUE(contains(text, "Preset quick, seed 42: 27 steps, about 3 min 43 s."));
  EXPECT_TRUE(contains(text, "5. arithmetic, one core, about 4 s"));
  EXPECT_TRUE(contains(text, "threads: 4"));
  EXPECT_TRUE(contains(text, "max_time_s: 80"));
}

}  // namespace
}  // namespace perfbench
