#include "harness/core/stats/batch_means.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace perfbench {
namespace {

constexpr Ppm kP90 = 900'000;

std::vector<Nanoseconds> uniform(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::vector<Nanoseconds> values;
  for (std::size_t i = 0; i < n; ++i) values.emplace_back(engine() % 1'000'000);
  return values;
}

TEST(BatchMeans, SeesNoDependenceInIndependentSamples) {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const BatchMeans found = batch_means(uniform(3000, seed), Nanoseconds(900'000), kP90);
    EXPECT_EQ(found.batches, 30U);
    alarms += found.inflation > 1.0 ? 1 : 0;
  }
  EXPECT_LT(alarms, 200 / 10) << "one in twenty is meant";
}

TEST(BatchMeans, SeesSamplesThatComeInRuns) {
  // Every value ten times in a row: ten samples tell as much as one.
  std::vector<Nanoseconds> values;
  for (const Nanoseconds value : uniform(3000, 7)) values.insert(values.end(), 10, value);
  const BatchMeans found = batch_means(values, Nanoseconds(900'000), kP90);
  EXPECT_GT(found.inflation, 5.0);
  EXPECT_LT(found.inflation, 20.0);
  EXPECT_DOUBLE_EQ(found.n_effective(30'000), 30'000 / found.inflation);
}

TEST(BatchMeans, OneSlowStretchIsDependence) {
  std::vector<Nanoseconds> values(3000, Nanoseconds(100));
  for (std::size_t i = 1000; i < 1300; ++i)
    values[i] = Nanoseconds(5000 + static_cast<std::int64_t>(i));
  EXPECT_GT(batch_means(values, Nanoseconds(100), kP90).inflation, 50.0);
}

TEST(BatchMeans, CountsTiesOnTheFittingSide) {
  // A coarse clock: nine of ten samples are 100, the quantile itself; every tenth is above.
  std::vector<Nanoseconds> values(3000, Nanoseconds(100));
  for (std::size_t i = 0; i < values.size(); i += 10) values[i] = Nanoseconds(200);
  EXPECT_EQ(batch_means(values, Nanoseconds(100), kP90).inflation, 1.0);
  // The same share of the value 200 in one stretch; the quantile falls on it.
  std::sort(values.begin(), values.end());
  EXPECT_GT(batch_means(values, Nanoseconds(200), kP90).inflation, 50.0);
}

TEST(BatchMeans, AllEqualOrTooFewSamplesShowNone) {
  EXPECT_EQ(
      batch_means(std::vector<Nanoseconds>(1000, Nanoseconds(5)), Nanoseconds(5), kP90).inflation,
      1.0);
  EXPECT_EQ(batch_means({}, Nanoseconds(5), kP90).batches, 0U);
  EXPECT_EQ(batch_means(uniform(9, 1), Nanoseconds(5), kP90).batches, 0U);
  EXPECT_EQ(batch_means(uniform(10, 1), Nanoseconds(900'000), kP90).batches, 5U);
}

TEST(InflatedRankInterval, WithoutDependenceIsTheExactOne) {
  EXPECT_EQ(inflated_rank_interval(1000, 990'000, {1.0, 30}), rank_interval(1000, 990'000));
  EXPECT_EQ(inflated_rank_interval(300, 990'000, {1.0, 30}), std::nullopt);
}

TEST(InflatedRankInterval, WidensWithTheRootOfTheInflation) {
  // t(29) 2.045 * sqrt(4 * 1e5 * 0.99 * 0.01) = 128.7 ranks to each side of 99000.
  const auto found = inflated_rank_interval(100'000, 990'000, {4.0, 30});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->low, 98'871U);
  EXPECT_EQ(found->high, 99'129U);
}

TEST(QueriesNeeded, WouldDoAndOneFewerPercentWouldNot) {
  for (const double inflation : {1.0, 1.5, 4.0, 70.0}) {
    for (const Ppm ppm : {500'000U, 900'000U, 990'000U, 999'000U}) {
      const BatchMeans dependence{inflation, 30};
      const std::uint64_t needed = queries_needed(ppm, dependence);
      EXPECT_TRUE(inflated_rank_interval(needed, ppm, dependence)) << ppm << " at " << inflation;
      const std::uint64_t fewer = needed - 1 - needed / 50;
      EXPECT_FALSE(inflated_rank_interval(fewer, ppm, dependence)) << ppm << " at " << inflation;
    }
  }
}

}  // namespace
}  // namespace perfbench
