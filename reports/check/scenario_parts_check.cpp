// Parts of a scenario's result beside its latencies. Single slips and stages are not kept, so they
// are held against each other and against the latencies that they add up to.
#include "reports/check/scenario_parts_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "harness/core/judge/latency_bound.hpp"
#include "harness/core/stats/between_runs.hpp"
#include "harness/core/stats/early_stopping.hpp"
#include "harness/core/stats/histogram.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/stats/order_statistics.hpp"
#include "reports/check/consistency.hpp"
#include "reports/document/names.hpp"

namespace perfbench {
namespace {

/// Queries whose latencies were recorded, those that never ended included.
std::uint64_t recorded_of(const ScenarioResult& result) {
  return result.latencies.empty() ? histogram_total(result.histogram) : result.latencies.size();
}

/// Whether the latencies alone tell what the queries became: those of queries that never ended are
/// not told apart.
bool tells_all(const ScenarioResult& result) {
  return !result.latencies.empty() && result.undrained == 0;
}

struct Range {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

/// How many queries took longer than `edge`, as far as the report tells.
Range longer_than(const ScenarioResult& result, Nanoseconds edge) {
  Range range;
  if (!result.latencies.empty()) {
    range.low = static_cast<std::uint64_t>(
        std::count_if(result.latencies.begin(), result.latencies.end(), [edge](Nanoseconds value) {
          return value > edge;
        }));
    range.high = range.low;
  } else {
    const auto limit = static_cast<double>(edge.count());
    for (std::size_t i = 0; i < result.histogram.counts.size(); ++i) {
      const double upper = bucket_upper_edge_ns(result.histogram, i);
      const double lower = upper * (1.0 - result.histogram.alpha) / (1.0 + result.histogram.alpha);
      if (lower * 1.000001 >= limit) range.low += result.histogram.counts[i];
      if (upper * 1.000001 >= limit) range.high += result.histogram.counts[i];
    }
  }
  // A query that never ended counts as longer, however long it had waited.
  range.high += result.undrained;
  return range;
}

void check_within(const std::string& path,
                  std::uint64_t stored,
                  const Range& range,
                  Comparison& comparison) {
  comparison.holds(path,
                   stored >= range.low && stored <= range.high,
                   std::to_string(stored),
                   range.low == range.high
                       ? std::to_string(range.low)
                       : std::to_string(range.low) + " to " + std::to_string(range.high));
}

void check_slip(const ScenarioResult& result, const std::string& path, Comparison& comparison) {
  const SlipSummary& slip = result.slip;
  check_ascending(path + ".slip_ns",
                  {{"p50", slip.p50}, {"p99", slip.p99}, {"p99_9", slip.p99_9}, {"max", slip.max}},
                  comparison);
  if (result.arrivals.kind == Arrivals::kClosedLoop) {
    comparison.duration(path + ".slip_ns.max", slip.max, Nanoseconds(0));
  }
  check_late_share({slip.p50, slip.p99, slip.p99_9, slip.max, slip.over_1us_fraction},
                   recorded_of(result),
                   path + ".slip_over_1us_fraction",
                   comparison);
}

void check_stage(const std::string& path, const StageSummary& stage, Comparison& comparison) {
  check_ascending(path, {{"p50", stage.p50}, {"p99", stage.p99}, {"max", stage.max}}, comparison);
  const auto max = static_cast<double>(stage.max.count());
  check_range(path + ".mean", stage.mean_ns, 0.0, max, comparison);
  // Of n values in 0 to max with n - 1 in the denominator: at most max / sqrt(2), for two of them.
  check_range(
      path + ".standard_deviation", stage.standard_deviation_ns, 0.0, 0.7072 * max, comparison);
}

/// Where nothing waits, service is all of the latency.
void check_service_alone(const ScenarioResult& result,
                         const std::string& path,
                         Comparison& comparison) {
  std::vector<Nanoseconds> sorted = result.latencies;
  std::sort(sorted.begin(), sorted.end());
  const StageSummary& service = result.service;
  comparison.duration(path + ".p50", service.p50, nearest_rank(sorted, 500'000));
  comparison.duration(path + ".p99", service.p99, nearest_rank(sorted, 990'000));
  comparison.duration(path + ".max", service.max, sorted.back());
  comparison.number(path + ".mean", service.mean_ns, result.latency.mean_ns);
  comparison.number(path + ".standard_deviation",
                    service.standard_deviation_ns,
                    result.latency.standard_deviation_ns);
}

/// Slip, queue and service of a query add up to its latency, so their means do.
void check_sum(const ScenarioResult& result, const std::string& path, Comparison& comparison) {
  if (result.scenario == Scenario::kOffline || result.undrained > 0 || result.queries == 0) return;
  if (result.queue.max.count() == 0 && result.slip.max.count() == 0 && !result.latencies.empty()) {
    check_service_alone(result, path + ".service_ns", comparison);
    return;
  }
  // Durations above a quarter of a second are kept to 1e-8 of themselves.
  constexpr double kKept = 1e-7;
  const double rounding = 1.0 + kKept * result.latency.mean_ns;
  const double slip = result.latency.mean_ns - result.queue.mean_ns - result.service.mean_ns;
  check_range(
      path + ".service_ns.mean",
      result.service.mean_ns,
      result.service.mean_ns + slip - static_cast<double>(result.slip.max.count()) - rounding,
      result.service.mean_ns + slip + rounding,
      comparison);
  const double max = static_cast<double>(result.latency.max.count()) * (1.0 + kKept) + 1.0;
  check_range(path + ".service_ns.max",
              static_cast<double>(result.service.max.count()),
              0.0,
              max,
              comparison);
  check_range(
      path + ".queue_ns.max", static_cast<double>(result.queue.max.count()), 0.0, max, comparison);
}

void check_batches(const ScenarioResult& result, const std::string& path, Comparison& comparison) {
  const BatchRecord& batches = result.batches;
  if (batches.counts.empty()) return;
  comparison.holds(path + ".counts",
                   batches.counts.back() > 0,
                   std::to_string(batches.counts.back()),
                   "a last count above 0");
  // What was executed and then not counted is not told: the end of an interrupted run.
  if (result.partial || result.undrained > 0 || !result.failure.empty()) return;
  std::uint64_t samples = 0;
  for (std::size_t i = 0; i < batches.counts.size(); ++i) samples += batches.counts[i] * (i + 1);
  comparison.holds(path + ".counts",
                   samples == result.samples,
                   std::to_string(samples) + " samples",
                   std::to_string(result.samples) + " samples");
}

/// What the share over the bound needs, without single latencies.
void check_bound_by_histogram(const ScenarioResult& result,
                              const BoundRecord& bound,
                              const std::string& path,
                              Comparison& comparison) {
  Range range = longer_than(result, bound.bound);
  range.low += result.refused;
  range.high += result.refused;
  check_within(path + ".over", bound.over, range, comparison);
  const std::uint64_t judged = recorded_of(result) + result.refused;
  if (judged > 0) {
    comparison.number(path + ".over_fraction",
                      bound.over_fraction,
                      static_cast<double>(bound.over) / static_cast<double>(judged));
    // Its search takes the longer, the more are over.
    constexpr std::uint64_t kMostOver = 1'000'000'000;
    if (bound.over <= kMostOver && comparison.may_be_costly(path + ".early_stopping_needs")) {
      comparison.whole(path + ".early_stopping_needs",
                       bound.early_stopping_needs,
                       early_stopping_queries(bound.ppm, bound.over));
    }
    comparison.flag(path + ".early_stopping_passes",
                    bound.early_stopping_passes,
                    judged >= bound.early_stopping_needs);
  }
  comparison.holds(path + ".over_low",
                   bound.over_low <= bound.over_fraction && bound.over_fraction <= bound.over_high,
                   exact_text(bound.over_low) + " to " + exact_text(bound.over_high),
                   "an interval around " + exact_text(bound.over_fraction));
  comparison.not_checkable(path +
                           ": which latencies are of queries that ended was not kept, so the "
                           "interval and n_effective are not recomputed");
}

void check_bound(const ScenarioResult& result, const std::string& path, Comparison& comparison) {
  if (!result.bound) return;
  const BoundRecord& stored = *result.bound;
  if (!tells_all(result)) {
    check_bound_by_histogram(result, stored, path, comparison);
    return;
  }
  const BoundRecord recomputed =
      judge_latency_bound(result.latencies, {stored.ppm, stored.bound}, result.refused);
  comparison.whole(path + ".over", stored.over, recomputed.over);
  comparison.number(path + ".over_fraction", stored.over_fraction, recomputed.over_fraction);
  comparison.number(path + ".over_low", stored.over_low, recomputed.over_low);
  comparison.number(path + ".over_high", stored.over_high, recomputed.over_high);
  comparison.number(path + ".n_effective", stored.n_effective, recomputed.n_effective);
  comparison.whole(path + ".needs_queries", stored.needs_queries, recomputed.needs_queries);
  comparison.whole(
      path + ".early_stopping_needs", stored.early_stopping_needs, recomputed.early_stopping_needs);
  comparison.flag(path + ".early_stopping_passes",
                  stored.early_stopping_passes,
                  recomputed.early_stopping_passes);
}

void check_early_stopping(const ScenarioResult& result,
                          const std::string& path,
                          Comparison& comparison) {
  if (!result.early_stopping) return;
  const EarlyStoppingFigure& stored = *result.early_stopping;
  const bool of_single = result.scenario == Scenario::kSingleStream;
  comparison.word(path + ".percentile", percentile_key(stored.ppm), of_single ? "p90" : "p99");
  if (!tells_all(result)) {
    comparison.not_checkable(path + ": the single latencies were not kept");
    return;
  }
  const EarlyStoppingFigure recomputed = early_stopping_estimate(result.latencies, stored.ppm);
  comparison.whole(path + ".needs_queries", stored.needs_queries, recomputed.needs_queries);
  comparison.whole(path + ".discarded", stored.discarded, recomputed.discarded);
  if (!stored.needs_queries && !recomputed.needs_queries)
    comparison.duration(path + ".value_ns", stored.value, recomputed.value);
}

void check_frames(const ScenarioResult& result, const std::string& path, Comparison& comparison) {
  if (!result.frames) return;
  const FrameRecord& frames = *result.frames;
  check_within(path + ".missed", frames.missed, longer_than(result, frames.deadline), comparison);
  check_ascending(
      path, {{"skew_p50_ns", frames.skew_p50}, {"skew_p99_ns", frames.skew_p99}}, comparison);
  const double period_ns =
      result.arrivals.target_qps > 0.0 ? 1e9 / result.arrivals.target_qps : 0.0;
  comparison.holds(path + ".period_ns",
                   std::abs(static_cast<double>(frames.period.count()) - period_ns) <= 1.0,
                   std::to_string(frames.period.count()),
                   "the period of target_qps, " + exact_text(period_ns));
}

void check_between(const std::string& path,
                   const std::optional<BetweenRuns>& stored,
                   const std::vector<double>& values,
                   Comparison& comparison) {
  // What one run refused has no figure over the runs.
  const bool all =
      std::all_of(values.begin(), values.end(), [](double value) { return value > 0.0; });
  comparison.holds(path,
                   stored ? all : !all || values.size() < 2,
                   stored ? exact_text(stored->mean) : "null",
                   all ? "a figure of " + std::to_string(values.size()) + " runs"
                       : "null, since a run has none");
  if (!stored || !all) return;
  const BetweenRuns recomputed = between_runs(values);
  comparison.number(path + ".mean", stored->mean, recomputed.mean);
  comparison.number(path + ".low", stored->low, recomputed.low);
  comparison.number(path + ".high", stored->high, recomputed.high);
}

/// The first run's data are the scenario's own.
void check_first_run(const ScenarioResult& result,
                     const std::string& path,
                     Comparison& comparison) {
  const RunRecord& run = result.runs.front();
  comparison.word(path + ".seed", std::to_string(run.seed), std::to_string(result.arrivals.seed));
  comparison.whole(path + ".queries", run.queries, result.queries);
  comparison.number(path + ".rate_per_s", run.rate_per_s, result.rate.per_second());
  comparison.number(path + ".mean_ns", run.mean_ns, result.latency.mean_ns);
  const auto check_value = [&](const char* key, Nanoseconds stored, Ppm ppm) {
    const PercentileFigure* figure = find_percentile(result.latency, ppm);
    const bool refused = figure == nullptr || figure->needs_queries;
    comparison.duration(path + key, stored, refused ? Nanoseconds(0) : figure->value);
  };
  check_value(".p50_ns", run.p50, 500'000);
  check_value(".p90_ns", run.p90, 900'000);
  check_value(".p99_ns", run.p99, 990'000);
}

void check_runs(const ScenarioResult& result, const std::string& path, Comparison& comparison) {
  std::vector<double> rates;
  std::vector<double> tails;
  for (std::size_t i = 0; i < result.runs.size(); ++i) {
    const RunRecord& run = result.runs[i];
    rates.push_back(run.rate_per_s);
    tails.push_back(static_cast<double>(run.p99.count()));
    // A percentile that the run refused is 0.
    const Nanoseconds p90 = std::max(run.p50, run.p90);
    check_ascending(path + ".runs[" + std::to_string(i) + "]",
                    {{"p50_ns", run.p50},
                     {"p90_ns", run.p90.count() > 0 ? run.p90 : p90},
                     {"p99_ns", run.p99.count() > 0 ? run.p99 : p90}},
                    comparison);
  }
  if (!result.runs.empty()) check_first_run(result, path + ".runs[0]", comparison);
  check_between(path + ".rate_between_runs_per_s", result.rate_between_runs, rates, comparison);
  check_between(path + ".p99_between_runs_ns", result.p99_between_runs, tails, comparison);
}

void check_arrivals(const ScenarioResult& result, const std::string& path, Comparison& comparison) {
  const ArrivalRecord& arrivals = result.arrivals;
  const bool closed = arrivals.kind == Arrivals::kClosedLoop;
  if (result.scenario != Scenario::kOffline)
    comparison.flag(path + ".closed_loop", result.closed_loop, closed);
  const bool bursty = arrivals.kind == Arrivals::kBursty;
  comparison.flag(path + ".arrivals.burst_duty", arrivals.burst_duty.has_value(), bursty);
  comparison.flag(path + ".arrivals.burst_period_ns", arrivals.burst_period.has_value(), bursty);
  if (arrivals.kind != Arrivals::kTrace)
    comparison.word(path + ".arrivals.trace", arrivals.trace, "");
  if (closed) {
    // Nothing waits that could be refused or left.
    comparison.whole(path + ".refused", result.refused, std::uint64_t{0});
    comparison.whole(path + ".undrained", result.undrained, std::uint64_t{0});
    comparison.number(path + ".arrivals.target_qps", arrivals.target_qps, 0.0);
    comparison.number(path + ".arrivals.offered_qps", arrivals.offered_qps, 0.0);
  } else if (arrivals.target_qps > 0.0 && !result.partial && result.ended_early.empty() &&
             result.failure.empty() && result.queries > 0) {
    // A whole schedule is of exactly the rate that was asked for, but for its whole nanoseconds.
    constexpr double kRounding = 0.001;
    check_range(path + ".arrivals.offered_qps",
                arrivals.offered_qps,
                arrivals.target_qps * (1.0 - kRounding),
                arrivals.target_qps * (1.0 + kRounding),
                comparison);
  }
}

}  // namespace

void check_scenario_parts(const ScenarioResult& result,
                          const std::string& path,
                          Comparison& comparison) {
  check_arrivals(result, path, comparison);
  check_slip(result, path, comparison);
  check_stage(path + ".queue_ns", result.queue, comparison);
  check_stage(path + ".service_ns", result.service, comparison);
  check_sum(result, path, comparison);
  check_batches(result, path + ".batches", comparison);
  check_bound(result, path + ".bound", comparison);
  check_early_stopping(result, path + ".early_stopping", comparison);
  check_frames(result, path + ".frames", comparison);
  check_runs(result, path, comparison);
  if (result.worker_utilisation)
    check_utilisation(path + ".worker_utilisation", *result.worker_utilisation, comparison);
  comparison.holds(path + ".answers.wrong",
                   result.answers.wrong <= result.answers.checked,
                   std::to_string(result.answers.wrong),
                   "at most the " + std::to_string(result.answers.checked) + " that were checked");
}

}  // namespace perfbench
