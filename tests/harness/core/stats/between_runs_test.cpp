#include "harness/core/stats/between_runs.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "harness/core/plan/random.hpp"

namespace perfbench {
namespace {

TEST(BetweenRuns, IsStudentsTOnLogarithms) {
  // Logarithms -1, 0 and 1 (times ln 2): mean 0, standard deviation ln 2, t(2) = 4.3027.
  const BetweenRuns runs = between_runs(std::vector<double>{0.5, 1.0, 2.0});
  EXPECT_NEAR(runs.mean, 1.0, 1e-12);
  const double half = 4.302653 * std::log(2.0) / std::sqrt(3.0);
  EXPECT_NEAR(*runs.low, std::exp(-half), 1e-6);
  EXPECT_NEAR(*runs.high, std::exp(half), 1e-5);
}

TEST(BetweenRuns, OfOneOrNoneHasNoInterval) {
  const BetweenRuns one = between_runs(std::vector<double>{42.0});
  EXPECT_NEAR(one.mean, 42.0, 1e-12);
  EXPECT_FALSE(one.low || one.high);
  EXPECT_EQ(between_runs({}).mean, 0.0);
}

TEST(BetweenRuns, OfEqualRunsIsThatFigure) {
  const BetweenRuns runs = between_runs(std::vector<double>(7, 3.5));
  EXPECT_NEAR(*runs.low, 3.5, 1e-9);
  EXPECT_NEAR(*runs.high, 3.5, 1e-9);
}

TEST(BetweenRuns, WithoutALogarithmThereIsNoInterval) {
  const BetweenRuns runs = between_runs(std::vector<double>{0.0, 4.0});
  EXPECT_EQ(runs.mean, 2.0);
  EXPECT_FALSE(runs.low);
}

TEST(BetweenRuns, CoversTheTruthInNineteenOfTwenty) {
  Random random(3);
  int covered = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> figures;
    for (int run = 0; run < 5; ++run) {
      // Twelve uniform numbers less 6 are nearly normal.
      double normal = -6.0;
      for (int i = 0; i < 12; ++i) normal += static_cast<double>(random.next() >> 11U) * 0x1.0p-53;
      figures.push_back(100.0 * std::exp(0.1 * normal));
    }
    const BetweenRuns runs = between_runs(figures);
    covered += *runs.low <= 100.0 && 100.0 <= *runs.high ? 1 : 0;
  }
  EXPECT_NEAR(covered / static_cast<double>(kTrials), 0.95, 0.01);
}

}  // namespace
}  // namespace perfbench
