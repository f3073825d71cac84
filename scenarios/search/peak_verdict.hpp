#pragma once

#include <cstddef>
#include <limits>

#include "harness/core/judge/verdict_builder.hpp"
#include "harness/core/result/serving.hpp"

namespace perfbench {

// Rates that a search tries, as shares of saturation.
inline constexpr double kLowestShare = 0.02;  ///< Below it the bound is as good as never held.
/// Saturation was measured in another run: some room above it.
inline constexpr double kCeilingShare = 1.6;
/// Fewer give no interval worth the name.
inline constexpr std::size_t kEnoughReplicates = 3;

/// How a search for a peak rate ended, beside what it found.
struct PeakSearchEnd {
  bool not_held = false;         ///< Not even at the lowest rate.
  bool held_to_ceiling = false;  ///< Up to the highest.
  int lost = 0;                  ///< Replicates that found no rate.
  /// Of the longest probes that a decision could take, the shortest.
  double longest_probe_s = std::numeric_limits<double>::infinity();
};

/// What queues of the measured service would do; none where batches make it another queue.
void predict_peak(PeakRate& peak);

/// What was found as an answer, and why it is none. Halts and disturbances are ExperimentRuns'.
void judge_peak(const PeakRate& peak, const PeakSearchEnd& end, VerdictBuilder& verdict);

}  // namespace perfbench
