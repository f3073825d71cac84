#pragma once

#include <cstdint>
#include <span>

#include "harness/core/result/disturbance.hpp"

namespace perfbench {

/// The one definition of quiet. A machine is quiet while every
/// figure keeps its side.
inline constexpr double kQuietForeignCpuCores = 0.02;  ///< Below: 2 % of a core.
/// Resolution of /proc/stat (USER_HZ is 100 on every Linux of today). A CPU's busy time is read off
/// by so much too high at the worst, which on some of many CPUs happens in every window, and is
/// allowed on top of the 2 % of the worst CPU.
inline constexpr Nanoseconds kQuietTick{10'000'000};
inline constexpr double kQuietStealFraction = 0.005;  ///< Below: 0.5 %.
inline constexpr double kQuietShare =
    0.98;  ///< At least: CPU time over wall time of the measured thread.
inline constexpr double kQuietGapLossFraction =
    0.03;  ///< Below: an idle VM loses 0.6 to 2.5 % at steal 0.

/// What the worst CPU's foreign time must stay below in a window of this length: 2 % and one tick.
[[nodiscard]] double quiet_foreign_limit(Nanoseconds wall) noexcept;

/// The foreign time is that of the worst measured CPU where it is known by CPU; of reports of
/// before, the sum over all, held against 2 % of one core. Quiet, or disturbed with every figure
/// that broke its side, its limit and the remedy. A needed reading that is missing makes it
/// disturbed, with the reading's reason: what was not watched is not called quiet. Where no cgroup
/// limits the CPU time, quota_throttled must be read as 0 by its owner; that is a fact, not a
/// guess.
[[nodiscard]] QuietVerdict judge_quiet(const Disturbance& disturbance);

/// How many of many windows are quiet.
struct QuietCount {
  std::uint64_t windows = 0;
  std::uint64_t quiet = 0;
  [[nodiscard]] double share() const noexcept {
    return windows == 0 ? 0.0 : static_cast<double>(quiet) / static_cast<double>(windows);
  }
};
[[nodiscard]] QuietCount count_quiet(std::span<const Disturbance> windows);

}  // namespace perfbench
