#pragma once

#include "harness/core/result/scenario.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// Open-loop scenarios: P99 of the schedule slip over the median latency. A generator that is late
/// by more measures itself.
inline constexpr double kSlipOverMedianLatency = 0.01;
/// Below this a slip never matters: about the cost of two clock readings and a wake from a spin.
inline constexpr Nanoseconds kSlipAlwaysGood{1000};

/// The verdict on one scenario's run, from its stored data alone; `check` repeats it.
///
/// INVALID: the answer was not verified, queries were not recorded, the run ended on its own before
/// the minimum duration (MLPerf's rule), or an open loop issued too late. INCONCLUSIVE: a partial
/// run, no queries, or too few for the interval of P99 (of latency scenarios; Offline is one query
/// and is judged by its rate), with the number that would do; a rate above its roof, which leaves
/// the latencies standing.
///
/// A disturbed host leaves the verdict as it is and adds a reason: the latencies are what this
/// machine delivered while it was disturbed, true as measured and stored beside the disturbance.
/// Validity says whether the figure is what it claims to be, quietness says under which conditions;
/// on a shared VM the two must not be one word.
[[nodiscard]] Verdict judge_scenario(const ScenarioResult& result);

}  // namespace perfbench
