#include "harness/core/judge/scenario.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "harness/core/judge/quiet.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/verdict_builder.hpp"
#include "harness/core/judge/wording.hpp"
#include "harness/core/stats/latency_summary.hpp"

namespace perfbench {
namespace {

using judge::duration;
using judge::number;
using judge::percent;

constexpr Ppm kP50 = 500'000;
constexpr Ppm kP99 = 990'000;

void judge_answer(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (!result.verified) {
    verdict.invalid({"not-verified",
                     "the workload's answer was not checked or was wrong",
                     "Report it with the output of perfbench probe; a wrong answer has no speed."});
  }
  if (result.dropped > 0) {
    verdict.invalid({"dropped",
                     std::to_string(result.dropped) +
                         " queries were not recorded, and slow ones may be among them",
                     "Shorten the run with --max-time, or free memory for the recorder."});
  }
}

/// A run that was cut short is no broken promise: it says less, and that is another word.
void judge_length(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (result.partial) {
    verdict.inconclusive({"partial",
                          "the run was ended early after " + duration(result.duration) + " and " +
                              std::to_string(result.queries) + " queries",
                          "Let it run to its end."});
  } else if (result.duration < result.min_duration) {
    verdict.invalid({"min-duration",
                     "the run lasted " + duration(result.duration) + ", less than its minimum of " +
                         duration(result.min_duration),
                     "Repeat; the stop rule ended the run before its time."});
  }
  if (result.queries == 0) {
    verdict.inconclusive(
        {"no-queries", "no query was completed", "Give it more time: a longer --max-time."});
  }
}

/// The number of queries that P99 needs, beside the time it takes at this rate.
std::string wanted(const ScenarioResult& result, std::uint64_t queries) {
  std::string text = std::to_string(queries) + " queries would do";
  if (result.queries > 0 && result.duration.count() > 0) {
    const double needed_s = seconds(result.duration) * static_cast<double>(queries) /
                            static_cast<double>(result.queries);
    text += ", about " + number(needed_s, 2) + " s at this rate";
  }
  return text;
}

void judge_percentiles(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (result.scenario == Scenario::kOffline || result.queries == 0) return;
  const PercentileFigure* p99 = find_percentile(result.latency, kP99);
  if (p99 == nullptr) {
    verdict.inconclusive({"no-p99", "the result holds no P99", "Run it again with this version."});
  } else if (p99->needs_queries) {
    const std::string few = p99->n_effective < static_cast<double>(result.queries)
                                ? ", which depend on each other and tell as much as " +
                                      std::to_string(std::llround(p99->n_effective))
                                : std::string();
    verdict.inconclusive(
        {"too-few-queries",
         "P99 is refused: " + std::to_string(result.queries) + " queries" + few + "; " +
             wanted(result, *p99->needs_queries),
         "perfbench run --preset standard, or a longer --max-time, gives it the time."});
  }
}

void judge_schedule(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (result.closed_loop) {
    if (result.scenario != Scenario::kOffline) {
      verdict.note(
          {"closed-loop",
           "closed loop: the next query waits for the last one, so stalls are under-sampled",
           ""});
    }
    return;
  }
  const PercentileFigure* p50 = find_percentile(result.latency, kP50);
  const double median_ns = p50 == nullptr ? 0.0 : static_cast<double>(p50->value.count());
  const double allowed_ns =
      std::max(static_cast<double>(kSlipAlwaysGood.count()), kSlipOverMedianLatency * median_ns);
  if (static_cast<double>(result.slip_p99.count()) <= allowed_ns) return;
  verdict.invalid({"schedule-slip",
                   "P99 of the schedule slip is " + duration(result.slip_p99) + ", allowed is " +
                       duration(Nanoseconds(std::llround(allowed_ns))) +
                       ": queries were issued too late, and the figures are of the generator",
                   "Leave the issuing thread a CPU of its own, or ask for a lower rate."});
}

/// The rate of a whole run above the best windows of its roof: one of the two is wrong. The
/// latencies stand on their own and a contended or lower-bound roof can explain it, so it is not
/// refused but left open.
void judge_roof(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (!result.roof_fraction || !(*result.roof_fraction > 1.0 + kRoofTolerance)) return;
  verdict.inconclusive({"above-roof",
                        percent(*result.roof_fraction) + " of its roof " + result.roof +
                            ": the roof was measured too low or the work is miscounted",
                        "Repeat on a quiet machine; if it stays, report both figures."});
}

/// One reason for all that broke quiet: a scenario has many figures and one state of the machine.
void note_disturbance(const ScenarioResult& result, VerdictBuilder& verdict) {
  const QuietVerdict quiet = judge_quiet(result.disturbance);
  if (quiet.reasons.empty()) return;
  std::string text = "the machine was not quiet, and the figures hold under that condition: ";
  for (std::size_t i = 0; i < quiet.reasons.size(); ++i) {
    if (i > 0) text += "; ";
    text += quiet.reasons[i].text;
  }
  verdict.note({"disturbed", std::move(text), quiet.reasons.front().remedy});
}

}  // namespace

Verdict judge_scenario(const ScenarioResult& result) {
  VerdictBuilder verdict;
  judge_answer(result, verdict);
  judge_length(result, verdict);
  judge_percentiles(result, verdict);
  judge_schedule(result, verdict);
  judge_roof(result, verdict);
  note_disturbance(result, verdict);
  return std::move(verdict).build();
}

}  // namespace perfbench
