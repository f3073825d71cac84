#include "harness/core/judge/scenario.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "harness/core/judge/quiet.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/verdict_builder.hpp"
#include "harness/core/judge/wording.hpp"
#include "harness/core/stats/latency_summary.hpp"

namespace perfbench {
namespace {

using judge::duration;
using judge::percent;

constexpr Ppm kP99 = 990'000;

void judge_answer(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (!result.verified) {
    verdict.invalid({"not-verified",
                     "the workload's answer was not checked or was wrong",
                     "Report it with the output of perfbench probe; a wrong answer has no speed."});
  }
  if (result.answers.wrong > 0) {
    verdict.invalid({"wrong-answers",
                     std::to_string(result.answers.wrong) + " of " +
                         std::to_string(result.answers.checked) +
                         " answers checked while it ran were wrong",
                     "Report it with the output of perfbench probe; a wrong answer has no speed."});
  }
  if (!result.failure.empty()) {
    verdict.invalid({"workload-failed",
                     "the workload failed after " + std::to_string(result.queries) +
                         " queries: " + result.failure,
                     "Mend the workload; what was measured until then is kept."});
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
  } else if (result.duration < result.min_duration && result.failure.empty() &&
             result.ended_early.empty()) {
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

/// Of a queue that only grows no number of queries gives a P99.
bool overloaded(const ScenarioResult& result) {
  VerdictBuilder verdict;
  judge::overload(result, verdict);
  return std::move(verdict).build().validity == Validity::kInvalid;
}

void judge_percentiles(const ScenarioResult& result, VerdictBuilder& verdict) {
  // A bound is judged by its own count, which needs fewer queries than an interval does.
  if (result.scenario == Scenario::kOffline || result.queries == 0 || result.bound) return;
  const PercentileFigure* p99 = find_percentile(result.latency, kP99);
  if (p99 == nullptr) {
    verdict.inconclusive({"no-p99", "the result holds no P99", "Run it again with this version."});
  } else if (p99->needs_queries && !overloaded(result)) {
    const std::string few = p99->n_effective < static_cast<double>(result.queries)
                                ? ", which depend on each other and tell as much as " +
                                      std::to_string(std::llround(p99->n_effective))
                                : std::string();
    verdict.inconclusive({"too-few-queries",
                          "P99 is refused: " + std::to_string(result.queries) + " queries" + few +
                              "; " + judge::wanted(result, *p99->needs_queries),
                          "A longer --min-duration (perfbench scenario) or --preset standard "
                          "(perfbench run) gives it the time."});
  }
}

/// The rate of a whole run above the best windows of its roof: one of the two is wrong. The
/// latencies stand on their own and a contended or lower-bound roof can explain it, so it is not
/// refused but left open.
void judge_roof(const ScenarioResult& result, VerdictBuilder& verdict) {
  const auto hold = [&verdict](const std::optional<double>& fraction, const std::string& roof) {
    if (!fraction || !(*fraction > 1.0 + kRoofTolerance)) return;
    verdict.inconclusive({"above-roof",
                          percent(*fraction) + " of its roof " + roof +
                              ": the roof was measured too low or the work is miscounted",
                          "Repeat on a quiet machine; if it stays, report both figures."});
  };
  hold(result.roof_fraction, result.roof);
  hold(result.bandwidth_fraction, result.bandwidth_roof);
}

bool is_missing(const RunRecord& run) {
  return run.validity == Validity::kInvalid && run.queries == 0;
}

/// The fresh-process run is the unit: one that is INVALID is not outvoted by the one shown.
void judge_runs(const ScenarioResult& result, VerdictBuilder& verdict) {
  const std::string of_runs = " of " + std::to_string(result.runs.size()) + " fresh runs ";
  // The record of a run that died holds nothing but its seed.
  const auto died = std::count_if(result.runs.begin(), result.runs.end(), is_missing);
  if (died > 0) {
    verdict.inconclusive(
        {"runs-missing",
         std::to_string(died) + of_runs + "ended without a figure, so there is none over the runs",
         "Look at the warnings for what ended them, and repeat."});
  }
  const auto invalid =
      std::count_if(result.runs.begin(), result.runs.end(), [](const RunRecord& run) {
        return run.validity == Validity::kInvalid && !is_missing(run);
      });
  if (invalid == 0) return;
  verdict.inconclusive(
      {"runs-invalid",
       std::to_string(invalid) + of_runs + "were INVALID",
       "Look at the runs one by one; a lower rate or a longer bound unites them."});
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
  judge::bound(result, verdict);
  judge::schedule(result, verdict);
  judge::overload(result, verdict);
  judge::frames(result, verdict);
  judge_roof(result, verdict);
  judge_runs(result, verdict);
  note_disturbance(result, verdict);
  return std::move(verdict).build();
}

std::optional<double> achieved_fraction(const ScenarioResult& result,
                                        RoofKind kind,
                                        double roof_best_per_s) {
  std::uint64_t work = 0;
  if (kind == RoofKind::kCompute) work = result.flops_per_sample.count();
  if (kind == RoofKind::kBandwidth) work = result.bytes_per_sample.count();
  if (!(roof_best_per_s > 0.0) || work == 0 || result.samples == 0) return std::nullopt;
  return static_cast<double>(work) * result.rate.per_second() / roof_best_per_s;
}

}  // namespace perfbench
