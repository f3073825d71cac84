#pragma once

#include <cstdint>
#include <string>

#include "harness/core/judge/verdict_builder.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Open-loop scenarios: P99 of the schedule slip over the median latency. Up to it a slip is not
/// worth a word.
inline constexpr double kSlipOverMedianLatency = 0.01;
/// Over the latency's P99. The slip is part of that latency, so up to here the tail is told too
/// long by no more than this; a generator that is late by more measures itself. An idle virtual
/// machine that loses 1 % of its time in gaps has a slip of 15 to 50 us at P99 whatever issues.
inline constexpr double kSlipOverTailLatency = 0.05;
/// Below this a slip never matters: about the cost of two clock readings and a wake from a spin.
inline constexpr Nanoseconds kSlipAlwaysGood{1000};
/// Workers busier than this leave no room for the queue to empty within a run: relaxation takes
/// about 1 / (1 - sqrt(utilisation))^2 services.
inline constexpr double kSettledUtilisation = 0.95;
/// An open loop that completes less than this of the rate at which queries came is overloaded.
inline constexpr double kKeepsUp = 0.95;

namespace judge {

/// The rules of queues and schedules, each from stored data alone. Every one adds its reasons, or
/// none; in what order they are asked changes no verdict.

/// An open loop that issued too late is INVALID; a closed loop says that it under-samples stalls.
void schedule(const ScenarioResult& result, VerdictBuilder& verdict);
/// Queries refused, left undrained, or completed more slowly than they came: INVALID, since the
/// latencies tell how long the run lasted. Close to that, a note.
void overload(const ScenarioResult& result, VerdictBuilder& verdict);
/// The bound's record, by bound_validity().
void bound(const ScenarioResult& result, VerdictBuilder& verdict);
/// Missed deadlines are a result; noted with their number.
void frames(const ScenarioResult& result, VerdictBuilder& verdict);

/// "20000 queries would do, about 12 s at this rate".
[[nodiscard]] std::string wanted(const ScenarioResult& result, std::uint64_t queries);

}  // namespace judge
}  // namespace perfbench
