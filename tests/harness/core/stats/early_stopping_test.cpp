#include "harness/core/stats/early_stopping.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "harness/core/plan/random.hpp"

namespace perfbench {
namespace {

/// Fewest queries by percentile, confidence and number over the bound, as LoadGen 6.0.17 computes
/// them from the incomplete beta function (t = 0 is not in LoadGen, which begins at 1).
constexpr std::array<std::uint64_t, 9> kOver{0, 1, 2, 3, 5, 10, 20, 50, 100};
struct Row {
  Ppm ppm;
  double confidence;
  std::array<std::uint64_t, 9> queries;
};
constexpr std::array<Row, 8> kTable{{
    {500'000, 0.99, {7, 11, 14, 17, 22, 35, 59, 128, 237}},
    {900'000, 0.99, {44, 64, 81, 97, 127, 197, 325, 681, 1246}},
    {950'000, 0.99, {90, 130, 165, 198, 259, 398, 656, 1372, 2504}},
    {970'000, 0.99, {152, 219, 277, 332, 433, 667, 1097, 2293, 4182}},
    {990'000, 0.99, {459, 662, 838, 1001, 1307, 2010, 3304, 6898, 12571}},
    {999'000, 0.99, {4603, 6636, 8403, 10042, 13105, 20140, 33097, 69058, 125826}},
    {900'000, 0.95, {29, 46, 61, 76, 103, 167, 286, 627, 1172}},
    {990'000, 0.95, {299, 473, 628, 773, 1049, 1693, 2902, 6323, 11799}},
}};

TEST(EarlyStopping, AsksForTheTabulatedNumbers) {
  for (const Row& row : kTable) {
    for (std::size_t i = 0; i < kOver.size(); ++i) {
      EXPECT_EQ(early_stopping_queries(row.ppm, kOver[i], row.confidence), row.queries[i])
          << row.ppm << " at " << row.confidence << ", " << kOver[i] << " over";
    }
  }
}

TEST(EarlyStopping, AllowsTheTabulatedNumbers) {
  struct Allowed {
    Ppm ppm;
    std::uint64_t queries;
    std::uint64_t over;
  };
  for (const auto& [ppm, queries, over] : {Allowed{900'000, 100, 3},
                                           Allowed{900'000, 1'000, 78},
                                           Allowed{900'000, 10'000, 930},
                                           Allowed{900'000, 24'576, 2348},
                                           Allowed{990'000, 662, 1},
                                           Allowed{990'000, 1'000, 2},
                                           Allowed{990'000, 10'000, 77},
                                           Allowed{990'000, 24'576, 209},
                                           Allowed{990'000, 100'000, 927},
                                           Allowed{990'000, 270'336, 2583}}) {
    EXPECT_EQ(early_stopping_allowed(ppm, queries), over) << ppm << " of " << queries;
    EXPECT_LE(early_stopping_queries(ppm, over), queries);
    EXPECT_GT(early_stopping_queries(ppm, over + 1), queries);
  }
  EXPECT_EQ(early_stopping_allowed(990'000, 458), std::nullopt);
  EXPECT_EQ(early_stopping_allowed(990'000, 459), 0U);
  EXPECT_EQ(early_stopping_allowed(990'000, 661), 0U);
  EXPECT_EQ(early_stopping_allowed(990'000, 0), std::nullopt);
}

std::vector<Nanoseconds> one_to(std::size_t n) {
  std::vector<Nanoseconds> latencies;
  for (std::size_t i = 1; i <= n; ++i) latencies.emplace_back(static_cast<std::int64_t>(i));
  Random random(9);
  for (std::size_t i = n; i > 1; --i) std::swap(latencies[i - 1], latencies[random.below(i)]);
  return latencies;
}

TEST(EarlyStopping, EstimatesTheTthLargest) {
  // n = 64, t = 1: sorted[n - t], the largest.
  const EarlyStoppingFigure largest = early_stopping_estimate(one_to(64), 900'000);
  EXPECT_FALSE(largest.needs_queries);
  EXPECT_EQ(largest.discarded, 0U);
  EXPECT_EQ(largest.value, Nanoseconds(64));
  // n = 1000, t = 78: the 78th largest of 1 to 1000.
  const EarlyStoppingFigure p90 = early_stopping_estimate(one_to(1'000), 900'000);
  EXPECT_EQ(p90.ppm, 900'000U);
  EXPECT_EQ(p90.discarded, 77U);
  EXPECT_EQ(p90.value, Nanoseconds(1'000 - 77));
  const EarlyStoppingFigure p99 = early_stopping_estimate(one_to(10'000), 990'000);
  EXPECT_EQ(p99.discarded, 76U);
  EXPECT_EQ(p99.value, Nanoseconds(10'000 - 76));
}

TEST(EarlyStopping, RefusesFewerThanLoadGenDoes) {
  for (const std::size_t n : {std::size_t{0}, std::size_t{43}, std::size_t{44}, std::size_t{63}})
    EXPECT_EQ(early_stopping_estimate(one_to(n), 900'000).needs_queries, 64U) << n;
  EXPECT_EQ(early_stopping_estimate(one_to(661), 990'000).needs_queries, 662U);
  EXPECT_FALSE(early_stopping_estimate(one_to(662), 990'000).needs_queries);
}

TEST(EarlyStopping, IsTheSameOfCodes) {
  std::vector<CompactTime> codes;
  for (const Nanoseconds latency : one_to(1'000)) codes.emplace_back(latency);
  EXPECT_EQ(early_stopping_estimate(codes, 900'000).value, Nanoseconds(1'000 - 77));
}

TEST(EarlyStopping, OfAHundredMillionIsQuick) {
  const auto allowed = early_stopping_allowed(990'000, 100'000'000);
  ASSERT_TRUE(allowed);
  // 1e6 less 2.326 standard deviations of 995.
  EXPECT_NEAR(static_cast<double>(*allowed), 1e6 - 2.326 * 995.0, 10.0);
}

}  // namespace
}  // namespace perfbench
