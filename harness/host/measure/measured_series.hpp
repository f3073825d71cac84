#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// What the protocol measured of one kernel: raw windows, their summary, and the conditions beside
/// them.
struct MeasuredSeries {
  KernelInfo info;
  Verification verification;  ///< Not passed: the kernel was not timed, and `series` is empty.
  Work work;                  ///< Of one iteration of one instance.
  Bytes working_set{0};       ///< Of one instance.
  int instances =
      1;  ///< Kernels run side by side: the team's threads, or 1 with a pool of its own.
  std::uint64_t iterations = 0;  ///< Of each instance in one window.
  WindowSeries
      series;  ///< Work of all instances; a window lasts from the common start to the last finish.
  WindowSummary summary;  ///< summarize_windows(series, info.kind); zeros when there is no window.
  ClockReading clock;  ///< Of the round that held the best window: the higher of before and after,
                       ///< mean of the CPUs.
  Disturbance disturbance;  ///< Over the whole group's measuring.
  Reading<double>
      sentinel_ratio;     ///< Median over best of the FMA sentinel beside it, the worst thread.
  std::string placement;  ///< In words, a refused pin included.
  std::vector<int> cpus;
  int threads = 1;       ///< That did the work.
  bool partial = false;  ///< Interrupted before the wanted number of windows.
  /// Placement epoch that the windows are of (judge/placement_epochs.hpp), and the latency between
  /// the team's CPUs in it: the median of its readings of the farthest pair. Absent for one CPU.
  int epoch = 0;
  std::optional<Nanoseconds> core_to_core;
  std::optional<Nanoseconds> nearest_pair;  ///< Of the nearest, the best reading.
  /// Latency of every epoch that is known by now, for the next MeasureRequest of the team.
  std::vector<Nanoseconds> known_epochs;
  /// Windows of the kernel that belong to no epoch: the host moved us meanwhile, or they are too
  /// few. The same in each series of the kernel; they are in none.
  std::uint64_t unsettled_windows = 0;
  std::string left_out;  ///< Why it was not measured at all; empty when it was.
};

}  // namespace perfbench
