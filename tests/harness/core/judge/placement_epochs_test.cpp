#include "harness/core/judge/placement_epochs.hpp"

#include <gtest/gtest.h>

namespace perfbench {
namespace {

using Readings = std::vector<std::optional<Nanoseconds>>;

Readings readings(const std::vector<int>& ns) {
  Readings all;
  for (const int value : ns) {
    all.push_back(value > 0 ? std::optional(Nanoseconds(value)) : std::nullopt);
  }
  return all;
}

using Epochs = std::vector<int>;

TEST(PlacementEpochs, TwoPlacementsAreTwoEpochsAndTheMoveBelongsToNeither) {
  // As seen on a two-CPU guest: within a cache complex 36 to 44 ns, across 172 to 211.
  const PlacementEpochs epochs =
      placement_epochs(readings({40, 36, 44, 38, 172, 190, 211, 41, 39}));
  EXPECT_EQ(epochs.of_round, (Epochs{0, 0, 0, kUnsettled, 1, 1, kUnsettled, 0}));
  EXPECT_EQ(epochs.latency, (std::vector<Nanoseconds>{Nanoseconds(40), Nanoseconds(190)}));
}

TEST(PlacementEpochs, TheFirstSeenIsTheFirstNumbered) {
  const PlacementEpochs epochs = placement_epochs(readings({180, 190, 175, 40, 40}));
  EXPECT_EQ(epochs.of_round, (Epochs{0, 0, kUnsettled, 1}));
}

TEST(PlacementEpochs, OnePlacementWithNoiseIsOneEpoch) {
  const PlacementEpochs epochs = placement_epochs(readings({40, 44, 36, 43, 37, 52, 41}));
  EXPECT_EQ(epochs.of_round, Epochs(6, 0));
  EXPECT_EQ(epochs.latency.size(), 1U);
}

TEST(PlacementEpochs, ASlowDriftIsOneEpoch) {
  const PlacementEpochs epochs = placement_epochs(readings({36, 39, 42, 45, 48, 51, 54}));
  EXPECT_EQ(epochs.of_round, Epochs(6, 0));
}

TEST(PlacementEpochs, StrayReadingsDoNotJoinTwoPlacements) {
  // Each stray is within 1.5 of the next, from one placement to the other.
  const PlacementEpochs epochs =
      placement_epochs(readings({40, 40, 40, 55, 78, 110, 150, 190, 190, 190, 190}));
  EXPECT_EQ(epochs.of_round.front(), 0);
  EXPECT_NE(epochs.of_round.back(), 0);
  EXPECT_NE(epochs.of_round.back(), kUnsettled);
}

TEST(PlacementEpochs, KnownEpochsKeepTheirNumbers) {
  const std::vector<Nanoseconds> known{Nanoseconds(40), Nanoseconds(190)};
  const PlacementEpochs epochs = placement_epochs(readings({180, 185, 400, 410}), known);
  EXPECT_EQ(epochs.of_round, (Epochs{1, kUnsettled, 2}));
  EXPECT_EQ(epochs.latency[0], Nanoseconds(40));
  EXPECT_EQ(epochs.latency[1], Nanoseconds(190));
  EXPECT_EQ(epochs.latency[2], Nanoseconds(410));
}

TEST(PlacementEpochs, WithoutReadingsThereIsOneEpoch) {
  EXPECT_EQ(placement_epochs(readings({0, 0, 0})).of_round, (Epochs{0, 0}));
  EXPECT_TRUE(placement_epochs({}).of_round.empty());
  EXPECT_TRUE(placement_epochs(readings({0, 0})).latency.empty());
  // A reading that failed leaves the round to its other end.
  EXPECT_EQ(placement_epochs(readings({40, 0, 190})).of_round, (Epochs{0, 1}));
}

TEST(SettledEpochs, FewWindowsDoNotMakeAnEpoch) {
  Epochs windows(20, 0);
  windows.insert(windows.end(), kLeastEpochWindows - 1, 1);
  EXPECT_EQ(settled_epochs(windows).back(), kUnsettled);
  EXPECT_EQ(settled_epochs(windows).front(), 0);
  windows.push_back(1);
  EXPECT_EQ(settled_epochs(windows).back(), 1);
  // A slow kernel has few windows altogether.
  EXPECT_EQ(settled_epochs(Epochs(5, 0)), Epochs(5, 0));
  EXPECT_TRUE(settled_epochs({}).empty());
}

}  // namespace
}  // namespace perfbench
