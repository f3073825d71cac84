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

/// At the levels of `ppm`, as the summaries and the verdict on a bound ask.
BatchMeans means_of(const std::vector<Nanoseconds>& samples, Ppm ppm) {
  const NanosecondSeries series(samples);
  const std::uint64_t n = series.size();
  if (batch_slots(n) == 0) return batch_means({}, n);
  std::vector<Nanoseconds> edges;
  for (const Ppm level : dependence_levels(ppm)) {
    const std::vector<std::uint64_t> rank{rank_of(n, level)};
    edges.push_back(upper_edge(series.at_ranks(rank).front(), n, level));
  }
  return batch_means(series.slot_counts(edges, batch_slots(n)), n);
}

TEST(BatchMeans, SeesLittleDependenceInIndependentSamples) {
  int alarms = 0;
  int merged = 0;
  double sum = 0.0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const BatchMeans found = means_of(uniform(3000, seed), kP90);
    EXPECT_GE(found.inflation, 1.0);
    EXPECT_FALSE(found.correlated);
    sum += found.inflation;
    alarms += found.significant ? 1 : 0;
    merged += found.batches == 16 ? 1 : 0;
    EXPECT_EQ(independent_unless_significant(found).inflation,
              found.significant ? found.inflation : 1.0);
  }
  EXPECT_LT(alarms, 200 / 6) << "one in twenty is meant, at each of two levels";
  EXPECT_LT(merged, 200 / 12);
  EXPECT_LT(sum / 200.0, 1.25);
}

TEST(BatchMeans, SeesSamplesThatComeInRuns) {
  // Every value ten times in a row: ten samples tell as much as one.
  std::vector<Nanoseconds> values;
  for (const Nanoseconds value : uniform(3000, 7)) values.insert(values.end(), 10, value);
  const BatchMeans found = means_of(values, kP90);
  EXPECT_TRUE(found.significant);
  EXPECT_GT(found.inflation, 6.0);
  EXPECT_LT(found.inflation, 18.0);
  EXPECT_DOUBLE_EQ(found.n_effective(30'000), 30'000 / found.inflation);
  EXPECT_NEAR(found.degrees_of_freedom, 46.5, 1e-12);
}

TEST(BatchMeans, OneSlowStretchIsDependence) {
  std::vector<Nanoseconds> values(3000, Nanoseconds(100));
  for (std::size_t i = 1000; i < 1300; ++i)
    values[i] = Nanoseconds(5000 + static_cast<std::int64_t>(i));
  EXPECT_GT(means_of(values, kP90).inflation, 50.0);
}

TEST(BatchMeans, ADriftStaysCorrelated) {
  std::vector<Nanoseconds> values;
  for (std::int64_t i = 0; i < 3000; ++i) values.emplace_back(i);
  const BatchMeans found = means_of(values, kP90);
  EXPECT_TRUE(found.correlated);
  EXPECT_EQ(found.batches, 16U);
  EXPECT_LT(found.n_effective(3000), 10.0);
}

TEST(BatchMeans, CountsTiesOnTheFittingSide) {
  // A coarse clock: nine of ten samples are 100, the quantile itself; every tenth is above.
  std::vector<Nanoseconds> values(3000, Nanoseconds(100));
  for (std::size_t i = 0; i < values.size(); i += 10) values[i] = Nanoseconds(200);
  EXPECT_FALSE(means_of(values, kP90).significant);
  EXPECT_EQ(upper_edge({Nanoseconds(100), 0, 2700}, 3000, kP90), Nanoseconds(101));
  // The same share of the value 200 in one stretch; the quantile falls on it.
  std::sort(values.begin(), values.end());
  EXPECT_EQ(upper_edge({Nanoseconds(200), 2700, 3000}, 3000, kP90), Nanoseconds(200));
  EXPECT_GT(means_of(values, kP90).inflation, 50.0);
}

TEST(BatchMeans, AllEqualOrTooFewSamplesShowNone) {
  const BatchMeans equal = means_of(std::vector<Nanoseconds>(1000, Nanoseconds(5)), kP90);
  EXPECT_EQ(equal.inflation, 1.0);
  EXPECT_EQ(equal.batches, 32U);
  EXPECT_FALSE(equal.significant);
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{63}}) {
    EXPECT_EQ(means_of(uniform(n, 1), kP90).batches, 0U) << n;
    EXPECT_EQ(means_of(uniform(n, 1), kP90).inflation, 1.0) << n;
  }
  EXPECT_EQ(means_of(uniform(64, 1), kP90).batches, 32U);
}

TEST(DependenceLevels, AreTheOwnAndTheLessRare) {
  EXPECT_EQ(dependence_levels(990'000), (std::vector<Ppm>{990'000, 950'000, 900'000}));
  EXPECT_EQ(dependence_levels(999'000), (std::vector<Ppm>{999'000, 995'000, 990'000}));
  EXPECT_EQ(dependence_levels(900'000), (std::vector<Ppm>{900'000, 500'000}));
  EXPECT_EQ(dependence_levels(500'000), (std::vector<Ppm>{500'000}));
}

TEST(InflatedRankInterval, WithoutDependenceIsTheExactOne) {
  EXPECT_EQ(inflated_rank_interval(1000, 990'000, BatchMeans{}), rank_interval(1000, 990'000));
  EXPECT_EQ(inflated_rank_interval(300, 990'000, BatchMeans{}), std::nullopt);
}

TEST(InflatedRankInterval, WidensWithTheRootOfTheInflation) {
  // t(29) 2.045 * sqrt(4 * 1e5 * 0.99 * 0.01) = 128.7 ranks to each side of 99000.
  const auto found =
      inflated_rank_interval(100'000, 990'000, BatchMeans{4.0, 20, 29.0, false, true});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->low, 98'871U);
  EXPECT_EQ(found->high, 99'129U);
}

TEST(QueriesNeeded, WouldDoAndOneFewerPercentWouldNot) {
  for (const double inflation : {1.0, 1.5, 4.0, 70.0}) {
    for (const Ppm ppm : {500'000U, 900'000U, 990'000U, 999'000U}) {
      const BatchMeans dependence{inflation, 20, 29.0, false, true};
      const std::uint64_t needed = queries_needed(ppm, dependence);
      EXPECT_TRUE(inflated_rank_interval(needed, ppm, dependence)) << ppm << " at " << inflation;
      const std::uint64_t fewer = needed - 1 - needed / 50;
      EXPECT_FALSE(inflated_rank_interval(fewer, ppm, dependence)) << ppm << " at " << inflation;
    }
  }
}

}  // namespace
}  // namespace perfbench
