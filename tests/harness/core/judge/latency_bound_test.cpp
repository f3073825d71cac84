#include "harness/core/judge/latency_bound.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "harness/core/stats/order_statistics.hpp"

namespace perfbench {
namespace {

constexpr Ppm kP99 = 990'000;
constexpr LatencyBound kMillisecond{kP99, Nanoseconds(1'000'000)};

/// Independent latencies of 0.5 ms, `per_mille` of them 2 ms.
std::vector<Nanoseconds> with_slow(std::size_t n, std::uint64_t per_mille, std::uint64_t seed = 1) {
  Random random(seed);
  std::vector<Nanoseconds> latencies;
  for (std::size_t i = 0; i < n; ++i) {
    const bool slow = random.below(1000) < per_mille;
    latencies.emplace_back((slow ? 2'000'000 : 500'000) +
                           static_cast<std::int64_t>(random.below(1000)));
  }
  return latencies;
}

TEST(LatencyBound, HoldsWhereFewTakeLonger) {
  const auto record = judge_latency_bound(with_slow(20'000, 3), kMillisecond, 0);
  EXPECT_EQ(bound_validity(record), Validity::kValid);
  EXPECT_FALSE(record.needs_queries);
  EXPECT_NEAR(record.over_fraction, 0.003, 0.0015);
  EXPECT_LT(record.over_low, record.over_fraction);
  EXPECT_GT(record.over_high, record.over_fraction);
  EXPECT_LE(record.over_high, 0.01);
  EXPECT_GT(record.n_effective, 10'000.0);
  EXPECT_LE(record.n_effective, 20'000.0);
  EXPECT_TRUE(record.early_stopping_passes);
  EXPECT_EQ(record.ppm, kP99);
  EXPECT_EQ(record.bound, kMillisecond.bound);
}

TEST(LatencyBound, IsMissedWhereManyTakeLonger) {
  const auto record = judge_latency_bound(with_slow(20'000, 20), kMillisecond, 0);
  EXPECT_EQ(bound_validity(record), Validity::kInvalid);
  EXPECT_GT(record.over_low, 0.01);
  EXPECT_FALSE(record.needs_queries);
  EXPECT_FALSE(record.early_stopping_passes);
  EXPECT_GT(record.early_stopping_needs, 20'000U);
}

TEST(LatencyBound, StaysOpenBetweenAndSaysHowManyQueriesWouldDo) {
  const auto record = judge_latency_bound(with_slow(4'000, 7), kMillisecond, 0);
  ASSERT_EQ(bound_validity(record), Validity::kInconclusive);
  ASSERT_TRUE(record.needs_queries);
  EXPECT_GT(*record.needs_queries, 4'000U);
  EXPECT_LT(*record.needs_queries, 200'000U);
  EXPECT_LE(record.over_low, 0.01);
  EXPECT_GT(record.over_high, 0.01);
}

TEST(LatencyBound, ThatIsThePercentileItselfNeedsMoreThanAnyRun) {
  std::vector<Nanoseconds> latencies(10'000, Nanoseconds(500));
  for (std::size_t i = 0; i < latencies.size(); i += 100) latencies[i] = Nanoseconds(2'000'000);
  const auto record = judge_latency_bound(latencies, kMillisecond, 0);
  EXPECT_EQ(record.over, 100U);
  EXPECT_EQ(bound_validity(record), Validity::kInconclusive);
  ASSERT_TRUE(record.needs_queries);
  EXPECT_GT(*record.needs_queries, std::uint64_t{1} << 39U);
}

TEST(LatencyBound, ALatencyEqualToTheBoundHoldsIt) {
  const std::vector<Nanoseconds> latencies(5'000, kMillisecond.bound);
  const auto record = judge_latency_bound(latencies, kMillisecond, 0);
  EXPECT_EQ(record.over, 0U);
  EXPECT_EQ(bound_validity(record), Validity::kValid);
  const LatencyBound below{kP99, kMillisecond.bound - Nanoseconds(1)};
  EXPECT_EQ(judge_latency_bound(latencies, below, 0).over, 5'000U);
  EXPECT_EQ(bound_validity(judge_latency_bound(latencies, below, 0)), Validity::kInvalid);
}

TEST(LatencyBound, QueriesWithoutALatencyCountAsOver) {
  const std::vector<Nanoseconds> latencies = with_slow(20'000, 0);
  EXPECT_EQ(bound_validity(judge_latency_bound(latencies, kMillisecond, 0)), Validity::kValid);
  const auto record = judge_latency_bound(latencies, kMillisecond, 1'000);
  EXPECT_EQ(record.over, 1'000U);
  EXPECT_NEAR(record.over_fraction, 1'000.0 / 21'000.0, 1e-12);
  EXPECT_EQ(bound_validity(record), Validity::kInvalid);
}

TEST(LatencyBound, OneStretchOfSlowQueriesTellsOfOneEvent) {
  // Half as many as allowed, all in one stretch: independent samples would be sure.
  std::vector<Nanoseconds> latencies = with_slow(20'000, 0);
  std::fill_n(latencies.begin() + 7'000, 100, Nanoseconds(2'000'000));
  const auto record = judge_latency_bound(latencies, kMillisecond, 0);
  EXPECT_TRUE(record.early_stopping_passes);
  EXPECT_EQ(bound_validity(record), Validity::kInconclusive);
  EXPECT_LT(record.n_effective, 1'000.0);
  // The same number spread over the run holds.
  latencies = with_slow(20'000, 0);
  for (std::size_t i = 0; i < 100; ++i)
    latencies[i * 200 + (i * 37) % 100] = Nanoseconds(2'000'000);
  EXPECT_EQ(bound_validity(judge_latency_bound(latencies, kMillisecond, 0)), Validity::kValid);
}

TEST(LatencyBound, DoesNotCertifyARunThatDrifts) {
  // Every query within the bound, but each slower than the last: no batch speaks for another.
  std::vector<Nanoseconds> latencies;
  for (std::int64_t i = 0; i < 20'000; ++i) latencies.emplace_back(100'000 + i * 40);
  const auto record = judge_latency_bound(latencies, kMillisecond, 0);
  EXPECT_EQ(record.over, 0U);
  EXPECT_EQ(bound_validity(record), Validity::kInconclusive);
  EXPECT_EQ(record.over_high, 1.0);
  ASSERT_TRUE(record.needs_queries);
  EXPECT_GE(*record.needs_queries, 80'000U);
}

TEST(LatencyBound, AnOverloadedRunIsInvalidThoughItsBatchesDepend) {
  std::vector<Nanoseconds> latencies;
  for (std::int64_t i = 0; i < 20'000; ++i) latencies.emplace_back(i * 1'000);
  EXPECT_EQ(bound_validity(judge_latency_bound(latencies, kMillisecond, 0)), Validity::kInvalid);
}

TEST(LatencyBound, FewQueriesCertifyNothing) {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{300}}) {
    const auto record = judge_latency_bound(with_slow(n, 0), kMillisecond, 0);
    EXPECT_EQ(bound_validity(record), Validity::kInconclusive) << n;
    ASSERT_TRUE(record.needs_queries) << n;
    EXPECT_GT(*record.needs_queries, n);
    EXPECT_FALSE(record.early_stopping_passes);
    EXPECT_EQ(record.early_stopping_needs, 459U);
  }
  EXPECT_EQ(bound_validity(judge_latency_bound(with_slow(1'000, 0), kMillisecond, 0)),
            Validity::kValid);
}

TEST(LatencyBound, IsTheSameOfCodes) {
  const std::vector<Nanoseconds> latencies = with_slow(20'000, 6, 3);
  std::vector<CompactTime> codes;
  for (const Nanoseconds latency : latencies) codes.emplace_back(latency);
  const auto plain = judge_latency_bound(latencies, kMillisecond, 5);
  const auto compact = judge_latency_bound(codes, kMillisecond, 5);
  EXPECT_EQ(plain.over, compact.over);
  EXPECT_EQ(plain.over_low, compact.over_low);
  EXPECT_EQ(plain.over_high, compact.over_high);
  EXPECT_EQ(plain.n_effective, compact.n_effective);
  EXPECT_EQ(plain.needs_queries, compact.needs_queries);
  EXPECT_EQ(plain.early_stopping_needs, compact.early_stopping_needs);
}

}  // namespace
}  // namespace perfbench
