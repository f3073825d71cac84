#include "harness/core/stats/robust.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace perfbench {
namespace {

TEST(Robust, MedianIsAValueThatWasMeasured) {
  EXPECT_EQ(median(std::vector<double>{3, 1, 2}), 2.0);
  EXPECT_EQ(median(std::vector<double>{4, 1, 3, 2}), 2.0) << "the lower of the two middle values";
  EXPECT_EQ(median(std::vector<double>{5}), 5.0);
  EXPECT_EQ(median(std::vector<double>(9, 2.5)), 2.5);
}

TEST(Robust, QuantileLeavesItsInputAlone) {
  const std::vector<double> values{5, 3, 1, 4, 2};
  EXPECT_EQ(quantile(values, 0), 1.0);
  EXPECT_EQ(quantile(values, 900'000), 5.0);
  EXPECT_EQ(quantile(values, 200'000), 1.0);
  EXPECT_EQ(quantile(values, 200'001), 2.0);
  EXPECT_EQ(values, (std::vector<double>{5, 3, 1, 4, 2}));
}

TEST(Robust, MedianAbsoluteDeviationShrugsOffAnOutlier) {
  EXPECT_EQ(median_absolute_deviation(std::vector<double>{1, 1, 2, 2, 4, 6, 9}), 1.0);
  EXPECT_EQ(median_absolute_deviation(std::vector<double>{1, 1, 2, 2, 4, 6, 9e9}), 1.0);
  EXPECT_EQ(median_absolute_deviation(std::vector<double>{7, 7, 7}), 0.0);
}

TEST(RobustDeathTest, RefusesWhatHasNoOrder) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)median(std::vector<double>{}), "a quantile of no values");
  EXPECT_DEATH((void)median(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()}),
               "not finite");
}

}  // namespace
}  // namespace perfbench
