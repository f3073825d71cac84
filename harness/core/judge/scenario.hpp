#pragma once

#include <optional>

#include "harness/core/judge/serving_rules.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// The verdict on one scenario's run, from its stored data alone; `check` repeats it.
///
/// INVALID: the answer was not verified or one was wrong, the workload failed, queries were not
/// recorded, the run ended on its own before the minimum duration (MLPerf's rule), an open loop
/// issued too late (kSlipOverMedianLatency) or was overloaded, or the bound is missed.
/// INCONCLUSIVE: a partial run, no queries, or too few: to tell whether the bound holds, or without
/// a bound for the interval of P99 (of latency scenarios; Offline is one query and is judged by its
/// rate), with the number that would do; a rate above its roof, which leaves the latencies
/// standing; fresh runs of which another is INVALID or died. Without a bound the verdict is about
/// the figures only: that they are what they claim to be.
///
/// A disturbed host leaves the verdict as it is and adds a reason: the latencies are what this
/// machine delivered while it was disturbed, true as measured and stored beside the disturbance.
/// Validity says whether the figure is what it claims to be, quietness says under which conditions;
/// on a shared VM the two must not be one word.
[[nodiscard]] Verdict judge_scenario(const ScenarioResult& result);

/// What a run needs of a roof: flop/s for compute, byte/s for bandwidth, over that roof's best. The
/// work is that of the samples completed, the time the whole run's, so it says how much of the
/// serving cores' roof was used. Nothing where the work or the roof is not known, or for a latency
/// roof.
[[nodiscard]] std::optional<double> achieved_fraction(const ScenarioResult& result,
                                                      RoofKind kind,
                                                      double roof_best_per_s);

}  // namespace perfbench
