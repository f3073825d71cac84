#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Two placements whose core-to-core latencies differ by more than this factor are two: within one
/// cache complex 36 to 44 ns were seen, across two 172 to 211 ns (a two-CPU guest whose host moved
/// its CPUs), while one placement's own noise stays within a fifth.
inline constexpr double kEpochRatio = 1.5;
/// An epoch of a kernel needs so many windows, or half of all that the kernel has (a slow one has
/// five): a best of fewer says little, and a placement that lasts for one reading is none.
inline constexpr std::uint64_t kLeastEpochWindows = 8;
/// The epoch of a round during which the host moved us, and of windows too few to stand alone.
inline constexpr int kUnsettled = -1;

/// Whether two core-to-core latencies can be of one placement.
[[nodiscard]] bool same_placement(Nanoseconds a, Nanoseconds b) noexcept;

/// Rounds of a measurement by where the host had placed the team.
struct PlacementEpochs {
  std::vector<int> of_round;  ///< Epoch of each round, kUnsettled where its two ends differ.
  /// Core-to-core latency of each epoch, by its number: the median of its readings.
  std::vector<Nanoseconds> latency;
};

/// Groups the readings of the core-to-core latency, one before each round and one after the last
/// (so one more than rounds), by their modes: placements that come back are the same epoch again.
/// `known` are the latencies of epochs that earlier measurements of the team found; they keep their
/// numbers, and new ones follow in the order of their first reading. A round belongs to an epoch
/// when the readings at both its ends do. Without any reading everything is epoch 0. Pure.
[[nodiscard]] PlacementEpochs placement_epochs(std::span<const std::optional<Nanoseconds>> readings,
                                               std::span<const Nanoseconds> known = {});

/// Takes from the windows' epochs those that have too few of them: they become kUnsettled.
[[nodiscard]] std::vector<int> settled_epochs(std::vector<int> of_window);

}  // namespace perfbench
