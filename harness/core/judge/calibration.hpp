#pragma once

#include <cstddef>

#include "harness/core/result/calibration.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// Median slip of an open loop, in clock readings.
inline constexpr double kSlipClockReads = 5.0;
/// Of SingleStream without work: what the reported latency may hold, and from one query's issue to
/// the next, in clock readings.
inline constexpr double kReportedClockReads = 3.0;
inline constexpr double kBetweenClockReads = 10.0;
/// Relative distance of a measured mean or P99 from Lindley's recursion.
inline constexpr double kQueueTruthWithin = 0.05;
/// Queues of a whole calibration: three utilisations, and one with stalls.
inline constexpr std::size_t kCalibrationQueues = 4;

/// Whether the harness met the known truths, from the section's figures alone; `check` repeats it.
///
/// A mean that misses the recursion because the generator was held up, and holds it over the times
/// of issue, is noted. Of a P99 there is no such recursion: a miss is one.
///
/// INVALID: a truth was missed on a machine that was quiet meanwhile. INCONCLUSIVE: it was missed
/// while the machine was disturbed, or a part of the calibration is missing. The medians of slip
/// and of the null overhead are held to their bars whatever else ran: a median does not see what
/// disturbs now and then.
[[nodiscard]] Verdict judge_calibration(const CalibrationSection& section);

}  // namespace perfbench
