#include "harness/core/stats/order_statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace perfbench {
namespace {

std::vector<Nanoseconds> one_to(std::int64_t n) {
  std::vector<Nanoseconds> values;
  for (std::int64_t i = 1; i <= n; ++i) values.emplace_back(i);
  return values;
}

TEST(NearestRank, IsIntegerArithmetic) {
  EXPECT_EQ(rank_of(100, 70'000), 7U) << "0.07 * 100 rounds up to 8 in floating point";
  EXPECT_EQ(rank_of(662, 990'000), 656U)
      << "Java's and the definition's rank; HdrHistogram's C gives 655";
  EXPECT_EQ(rank_of(100, 990'000), 99U);
  EXPECT_EQ(rank_of(101, 990'000), 100U);
  EXPECT_EQ(rank_of(1, 990'000), 1U);
  EXPECT_EQ(rank_of(10, 0), 1U);
  EXPECT_EQ(rank_of(10, kOneMillion), 10U);
}

TEST(NearestRank, OfVeryManySamplesDoesNotOverflow) {
  constexpr std::uint64_t kMany = 1'000'000'000'000'000'000U;
  EXPECT_EQ(rank_of(kMany, 990'000), kMany / 100 * 99);
  EXPECT_EQ(rank_of(kMany + 1, 990'000), kMany / 100 * 99 + 1);
}

TEST(NearestRank, IsAValueThatWasMeasured) {
  const std::vector<Nanoseconds> four{
      Nanoseconds(10), Nanoseconds(20), Nanoseconds(30), Nanoseconds(40)};
  EXPECT_EQ(nearest_rank(four, 500'000), Nanoseconds(20));
  EXPECT_EQ(nearest_rank(four, 500'001), Nanoseconds(30));
  EXPECT_EQ(nearest_rank(four, 990'000), Nanoseconds(40));
  const std::vector<double> one{3.5};
  EXPECT_EQ(nearest_rank(one, 1), 3.5);
  EXPECT_EQ(nearest_rank(one_to(1000), 999'000), Nanoseconds(999));
}

TEST(NearestRankDeathTest, OfNoSamplesIsAProgrammersError) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)nearest_rank(std::vector<double>{}, 500'000), "a percentile of no samples");
}

struct Smallest {
  Ppm ppm;
  std::uint64_t n;
};

TEST(RankInterval, NeedsTheTabulatedNumberOfQueries) {
  for (const auto& [ppm, n] : {Smallest{500'000, 6},
                               Smallest{900'000, 36},
                               Smallest{950'000, 72},
                               Smallest{990'000, 368},
                               Smallest{999'000, 3688},
                               Smallest{100'000, 36},
                               Smallest{10'000, 368}}) {
    EXPECT_EQ(min_queries_for_interval(ppm), n) << ppm;
    EXPECT_TRUE(rank_interval(n, ppm)) << ppm;
    EXPECT_FALSE(rank_interval(n - 1, ppm)) << ppm;
  }
}

struct Ranks {
  std::uint64_t n;
  RankInterval ranks;
};

TEST(RankInterval, OfP99HasTheTabulatedRanks) {
  for (const auto& [n, ranks] : {Ranks{368, {360, 368}},
                                 Ranks{662, {650, 661}},
                                 Ranks{1'000, {983, 997}},
                                 Ranks{5'000, {4936, 4964}},
                                 Ranks{10'000, {9880, 9920}},
                                 Ranks{24'576, {24299, 24361}},
                                 Ranks{100'000, {98938, 99062}}}) {
    const auto found = rank_interval(n, 990'000);
    ASSERT_TRUE(found) << n;
    EXPECT_EQ(found->low, ranks.low) << n;
    EXPECT_EQ(found->high, ranks.high) << n;
  }
}

/// Sums the binomial distribution term by term in long double, from the definition.
RankInterval by_definition(std::uint64_t n, long double p) {
  std::vector<long double> cumulative;
  long double term = std::pow(1.0L - p, static_cast<long double>(n));
  long double sum = 0.0L;
  for (std::uint64_t k = 0; k <= n; ++k) {
    sum += term;
    cumulative.push_back(sum);
    term *= static_cast<long double>(n - k) / static_cast<long double>(k + 1) * p / (1.0L - p);
  }
  RankInterval found;
  for (std::uint64_t l = 1; l <= n; ++l) {
    if (cumulative[l - 1] <= 0.025L) found.low = l;
  }
  for (std::uint64_t u = n; u >= 1; --u) {
    if (1.0L - cumulative[u - 1] <= 0.025L) found.high = u;
  }
  return found;
}

TEST(RankInterval, AgreesWithTheDefinitionSummedTermByTerm) {
  int compared = 0;
  for (const Ppm ppm : {50'000U, 250'000U, 500'000U, 900'000U, 950'000U, 990'000U}) {
    for (std::uint64_t n = 1; n < 900; n += 7) {
      const auto found = rank_interval(n, ppm);
      if (!found) continue;
      EXPECT_EQ(*found, by_definition(n, static_cast<long double>(ppm) / 1e6L))
          << n << " at " << ppm;
      ++compared;
    }
  }
  EXPECT_GT(compared, 500);
}

TEST(RankInterval, IsSymmetricInThePercentile) {
  for (const std::uint64_t n : {400U, 1001U, 77777U}) {
    const auto high = rank_interval(n, 990'000);
    const auto low = rank_interval(n, 10'000);
    ASSERT_TRUE(high && low);
    EXPECT_EQ(low->low, n + 1 - high->high);
    EXPECT_EQ(low->high, n + 1 - high->low);
  }
}

TEST(RankInterval, OfTenMillionSamplesIsTheNormalApproximation) {
  const auto ranks = rank_interval(10'000'000, 990'000);
  ASSERT_TRUE(ranks);
  const double half = 1.959964 * std::sqrt(1e7 * 0.99 * 0.01);
  EXPECT_NEAR(static_cast<double>(ranks->low), 9.9e6 - half, 2.0);
  EXPECT_NEAR(static_cast<double>(ranks->high), 9.9e6 + half, 2.0);
}

TEST(RankInterval, OfFewSamplesIsRefused) {
  EXPECT_FALSE(rank_interval(0, 500'000));
  EXPECT_FALSE(rank_interval(1, 500'000));
  EXPECT_FALSE(rank_interval(1, 990'000));
  EXPECT_FALSE(rank_interval(5, 1));
}

}  // namespace
}  // namespace perfbench
