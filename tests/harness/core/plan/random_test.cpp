#include "harness/core/plan/random.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace perfbench {
namespace {

// First outputs of Vigna's splitmix64.c for the seed 1234567.
TEST(SplitMix, AgreesWithThePublishedSequence) {
  std::uint64_t state = 1234567;
  EXPECT_EQ(split_mix(state), 6457827717110365317U);
  EXPECT_EQ(split_mix(state), 3203168211198807973U);
  EXPECT_EQ(split_mix(state), 9817491932198370423U);
}

// Pinned, so that another compiler or a rewrite that draws other samples is seen.
TEST(Random, DrawsTheSameNumbersEverywhere) {
  Random random(42);
  const std::vector<std::uint64_t> drawn{random.next(), random.next(), random.next()};
  const std::vector<std::uint64_t> pinned{
      1546998764402558742U, 6990951692964543102U, 12544586762248559009U};
  EXPECT_EQ(drawn, pinned);
}

TEST(Random, UsesTheWholeSeed) {
  Random low(1);
  Random high(1 + (std::uint64_t{1} << 32U));
  EXPECT_NE(low.next(), high.next());
}

TEST(Random, BelowIsUniform) {
  Random random(7);
  std::vector<int> seen(6, 0);
  constexpr int kDraws = 60'000;
  for (int i = 0; i < kDraws; ++i) ++seen[random.below(6)];
  // 10,000 a value, standard deviation 91: five of them.
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 460);
}

TEST(Random, BelowOneIsZero) {
  Random random(7);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(random.below(1), 0U);
}

TEST(Seeds, StreamsOfOneSeedDiffer) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t stream = 0; stream < 100; ++stream) seeds.insert(derive_seed(42, stream));
  EXPECT_EQ(seeds.size(), 100U);
  EXPECT_EQ(derive_seed(42, 3), derive_seed(42, 3));
}

TEST(SampleIndices, StayInsideTheSetAndReachAllOfIt) {
  SampleIndexGenerator indices(1, 5);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(indices.next());
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace perfbench
