#pragma once

#include <cstdint>
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
};

}  // namespace perfbench
