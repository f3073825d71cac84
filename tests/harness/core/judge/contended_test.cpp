#include "harness/core/judge/contended.hpp"

#include <gtest/gtest.h>

#include "tests/harness/core/judge/reasons.hpp"

namespace perfbench {
namespace {

WindowSummary summary(double best, double median) {
  WindowSummary result;
  result.best = best;
  result.median = median;
  return result;
}

using Ids = std::vector<std::string>;

Ids judged(const WindowSummary& s, RoofKind kind, std::optional<double> sentinel = std::nullopt) {
  const Contention result = judge_contended(s, kind, sentinel);
  EXPECT_EQ(result.contended, !result.reasons.empty());
  return ids(result.reasons);
}

TEST(Contended, WhenTheTypicalWindowIsFarBelowTheBest) {
  EXPECT_EQ(judged(summary(100, 90), RoofKind::kCompute), Ids{});
  EXPECT_EQ(judged(summary(100, 89.9), RoofKind::kCompute), Ids{"contended-windows"});
  EXPECT_EQ(judged(summary(100, 89.9), RoofKind::kBandwidth), Ids{"contended-windows"});
}

TEST(Contended, OfLatenciesTakesTheSmallestAsBest) {
  EXPECT_EQ(judged(summary(90, 100), RoofKind::kLatency), Ids{});
  EXPECT_EQ(judged(summary(80, 100), RoofKind::kLatency), Ids{"contended-windows"});
}

TEST(Contended, WhenTheSentinelRanSlow) {
  EXPECT_EQ(judged(summary(100, 99), RoofKind::kCompute, 0.90), Ids{});
  EXPECT_EQ(judged(summary(100, 99), RoofKind::kCompute, 0.899), Ids{"contended-sentinel"});
  EXPECT_EQ(judged(summary(100, 50), RoofKind::kCompute, 0.5),
            (Ids{"contended-windows", "contended-sentinel"}));
}

TEST(Contended, WhenEveryWindowWasHalvedAlike) {
  Disturbance beside_hog;
  beside_hog.foreign_cpu_cores = Reading<double>::of(0.97, "a test");
  beside_hog.share = Reading<double>::of(0.5, "a test");
  beside_hog.gap_loss_fraction = Reading<double>::of(0.2, "a test");
  const Contention hog =
      judge_contended(summary(50, 49), RoofKind::kCompute, std::nullopt, beside_hog);
  EXPECT_TRUE(hog.contended);
  ASSERT_EQ(hog.reasons.size(), 2U) << "the gap test is the machine's floor";
  EXPECT_EQ(hog.reasons[0].id, "foreign-cpu");
  EXPECT_EQ(hog.reasons[1].id, "share");
  Disturbance alone = beside_hog;
  alone.foreign_cpu_cores = Reading<double>::of(0.001, "a test");
  alone.share = Reading<double>::of(0.999, "a test");
  EXPECT_FALSE(judge_contended(summary(50, 49), RoofKind::kCompute, std::nullopt, alone).contended);
}

TEST(Contended, NotWithoutWindows) { EXPECT_EQ(judged(summary(0, 0), RoofKind::kCompute), Ids{}); }

}  // namespace
}  // namespace perfbench
