#include "harness/core/stats/latency_summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace perfbench {
namespace {

std::vector<Nanoseconds> shuffled(std::int64_t n, std::int64_t base = 0) {
  std::vector<Nanoseconds> values;
  for (std::int64_t i = 1; i <= n; ++i) values.emplace_back(base + i);
  std::mt19937_64 engine(5);
  for (std::size_t i = values.size() - 1; i > 0; --i)
    std::swap(values[i], values[engine() % (i + 1)]);
  return values;
}

TEST(LatencySummary, OfOneToAThousandHasItsClosedForm) {
  const LatencySummary summary = summarize_latencies(shuffled(1000));
  EXPECT_DOUBLE_EQ(summary.mean_ns, 500.5);
  EXPECT_NEAR(summary.standard_deviation_ns, 288.8194360957494, 1e-9);  // sqrt(1000 * 1001 / 12)
  EXPECT_EQ(summary.max, Nanoseconds(1000));
  ASSERT_EQ(summary.percentiles.size(), 5U);
  const PercentileFigure* p99 = find_percentile(summary, 990'000);
  ASSERT_NE(p99, nullptr);
  EXPECT_EQ(p99->value, Nanoseconds(990));
  EXPECT_EQ(p99->low, Nanoseconds(983));
  EXPECT_EQ(p99->high, Nanoseconds(997));
  EXPECT_DOUBLE_EQ(p99->n_effective, 1000.0);
  EXPECT_FALSE(p99->needs_queries);
  const PercentileFigure* p999 = find_percentile(summary, 999'000);
  ASSERT_NE(p999, nullptr);
  EXPECT_EQ(p999->needs_queries, 3688U);
  EXPECT_FALSE(p999->low || p999->high) << "a refused figure has no interval";
}

TEST(LatencySummary, OrderOfIssueDecidesTheIntervalAndNothingElse) {
  std::vector<Nanoseconds> values = shuffled(10'000);
  const LatencySummary mixed = summarize_latencies(values);
  std::sort(values.begin(), values.end());
  const LatencySummary drifting = summarize_latencies(values);
  EXPECT_DOUBLE_EQ(mixed.mean_ns, drifting.mean_ns);
  const PercentileFigure& mixed_p99 = *find_percentile(mixed, 990'000);
  const PercentileFigure& drifting_p99 = *find_percentile(drifting, 990'000);
  EXPECT_EQ(mixed_p99.value, drifting_p99.value);
  EXPECT_FALSE(mixed_p99.needs_queries);
  ASSERT_TRUE(drifting_p99.needs_queries) << "all slow queries in one stretch tell about one event";
  EXPECT_GT(*drifting_p99.needs_queries, 10'000U);
  EXPECT_LT(drifting_p99.n_effective, 368.0);
}

TEST(LatencySummary, OfManyLikeLatenciesKeepsTheDigitsOfItsDeviation) {
  const std::int64_t hour = 3'600'000'000'000;
  const LatencySummary summary = summarize_latencies(shuffled(1000, hour));
  EXPECT_NEAR(summary.standard_deviation_ns, 288.8194360957494, 1e-6);
  EXPECT_DOUBLE_EQ(summary.mean_ns, 3.6e12 + 500.5);
}

TEST(LatencySummary, OfNothingRefusesEverything) {
  const LatencySummary summary = summarize_latencies({});
  EXPECT_EQ(summary.max, Nanoseconds(0));
  ASSERT_EQ(summary.percentiles.size(), 5U);
  for (const PercentileFigure& figure : summary.percentiles) {
    EXPECT_EQ(figure.needs_queries, min_queries_for_interval(figure.ppm));
  }
}

TEST(LatencySummary, OfOneQueryHasNoDeviationAndNoInterval) {
  const LatencySummary summary = summarize_latencies(std::vector<Nanoseconds>{Nanoseconds(42)});
  EXPECT_EQ(summary.mean_ns, 42.0);
  EXPECT_EQ(summary.standard_deviation_ns, 0.0);
  EXPECT_EQ(summary.max, Nanoseconds(42));
  EXPECT_EQ(summary.percentiles.front().needs_queries, 6U);
}

TEST(LatencySummary, OfEqualLatenciesIsThatLatency) {
  const LatencySummary summary =
      summarize_latencies(std::vector<Nanoseconds>(5000, Nanoseconds(7)));
  EXPECT_EQ(summary.mean_ns, 7.0);
  EXPECT_EQ(summary.standard_deviation_ns, 0.0);
  for (const PercentileFigure& figure : summary.percentiles) {
    EXPECT_EQ(figure.value, Nanoseconds(7));
    EXPECT_EQ(figure.low, Nanoseconds(7));
    EXPECT_EQ(figure.high, Nanoseconds(7));
    EXPECT_EQ(figure.n_effective, 5000.0);
  }
}

TEST(LatencySummary, OfCodesIsThatOfTheirDurations) {
  for (const std::int64_t n : {1, 900, 100'000}) {
    const std::vector<Nanoseconds> values = shuffled(n, 1'000);
    std::vector<CompactTime> codes;
    for (const Nanoseconds value : values) codes.emplace_back(value);
    const LatencySummary plain = summarize_latencies(values);
    const LatencySummary compact = summarize_compact_latencies(codes);
    EXPECT_NEAR(plain.mean_ns, compact.mean_ns, 1e-6);
    EXPECT_NEAR(plain.standard_deviation_ns, compact.standard_deviation_ns, 1e-6);
    EXPECT_EQ(plain.max, compact.max);
    ASSERT_EQ(plain.percentiles.size(), compact.percentiles.size());
    for (std::size_t i = 0; i < plain.percentiles.size(); ++i) {
      EXPECT_EQ(plain.percentiles[i].value, compact.percentiles[i].value);
      EXPECT_EQ(plain.percentiles[i].low, compact.percentiles[i].low);
      EXPECT_EQ(plain.percentiles[i].high, compact.percentiles[i].high);
      EXPECT_EQ(plain.percentiles[i].n_effective, compact.percentiles[i].n_effective);
      EXPECT_EQ(plain.percentiles[i].needs_queries, compact.percentiles[i].needs_queries);
    }
  }
}

TEST(LatencySummary, ARefusedPercentileIsNotTold) {
  const LatencySummary few = summarize_latencies(shuffled(100, 1'000));
  EXPECT_TRUE(find_percentile(few, 990'000)->needs_queries.has_value());
  EXPECT_FALSE(told_percentile(few, 990'000).has_value());
  EXPECT_EQ(told_percentile(few, 500'000), find_percentile(few, 500'000)->value);
  EXPECT_FALSE(told_percentile(few, 123).has_value());
}

TEST(LatencySummary, LacksAPercentileThatIsNotItsOwn) {
  EXPECT_EQ(find_percentile(summarize_latencies({}), 123), nullptr);
}

}  // namespace
}  // namespace perfbench
