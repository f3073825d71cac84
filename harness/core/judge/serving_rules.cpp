#include "harness/core/judge/serving_rules.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/core/judge/latency_bound.hpp"
#include "harness/core/judge/wording.hpp"
#include "harness/core/stats/latency_summary.hpp"

namespace perfbench::judge {
namespace {

constexpr Ppm kP50 = 500'000;
constexpr Ppm kP99 = 990'000;
/// More queries than so many times those of the run are no advice.
constexpr double kSensibleExtension = 1000.0;

std::string percentile_name(std::uint32_t ppm) {
  constexpr double kPpmPerPercent = 1e4;
  constexpr int kDigits = 6;
  return "P" + number(ppm / kPpmPerPercent, kDigits);
}

/// Shares over a bound are small, and tell only with three digits.
std::string share(double fraction) { return number(fraction * 100.0) + " %"; }

bool open_loop(const ScenarioResult& result) {
  return !result.closed_loop && result.scenario != Scenario::kOffline;
}

/// Completed queries a second; nothing where that is not known.
double completed_qps(const ScenarioResult& result) {
  return result.rate.per_second() /
         static_cast<double>(std::max<std::uint64_t>(1, result.samples_per_query));
}

bool falls_behind(const ScenarioResult& result) {
  const bool busy = result.worker_utilisation && *result.worker_utilisation >= kSettledUtilisation;
  return busy && result.arrivals.offered_qps > 0.0 &&
         completed_qps(result) < kKeepsUp * result.arrivals.offered_qps;
}

/// Queries that the bound was judged by: those without a latency included.
std::string counted(const ScenarioResult& result) {
  const std::uint64_t without = result.refused + result.undrained;
  std::string text = share(result.bound->over_fraction) + " of the queries took longer (" +
                     std::to_string(result.bound->over);
  if (without > 0) text += ", " + std::to_string(without) + " of them never executed";
  return text + "), allowed is " + share(allowed_over(*result.bound));
}

std::string dependence(const ScenarioResult& result) {
  const auto effective = static_cast<std::uint64_t>(std::llround(result.bound->n_effective));
  if (effective >= result.queries) return {};
  return "; the queries depend on each other and tell as much as " + std::to_string(effective) +
         " independent ones";
}

void open_bound(const ScenarioResult& result, const std::string& what, VerdictBuilder& verdict) {
  const BoundRecord& record = *result.bound;
  std::string text = "too few queries to tell whether " + what + ": " + counted(result) +
                     ", and the true share lies between " + share(record.over_low) + " and " +
                     share(record.over_high) + dependence(result);
  const bool hopeless =
      !record.needs_queries ||
      static_cast<double>(*record.needs_queries) >
          kSensibleExtension * static_cast<double>(std::max<std::uint64_t>(1, result.queries));
  text += hopeless ? "; the bound lies so near to the percentile that no run of sensible length "
                     "tells them apart"
                   : "; " + wanted(result, *record.needs_queries);
  if (record.early_stopping_passes)
    text += ". MLPerf's early stopping, which takes queries for independent, would pass it";
  verdict.inconclusive({"bound-open", std::move(text), "A longer run, or a lower rate."});
}

}  // namespace

std::string wanted(const ScenarioResult& result, std::uint64_t queries) {
  std::string text = std::to_string(queries) + " queries would do";
  if (result.queries > 0 && result.duration.count() > 0) {
    const double needed_s = seconds(result.duration) * static_cast<double>(queries) /
                            static_cast<double>(result.queries);
    text += ", about " + number(needed_s, 2) + " s at this rate";
  }
  return text;
}

void schedule(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (!open_loop(result)) {
    if (result.scenario != Scenario::kOffline) {
      verdict.note(
          {"closed-loop",
           "closed loop: the next query waits for the last one, so stalls are under-sampled",
           ""});
    }
    return;
  }
  // Where the median is refused, the service alone is less, and is always there.
  const auto median_ns = static_cast<double>(
      told_percentile(result.latency, kP50).value_or(result.service.p50).count());
  const double allowed_ns =
      std::max(static_cast<double>(kSlipAlwaysGood.count()), kSlipOverMedianLatency * median_ns);
  const auto slip_ns = static_cast<double>(result.slip.p99.count());
  if (slip_ns <= allowed_ns) return;
  const std::optional<Nanoseconds> p99 = told_percentile(result.latency, kP99);
  const double tail_ns = p99 ? kSlipOverTailLatency * static_cast<double>(p99->count()) : 0.0;
  if (slip_ns <= tail_ns) {
    verdict.note({"late-issues",
                  "P99 of the schedule slip is " + duration(result.slip.p99) +
                      ", which is part of the latency: its P99 of " + duration(*p99) +
                      " is too long by that much at most",
                  ""});
    return;
  }
  verdict.invalid({"schedule-slip",
                   "P99 of the schedule slip is " + duration(result.slip.p99) + ", allowed is " +
                       duration(Nanoseconds(std::llround(std::max(allowed_ns, tail_ns)))) +
                       ": queries were issued too late, and the figures are of the generator",
                   "Leave the issuing thread a CPU of its own, or ask for a lower rate."});
}

void overload(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (!open_loop(result)) return;
  const bool behind = falls_behind(result);
  const bool left = result.undrained > 0 && !result.partial;
  if (behind || left || result.refused > 0 || !result.ended_early.empty()) {
    std::string text =
        "queries came faster than they were executed, so the latencies tell how "
        "long the run lasted";
    if (behind) {
      text += "; " + number(result.arrivals.offered_qps) + " came a second and " +
              number(completed_qps(result)) + " were completed";
    }
    if (result.undrained > 0)
      text += "; " + std::to_string(result.undrained) + " were left in the queue";
    if (result.refused > 0) text += "; " + std::to_string(result.refused) + " found the queue full";
    verdict.invalid({"overload", std::move(text), "Ask for a lower rate, or for larger batches."});
    return;
  }
  if (result.worker_utilisation && *result.worker_utilisation > kSettledUtilisation) {
    verdict.note({"near-saturation",
                  "the workers were busy " + percent(*result.worker_utilisation) +
                      " of the time: above " + percent(kSettledUtilisation, 0) +
                      " the queue never settles in so short a run",
                  "Read the latencies as those of this run; a lower rate gives lasting ones."});
  }
}

void bound(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (!result.bound) return;
  const BoundRecord& record = *result.bound;
  const std::string what =
      percentile_name(record.ppm) + " holds its bound of " + duration(record.bound);
  switch (bound_validity(record)) {
    case Validity::kValid:
      verdict.note({"bound-holds",
                    what + ": " + counted(result) + ", and the true share is at most " +
                        share(record.over_high) + dependence(result),
                    ""});
      return;
    case Validity::kInvalid:
      verdict.invalid({"bound-missed",
                       percentile_name(record.ppm) + " misses its bound of " +
                           duration(record.bound) + ": " + counted(result) +
                           ", and the true share is at least " + share(record.over_low) +
                           dependence(result),
                       "Ask for a lower rate, a longer bound, or the highest rate that holds it."});
      return;
    case Validity::kInconclusive:
      break;
  }
  open_bound(result, what, verdict);
}

void frames(const ScenarioResult& result, VerdictBuilder& verdict) {
  if (!result.frames || result.frames->missed == 0 || result.queries == 0) return;
  verdict.note({"frames-missed",
                std::to_string(result.frames->missed) + " of " + std::to_string(result.queries) +
                    " frames came later than " + duration(result.frames->deadline),
                ""});
}

}  // namespace perfbench::judge
