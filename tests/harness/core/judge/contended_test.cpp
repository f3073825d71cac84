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

TEST(Contended, NotWithoutWindows) { EXPECT_EQ(judged(summary(0, 0), RoofKind::kCompute), Ids{}); }

}  // namespace
}  // namespace perfbench
