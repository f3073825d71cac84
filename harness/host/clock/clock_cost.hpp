#pragma once

#include <cstdint>
#include <span>

#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// What reading the clock costs and how finely it tells time, from back-to-back reads through the
/// same call that measures. A figure shorter than 20 steps should say so.
struct ClockCost {
  Nanoseconds cost_p50{0};  ///< Median distance of two reads in a row.
  Nanoseconds cost_p99{0};
  Nanoseconds step{0};  ///< Distance between the values that occur; clock_getres() claims 1 ns
                        ///< whatever the truth.
  Nanoseconds back_to_back_max{
      0};  ///< Longest distance of two reads in a row: an interrupt or a preemption.
  std::uint64_t reads = 0;
};

/// Takes about 1 ms with the default. `reads` is at least 2.
[[nodiscard]] ClockCost calibrate_clock(Clock& clock, std::uint64_t reads = 20'000);

/// The step that explains these distances of neighbouring reads: neighbouring values (1 ns apart,
/// from rounding) count as one, except where all values are neighbours, which is a clock of 1 ns.
[[nodiscard]] Nanoseconds clock_step(std::span<const Nanoseconds> distances);

}  // namespace perfbench
