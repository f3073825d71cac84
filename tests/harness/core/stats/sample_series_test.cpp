#include "harness/core/stats/sample_series.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "harness/core/plan/random.hpp"

namespace perfbench {
namespace {

/// Of all sizes up to hours, with ties.
std::vector<Nanoseconds> mixed(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<Nanoseconds> samples;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t below = std::uint64_t{1} << (1U + random.below(43));
    // What a code can hold exactly, so that both series see the same.
    samples.push_back(
        CompactTime(Nanoseconds(static_cast<std::int64_t>(random.below(below)))).duration());
  }
  return samples;
}

std::vector<CompactTime> codes_of(const std::vector<Nanoseconds>& samples) {
  std::vector<CompactTime> codes;
  for (const Nanoseconds sample : samples) codes.emplace_back(sample);
  return codes;
}

TEST(SampleSeries, RanksAreThoseOfTheSortedSamples) {
  // Below and above the size from which codes are counted and not sorted.
  for (const std::size_t n : {std::size_t{1}, std::size_t{1'000}, std::size_t{150'000}}) {
    const std::vector<Nanoseconds> samples = mixed(n, n);
    const std::vector<CompactTime> codes = codes_of(samples);
    std::vector<Nanoseconds> sorted = samples;
    std::sort(sorted.begin(), sorted.end());
    const std::vector<std::uint64_t> ranks{n, 1, n / 2 + 1, n - n / 100, n - n / 100};
    const auto plain = NanosecondSeries(samples).at_ranks(ranks);
    const auto compact = CompactSeries(codes).at_ranks(ranks);
    ASSERT_EQ(plain.size(), ranks.size());
    ASSERT_EQ(compact.size(), ranks.size());
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      const Nanoseconds value = sorted[ranks[i] - 1];
      const auto below = static_cast<std::uint64_t>(
          std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin());
      const auto at_most = static_cast<std::uint64_t>(
          std::upper_bound(sorted.begin(), sorted.end(), value) - sorted.begin());
      for (const RankedSample& found : {plain[i], compact[i]}) {
        EXPECT_EQ(found.value, value) << ranks[i] << " of " << n;
        EXPECT_EQ(found.below, below) << ranks[i] << " of " << n;
        EXPECT_EQ(found.at_most, at_most) << ranks[i] << " of " << n;
      }
    }
  }
}

TEST(SampleSeries, CountsWhatIsAtOrAboveAnEdge) {
  const std::vector<Nanoseconds> samples = mixed(10'000, 4);
  const std::vector<CompactTime> codes = codes_of(samples);
  std::vector<Nanoseconds> edges{Nanoseconds(-5), Nanoseconds(0), Nanoseconds(1)};
  for (std::size_t i = 0; i < 500; ++i) {
    edges.push_back(samples[i]);
    edges.push_back(samples[i] + Nanoseconds(1));
    edges.push_back(samples[i] - Nanoseconds(1));
  }
  edges.push_back(Nanoseconds::max());
  const NanosecondSeries plain(samples);
  const CompactSeries compact(codes);
  for (const Nanoseconds edge : edges) {
    const auto expected = static_cast<std::uint64_t>(std::count_if(
        samples.begin(), samples.end(), [=](Nanoseconds sample) { return sample >= edge; }));
    EXPECT_EQ(plain.count_from(edge), expected) << edge.count();
    EXPECT_EQ(compact.count_from(edge), expected) << edge.count();
  }
}

TEST(SampleSeries, SlotsTogetherAreTheWholeRunInOrder) {
  const std::vector<Nanoseconds> samples = mixed(1'003, 5);
  const std::vector<CompactTime> codes = codes_of(samples);
  const std::vector<Nanoseconds> edges{Nanoseconds(100), Nanoseconds(1'000'000)};
  constexpr std::size_t kSlots = 32;
  const auto plain = NanosecondSeries(samples).slot_counts(edges, kSlots);
  const auto compact = CompactSeries(codes).slot_counts(edges, kSlots);
  EXPECT_EQ(plain, compact);
  ASSERT_EQ(plain.size(), edges.size());
  for (std::size_t e = 0; e < edges.size(); ++e) {
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(slot * 1'003 / kSlots);
      const auto end = samples.begin() + static_cast<std::ptrdiff_t>((slot + 1) * 1'003 / kSlots);
      const auto expected =
          std::count_if(begin, end, [&](Nanoseconds sample) { return sample >= edges[e]; });
      EXPECT_EQ(plain[e][slot], static_cast<std::uint64_t>(expected));
    }
  }
}

TEST(SampleSeries, MomentsAgree) {
  const std::vector<Nanoseconds> samples = mixed(5'000, 6);
  const std::vector<CompactTime> codes = codes_of(samples);
  const Moments plain = NanosecondSeries(samples).moments();
  const Moments compact = CompactSeries(codes).moments();
  EXPECT_NEAR(plain.mean_ns / compact.mean_ns, 1.0, 1e-12);
  EXPECT_NEAR(plain.standard_deviation_ns / compact.standard_deviation_ns, 1.0, 1e-12);
  EXPECT_EQ(plain.max, compact.max);
  EXPECT_EQ(CompactSeries({}).moments().max, Nanoseconds(0));
  EXPECT_EQ(CompactSeries({}).size(), 0U);
}

TEST(SampleSeriesDeathTest, RefusesARankOutside) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::vector<Nanoseconds> one{Nanoseconds(1)};
  const std::vector<std::uint64_t> two{2};
  EXPECT_DEATH((void)NanosecondSeries(one).at_ranks(two), "a rank outside the samples");
}

}  // namespace
}  // namespace perfbench
