#include "reports/text/roofline_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "reports/text/roofline_view.hpp"
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

/// The part of the text under a heading, up to the next empty line.
std::string section_of(const std::string& text, const std::string& heading) {
  const std::size_t begin = text.find("\n" + heading);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find("\n\n", begin + 1) - begin);
}

Roof* find_roof(Report& report, const std::string& kernel, MemoryLevel level, int threads) {
  for (Roof& roof : report.roofline->roofs) {
    if (roof.kernel == kernel && roof.level == level && roof.threads == threads) return &roof;
  }
  return nullptr;
}

TEST(RooflineText, GoldenText) {
  const std::string text = roofline_text(synthetic_report(), {}, kPaths);
  if (testing::update_golden("roofline.txt", text)) GTEST_SKIP() << "golden file written anew";
  EXPECT_EQ(text, read_golden("roofline.txt"));
}

TEST(RooflineText, WithoutARooflineItIsTheSummary) {
  Report report = synthetic_report();
  report.roofline.reset();
  EXPECT_EQ(roofline_text(report, {}, kPaths), summary_text(report, {}, kPaths));
  report.roofline.emplace();
  EXPECT_TRUE(contains(roofline_text(report), "One query of gemm"));
}

TEST(RooflineText, WhatIsAboveItsLimitIsAVerdictAndNoFigure) {
  Report report = synthetic_report();
  const auto wrong =
      std::find_if(report.roofline->roofs.begin(), report.roofline->roofs.end(), [](const Roof& r) {
        return r.verdict.validity == Validity::kInvalid;
      });
  ASSERT_NE(wrong, report.roofline->roofs.end()) << "the synthetic report must hold one";
  const std::string figure = in_table(wrong->kind, wrong->rate.best);
  const std::string text = roofline_text(report);
  EXPECT_FALSE(contains(section_of(text, "COMPUTE"), " " + figure + " "));
  EXPECT_TRUE(contains(joined(section_of(text, "COMPUTE")), "int8 dot avx2 refused"));
  EXPECT_TRUE(contains(joined(text), "int8 dot avx2, one core INVALID:"));
  // Positive control: within its limit it is a figure like the others.
  wrong->verdict = {Validity::kValid, {}};
  EXPECT_TRUE(contains(section_of(roofline_text(report), "COMPUTE"), " " + figure + " "));
}

TEST(RooflineText, CountedAndMovedBytesStandApart) {
  Report report = synthetic_report();
  Roof* copy = find_roof(report, "copy", MemoryLevel::kDram, 1);
  ASSERT_NE(copy, nullptr);
  copy->rate.best = 10e9;
  copy->moved_per_counted_1000 = Bytes(1500);
  const std::string memory = section_of(roofline_text(report), "MEMORY, one core");
  EXPECT_TRUE(contains(memory, "10.0        15.0")) << memory;
  copy->moved_per_counted_1000 = Bytes(0);
  EXPECT_TRUE(contains(section_of(roofline_text(report), "MEMORY, one core"), "10.0           -"));
}

TEST(RooflineText, CoresScaleInOneLineAndEpochsHaveTheirOwn) {
  const std::string scale = joined(section_of(roofline_text(synthetic_report()), "SCALE"));
  EXPECT_TRUE(contains(scale, "best one core 2 cores 4 cores")) << scale;
  EXPECT_TRUE(contains(scale, "fp32 fma avx512 223 443 (99 %) 843 (95 %)")) << scale;
  EXPECT_TRUE(contains(scale, "fp32 fma avx512, sustained 206 - 774")) << scale;
  EXPECT_TRUE(contains(scale, "DRAM read, epoch 1"));
  EXPECT_TRUE(contains(scale, "4 cores, epoch 1: a message between its cores takes 193 ns"));
  Report report = synthetic_report();
  std::erase_if(report.roofline->roofs, [](const Roof& roof) { return roof.epoch > 0; });
  EXPECT_FALSE(contains(roofline_text(report), "epoch"));
}

TEST(RooflineText, KindsOfCoresAndNodesHaveLinesOfTheirOwn) {
  Report report = synthetic_report();
  EXPECT_EQ(section_of(roofline_text(report), "PLACES"), "");
  for (Roof& roof : report.roofline->roofs) {
    if (roof.team == "2c") roof.team = "2c-n0-m1";
  }
  const std::string text = roofline_text(report);
  EXPECT_TRUE(contains(section_of(text, "PLACES"), "2 cores of node 0, memory of node 1"));
  EXPECT_FALSE(contains(section_of(text, "SCALE"), "2 cores"));
}

TEST(RooflineText, TeamsInWords) {
  EXPECT_EQ(team_words("1c", 1), "one core");
  EXPECT_EQ(team_words("4c8t", 8), "4 cores, 8 threads");
  EXPECT_EQ(team_words("1c-e", 1), "one efficiency core");
  EXPECT_EQ(team_words("8c-p", 8), "8 performance cores");
  EXPECT_EQ(team_words("4c-n0-m1", 4), "4 cores of node 0, memory of node 1");
  EXPECT_EQ(team_words("", 2), "2 threads") << "reports of before tell threads alone";
  for (const char* odd : {"c", "4", "4cx", "4c8", "4c-n", "-1c", "99999999999c", "team"})
    EXPECT_EQ(team_words(odd, 1), odd);
}

TEST(RooflineText, MarksAreExplainedUnderTheFirstTableThatHasThem) {
  Report report = synthetic_report();
  const std::string text = roofline_text(report);
  EXPECT_TRUE(contains(joined(section_of(text, "SCALE")), "~ part of it may be cache hits"));
  EXPECT_FALSE(contains(text, "* something shared"));
  Roof* read = find_roof(report, "read", MemoryLevel::kL2, 1);
  ASSERT_NE(read, nullptr);
  read->contended = true;
  read->may_hold_cache_hits = true;
  const std::string marked = roofline_text(report);
  EXPECT_TRUE(contains(section_of(marked, "SCALE"), in_table(read->kind, read->rate.best) + "*~"));
  const std::string sentence = "* something shared the core";
  EXPECT_EQ(marked.find(sentence), marked.rfind(sentence)) << "said once";
}

TEST(RooflineText, AHeadlineThatMayHoldCacheHitsSaysSo) {
  Report report = synthetic_report();
  const std::string caveat = "of which part may be cache hits";
  EXPECT_FALSE(contains(joined(roofline_text(report)), caveat));
  for (Roof& roof : report.roofline->roofs) {
    if (roof.level == MemoryLevel::kDram) roof.may_hold_cache_hits = true;
  }
  const std::string text = joined(roofline_text(report));
  EXPECT_LT(text.find(caveat), text.find("COMPUTE")) << text.substr(0, 500);
}

TEST(RooflineText, LevelsTellWhatWasFoundBesideWhatIsTold) {
  Report report = synthetic_report();
  EXPECT_TRUE(contains(joined(section_of(roofline_text(report), "LEVELS")),
                       "L3: by load latency less than half"));
  report.roofline->cache_levels[2].told = report.roofline->cache_levels[2].found;
  report.roofline->cache_levels[1].found = Reading<Bytes>::unavailable("no step of the latency");
  const std::string levels = joined(section_of(roofline_text(report), "LEVELS"));
  EXPECT_FALSE(contains(levels, "less than half"));
  EXPECT_TRUE(contains(levels, "L2 was not found: no step of the latency"));
}

TEST(RooflineText, AGapOfTheLibraryHasItsRatioAndRemedy) {
  Report report = synthetic_report();
  const std::string library = joined(section_of(roofline_text(report), "LIBRARY"));
  EXPECT_TRUE(contains(library, "gets 106 GFLOP/s in sgemm square from OpenBLAS")) << library;
  EXPECT_TRUE(contains(library, "this CPU can 208 GFLOP/s, 1.96 times as much. Remedy: unset"));
  // Remedies come with the warning that judged the gap; the text invents none.
  report.machine.warnings.clear();
  EXPECT_FALSE(contains(section_of(roofline_text(report), "LIBRARY"), "Remedy"));
  for (LibraryTrial& trial : report.roofline->library_trials) trial.rate_flop_per_s = 5e9;
  EXPECT_FALSE(contains(section_of(roofline_text(report), "LIBRARY"), "Remedy"));
}

TEST(RooflineText, RatesOfTwoSizesAreNotDivided) {
  Report report = synthetic_report();
  EXPECT_TRUE(contains(section_of(roofline_text(report), "LIBRARY"), "1.96x"));
  report.roofline->library_trials[0].shape = MatrixShape{1024, 1024, 1024};
  EXPECT_FALSE(contains(section_of(roofline_text(report), "LIBRARY"), "1.96x"));
}

TEST(RooflineText, TheFastestOfEachProductComesFirst) {
  const std::string text = roofline_text(synthetic_report());
  const std::string products = section_of(text, "MATRIX PRODUCTS");
  const std::size_t product = products.find("fp32 4 x 4096 x 4096, one core");
  ASSERT_NE(product, std::string::npos);
  const std::size_t packed = products.find("packed avx512", product);
  const std::size_t onednn = products.find("oneDNN 2.6", product);
  const std::size_t openblas = products.find("OpenBLAS 0.3.21", product);
  EXPECT_LT(packed, onednn);
  EXPECT_LT(onednn, openblas);
  EXPECT_TRUE(contains(joined(products), "Memory-bound: at 2 flop per byte"));
}

TEST(RooflineText, AReportOfBeforeTeamsIsTold) {
  Report report = synthetic_report();
  for (Roof& roof : report.roofline->roofs) roof.team.clear();
  for (Dot& dot : report.roofline->dots) {
    dot.team.clear();
    dot.shape.reset();
  }
  report.roofline->ridge_points.clear();
  const std::string text = roofline_text(report);
  EXPECT_TRUE(contains(text, "COMPUTE, 1 thread"));
  EXPECT_TRUE(contains(section_of(text, "SCALE"), "1 thread"));
  EXPECT_TRUE(contains(joined(text), "on 4 threads in fp32"));
}

TEST(RooflineText, AStrangersThousandsEndSoon) {
  Report report = synthetic_report();
  const Roof roof = report.roofline->roofs.front();
  const Dot dot = report.roofline->dots.front();
  for (int i = 0; i < 5'000; ++i) {
    Roof other = roof;
    other.kernel = "k" + std::to_string(i);
    other.team = std::to_string(i % 700) + "c";
    report.roofline->roofs.push_back(other);
    report.roofline->dots.push_back(dot);
    report.roofline->dots.back().kernel = other.kernel;
    report.roofline->dots.back().shape = MatrixShape{i + 1, 1, 1};
    report.roofline->notes.push_back(other.kernel);
    report.roofline->ridge_points.push_back(report.roofline->ridge_points.front());
  }
  EXPECT_LT(lines_of(roofline_text(report)).size(), 3000U);
  EXPECT_LT(lines_of(summary_text(report)).size(), 3000U);
}

}  // namespace
}  // namespace perfbench
