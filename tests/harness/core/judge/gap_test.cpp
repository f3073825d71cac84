#include "harness/core/judge/gap.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace perfbench {
namespace {

PeakRate peak(double rate, double low, double high) {
  PeakRate made;
  made.found = rate > 0.0;
  made.rate_qps = rate;
  made.low_qps = low;
  made.high_qps = high;
  return made;
}

TEST(Gap, IsWhatServerMissesOfOffline) {
  const Estimate gap = gap_of(peak(300, 300, 300), {1000, 1000, 1000});
  EXPECT_DOUBLE_EQ(gap.value, 0.7);
  EXPECT_DOUBLE_EQ(gap.low, 0.7);
  EXPECT_DOUBLE_EQ(gap.high, 0.7);
}

TEST(Gap, EndsOfBothRatesAddUpInSquares) {
  // Alone moves it by 0.03 either way; Offline by 1 - 300/900 and 1 - 300/1100.
  const Estimate gap = gap_of(peak(300, 270, 330), {1000, 900, 1100});
  const double up = std::hypot(0.03, 0.3 - 300.0 / 1100.0);
  const double down = std::hypot(0.03, 300.0 / 900.0 - 0.3);
  EXPECT_NEAR(gap.high, 0.7 + up, 1e-12);
  EXPECT_NEAR(gap.low, 0.7 - down, 1e-12);
}

TEST(Gap, IsWholeWhereNoRateHolds) {
  EXPECT_DOUBLE_EQ(gap_of(peak(0, 0, 0), {1000, 900, 1100}).value, 1.0);
}

TEST(Closed, IsTheBatchersPartOfTheGap) {
  const Estimate closed = closed_of(peak(300, 300, 300), peak(650, 650, 650), {1000, 1000, 1000});
  EXPECT_DOUBLE_EQ(closed.value, 0.5);
  EXPECT_DOUBLE_EQ(closed.low, 0.5);
  EXPECT_DOUBLE_EQ(closed.high, 0.5);
}

TEST(Closed, ABatcherThatHurtsClosesLessThanNothing) {
  EXPECT_DOUBLE_EQ(closed_of(peak(300, 300, 300), peak(230, 230, 230), {1000, 1000, 1000}).value,
                   -0.1);
}

TEST(Closed, HasAnIntervalAroundIt) {
  const Estimate closed = closed_of(peak(300, 280, 320), peak(650, 600, 700), {1000, 950, 1050});
  EXPECT_LT(closed.low, 0.5);
  EXPECT_GT(closed.high, 0.5);
  EXPECT_GT(closed.low, 0.35);
  EXPECT_LT(closed.high, 0.65);
}

TEST(Closed, WithoutAGapThereIsNothingToClose) {
  const Estimate closed =
      closed_of(peak(1100, 1000, 1200), peak(1200, 1100, 1300), {1000, 900, 1100});
  EXPECT_EQ(closed.value, 0.0);
  EXPECT_EQ(closed.low, 0.0);
  EXPECT_EQ(closed.high, 0.0);
}

TEST(Closed, AGapWhoseIntervalReachesZeroStaysFinite) {
  const Estimate closed = closed_of(peak(950, 800, 1100), peak(980, 900, 1050), {1000, 900, 1100});
  EXPECT_TRUE(std::isfinite(closed.low) && std::isfinite(closed.high));
  EXPECT_LE(closed.low, closed.value);
  EXPECT_GE(closed.high, closed.value);
}

}  // namespace
}  // namespace perfbench
