#include "harness/core/stats/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace perfbench {
namespace {

TEST(Histogram, CountsEveryValueOnceInABucketThatHoldsIt) {
  std::mt19937_64 engine(3);
  for (int i = 0; i < 2000; ++i) {
    const auto value =
        static_cast<std::int64_t>(2 + engine() % (std::uint64_t{1} << (1 + engine() % 50)));
    const Histogram one = make_histogram(std::vector<Nanoseconds>{Nanoseconds(value)});
    ASSERT_EQ(one.counts.size(), 1U);
    const double upper = bucket_upper_edge_ns(one, 0);
    const double g = 1.01 / 0.99;
    EXPECT_LE(static_cast<double>(value), upper * (1 + 1e-12));
    EXPECT_GT(static_cast<double>(value), upper / g * (1 - 1e-12));
    EXPECT_NEAR(
        *histogram_quantile_ns(one, 500'000) / static_cast<double>(value), 1.0, 0.01 + 1e-9);
  }
}

TEST(Histogram, QuantilesAreWithinAlphaOfTheExactOnes) {
  std::mt19937_64 engine(4);
  std::vector<Nanoseconds> values;
  for (int i = 0; i < 20'000; ++i) values.emplace_back(1000 + engine() % 100'000'000);
  const Histogram histogram = make_histogram(values);
  EXPECT_EQ(histogram_total(histogram), values.size());
  std::sort(values.begin(), values.end());
  for (const Ppm ppm : {1U, 500'000U, 900'000U, 990'000U, 999'000U, kOneMillion}) {
    const auto exact = static_cast<double>(nearest_rank(values, ppm).count());
    EXPECT_NEAR(*histogram_quantile_ns(histogram, ppm) / exact, 1.0, 0.01 + 1e-9) << ppm;
  }
}

TEST(Histogram, TakesTheTabulatedNumberOfBuckets) {
  const Histogram histogram =
      make_histogram(std::vector<Nanoseconds>{Nanoseconds(1000), Nanoseconds(10'000'000'000)});
  EXPECT_NEAR(static_cast<double>(histogram.counts.size()), 814.0, 8.0);
  EXPECT_EQ(histogram.counts.front(), 1U);
  EXPECT_EQ(histogram.counts.back(), 1U);
}

TEST(Histogram, EdgesOfTheRange) {
  const Histogram smallest =
      make_histogram(std::vector<Nanoseconds>{Nanoseconds(0), Nanoseconds(1)});
  EXPECT_EQ(smallest.first_bucket, 0);
  ASSERT_EQ(smallest.counts.size(), 1U);
  EXPECT_EQ(smallest.counts[0], 2U);
  const Histogram all = make_histogram(std::vector<Nanoseconds>{
      Nanoseconds(1), Nanoseconds(std::numeric_limits<std::int64_t>::max())});
  EXPECT_LT(all.counts.size(), 2200U);
  EXPECT_EQ(histogram_total(all), 2U);
  const Histogram none = make_histogram(std::vector<Nanoseconds>{});
  EXPECT_TRUE(none.counts.empty());
  EXPECT_FALSE(histogram_quantile_ns(none, 500'000));
}

TEST(Histogram, IsTheSameOfCodes) {
  std::mt19937_64 engine(8);
  std::vector<Nanoseconds> values;
  std::vector<CompactTime> codes;
  for (int i = 0; i < 5'000; ++i) {
    codes.emplace_back(Nanoseconds(engine() % 10'000'000'000));
    values.push_back(codes.back().duration());
  }
  const Histogram of_values = make_histogram(values);
  const Histogram of_codes = make_histogram(codes);
  EXPECT_EQ(of_values.first_bucket, of_codes.first_bucket);
  EXPECT_EQ(of_values.counts, of_codes.counts);
}

TEST(Histogram, AWiderAlphaTakesFewerBuckets) {
  const std::vector<Nanoseconds> values{Nanoseconds(100), Nanoseconds(1'000'000)};
  EXPECT_LT(make_histogram(values, 0.05).counts.size(),
            make_histogram(values, 0.01).counts.size() / 4);
}

}  // namespace
}  // namespace perfbench
