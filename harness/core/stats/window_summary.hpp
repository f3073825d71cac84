#pragma once

#include <vector>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// The rate of each window: work per second; for a latency series the nanoseconds of one access,
/// its time over its accesses, with the fraction of a nanosecond. In the windows' order. Throws
/// InputError when a window has no duration or a latency series has no work, since a rate would be
/// a guess.
[[nodiscard]] std::vector<double> window_rates(const WindowSeries& series, RoofKind kind);

/// best, p90, median and relative MAD (MAD over median) of window_rates(), by nearest rank. Best is
/// the highest rate, or the lowest latency. p90 is the 90th percentile of the figure itself: near
/// the best of rates, a bad case of latencies. Means are not formed: one stalled window would move
/// them. All 0 for a series without windows.
[[nodiscard]] WindowSummary summarize_windows(const WindowSeries& series, RoofKind kind);

}  // namespace perfbench
