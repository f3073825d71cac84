#include "reports/text/scenario_block.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/scenario_words.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {
namespace {

constexpr std::string_view kIndent = "    ";

/// The three that the summary shows; the others are in the full text and on the page.
bool is_shown(const PercentileFigure& figure, Detail detail) {
  return detail == Detail::kFull || figure.ppm == 500'000 || figure.ppm == 900'000 ||
         figure.ppm == 990'000;
}

std::string roof_of(const std::string& id, const RooflineSection* roofline) {
  return roofline == nullptr ? sanitise(id, 40) : roof_words(*roofline, id);
}

std::string rate_text(const ScenarioResult& result, const RooflineSection* roofline) {
  std::string text = format_significant(result.rate.per_second()) + " samples/s";
  if (result.roof_fraction) {
    text += ", " + format_percent(*result.roof_fraction) + " of " + roof_of(result.roof, roofline);
  } else {
    text += ", no roof measured to hold it against";
  }
  return text;
}

std::vector<std::string> percentile_items(const ScenarioResult& result, Detail detail) {
  std::vector<std::string> items;
  for (const PercentileFigure& figure : result.latency.percentiles) {
    if (is_shown(figure, detail)) items.push_back(percentile_text(figure));
  }
  if (detail == Detail::kFull && result.queries > 0) {
    items.push_back("mean " + format_nanoseconds(result.latency.mean_ns));
    items.push_back("longest " + format_duration(result.latency.max));
  }
  return items;
}

std::vector<std::string> run_items(const ScenarioResult& result,
                                   const RooflineSection* roofline,
                                   Detail detail) {
  std::string run = result.scenario == Scenario::kOffline
                        ? format_count(result.samples) + " samples"
                        : counted(result.queries, "query", "queries");
  if (result.samples_per_query > 1 && result.scenario != Scenario::kOffline)
    run += " of " + format_count(result.samples_per_query) + " samples";
  run += " in " + format_duration(result.duration);
  std::vector<std::string> items{run, rate_text(result, roofline)};
  if (result.bandwidth_fraction) {
    items.push_back(format_percent(*result.bandwidth_fraction) + " of " +
                    roof_of(result.bandwidth_roof, roofline));
  }
  if (detail == Detail::kFull || result.worker_utilisation) {
    std::string workers = workers_words(result.worker_threads);
    if (result.worker_utilisation)
      workers += ", busy " + format_percent(*result.worker_utilisation);
    items.push_back(workers);
  }
  return items;
}

std::string arrivals_text(const ScenarioResult& result) {
  const ArrivalRecord& arrivals = result.arrivals;
  std::string text = "arrivals " + std::string(name_of(arrivals.kind));
  if (!arrivals.trace.empty()) text += " " + sanitise(arrivals.trace, 60);
  if (arrivals.burst_duty && arrivals.burst_period) {
    text += " in " + format_percent(*arrivals.burst_duty) + " of every " +
            format_duration(*arrivals.burst_period);
  }
  if (arrivals.target_qps > 0.0)
    text += ", asked for " + format_per_second(arrivals.target_qps) + ", came " +
            format_per_second(arrivals.offered_qps);
  if (!arrivals.target_chosen_by.empty())
    text += " (" + sanitise(arrivals.target_chosen_by, 160) + ")";
  return text + ", wait " + std::string(name_of(arrivals.wait));
}

std::string slip_text(const SlipSummary& slip, Detail detail) {
  std::string text =
      "schedule slip P50 " + format_duration(slip.p50) + ", P99 " + format_duration(slip.p99);
  if (detail == Detail::kFull)
    text += ", P99.9 " + format_duration(slip.p99_9) + ", longest " + format_duration(slip.max);
  return text + ", over 1 us " + format_percent(slip.over_1us_fraction);
}

std::string stage_text(std::string_view name, const StageSummary& stage) {
  return std::string(name) + " mean " + format_nanoseconds(stage.mean_ns) + ", P50 " +
         format_duration(stage.p50) + ", P99 " + format_duration(stage.p99);
}

std::string batches_text(const BatchRecord& batches) {
  std::uint64_t executions = 0;
  std::uint64_t samples = 0;
  std::uint64_t size = 0;
  for (const std::uint64_t count : batches.counts) {
    ++size;
    executions += count;
    samples += count * size;
  }
  std::string text = batching_words(batches.max_batch, batches.max_delay);
  if (executions > 0) {
    text += "; " + counted(executions, "execution", "executions") + " of " +
            format_significant(static_cast<double>(samples) / static_cast<double>(executions)) +
            " on average, " + format_count(size) + " at most";
  }
  return text;
}

std::string bound_text(const BoundRecord& bound) {
  std::string text = percentile_name(bound.ppm) + " within " + format_duration(bound.bound) + ": " +
                     format_count(bound.over) + " took longer, " +
                     format_percent(bound.over_fraction) + " (" +
                     range_text(bound.over_low * 100.0, bound.over_high * 100.0) + " %)";
  if (bound.needs_queries)
    text += "; to tell needs " + format_count(*bound.needs_queries) + " queries";
  text += "; MLPerf's early stopping asks for " + format_count(bound.early_stopping_needs) +
          " queries at that and " + (bound.early_stopping_passes ? "passes" : "does not pass") +
          " (it takes queries for independent; here they count as " +
          format_significant(bound.n_effective) + ")";
  return text;
}

std::string early_stopping_text(const EarlyStoppingFigure& figure) {
  const std::string name = "MLPerf's early-stopping " + percentile_name(figure.ppm);
  if (figure.needs_queries)
    return name + " needs " + format_count(*figure.needs_queries) + " queries";
  return name + " " + format_duration(figure.value);
}

std::string frames_text(const FrameRecord& frames, std::uint64_t queries) {
  return "every " + format_duration(frames.period) + ": " + format_count(frames.missed) + " of " +
         counted(queries, "frame", "frames") + " later than " + format_duration(frames.deadline) +
         "; skew P50 " + format_duration(frames.skew_p50) + ", P99 " +
         format_duration(frames.skew_p99);
}

std::string lost_text(const ScenarioResult& result) {
  std::string text;
  const auto add = [&text](std::uint64_t count, std::string_view what) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text += format_count(count) + " " + std::string(what);
  };
  add(result.refused, "refused by a full queue");
  add(result.undrained, "still queued at the end");
  add(result.dropped, "not recorded");
  add(result.answers.wrong, "of the answers held against the reference were wrong");
  return text;
}

std::string between_text(std::string_view name, const BetweenRuns& between, bool time) {
  const auto figure = [time](double value) {
    return time ? format_nanoseconds(value) : format_per_second(value);
  };
  if (!time && between.low && between.high)
    return std::string(name) + " " + rate_range_text(between.mean, *between.low, *between.high);
  std::string text = std::string(name) + " " + figure(between.mean);
  if (between.low && between.high)
    text += " (" + figure(*between.low) + " to " + figure(*between.high) + ")";
  return text;
}

std::string runs_text(const ScenarioResult& result, Detail detail, const TextOptions& options) {
  if (result.runs.empty()) return "";
  std::vector<std::string> items{counted(result.runs.size(), "fresh process", "fresh processes")};
  if (result.p99_between_runs) items.push_back(between_text("P99", *result.p99_between_runs, true));
  if (result.rate_between_runs)
    items.push_back(between_text("rate", *result.rate_between_runs, false));
  std::string text = flow(items, options, kIndent);
  if (detail == Detail::kSummary) return text;
  Table table({"run", "seed", "queries", "per s", "P50", "P90", "P99", "verdict", "quiet"});
  // A percentile that the run refused is 0.
  const auto known = [](Nanoseconds value) {
    return value.count() > 0 ? format_duration(value) : std::string(kNoCell);
  };
  std::size_t number = 0;
  for (const RunRecord& run : result.runs) {
    table.add_row({std::to_string(++number),
                   std::to_string(run.seed),
                   format_count(run.queries),
                   format_significant(run.rate_per_s),
                   known(run.p50),
                   known(run.p90),
                   known(run.p99),
                   std::string(name_of(run.validity)),
                   run.quiet ? "yes" : "no"});
  }
  return text + table.text(options, kIndent);
}

/// What only the full text has.
std::string full_lines(const ScenarioResult& result, const TextOptions& options) {
  std::string by = sanitise(result.implementation, 80);
  if (!result.placement.empty()) by += (by.empty() ? "" : ", ") + sanitise(result.placement, 120);
  std::string text = by.empty() ? "" : wrap("by " + by, options, kIndent);
  if (result.service.mean_ns > 0.0)
    text += flow({stage_text("queue", result.queue), stage_text("service", result.service)},
                 options,
                 kIndent);
  if (!result.batches.counts.empty()) text += wrap(batches_text(result.batches), options, kIndent);
  if (result.answers.checked > 0) {
    text += wrap(format_count(result.answers.checked) + " answers held against the reference, " +
                     format_count(result.answers.wrong) + " wrong",
                 options,
                 kIndent);
  }
  return text;
}

}  // namespace

std::string scenario_block(const ScenarioResult& result,
                           const RooflineSection* roofline,
                           Detail detail,
                           const TextOptions& options) {
  const Painter painter(options);
  std::string text = wrap(scenario_name(result) + ": " + painter.verdict(result.verdict.validity) +
                              ", " + sanitise(result.description, 200),
                          options,
                          "  ");
  if (result.partial) text += wrap("cut short: the figures are of what ran", options, kIndent);
  if (!result.failure.empty())
    text += wrap("the workload failed: " + sanitise(result.failure, 300), options, kIndent);
  if (result.scenario != Scenario::kOffline)
    text += flow(percentile_items(result, detail), options, kIndent);
  text += flow(run_items(result, roofline, detail), options, kIndent);
  if (!result.closed_loop && result.arrivals.kind != Arrivals::kClosedLoop) {
    text += flow({arrivals_text(result), slip_text(result.slip, detail)}, options, kIndent);
  }
  if (result.frames) text += wrap(frames_text(*result.frames, result.queries), options, kIndent);
  if (result.bound) text += wrap(bound_text(*result.bound), options, kIndent);
  if (detail == Detail::kFull) text += full_lines(result, options);
  if (result.early_stopping && detail == Detail::kFull)
    text += wrap(early_stopping_text(*result.early_stopping), options, kIndent);
  if (const std::string lost = lost_text(result); !lost.empty())
    text += wrap(lost, options, kIndent);
  text += runs_text(result, detail, options);
  return text;
}

}  // namespace perfbench
