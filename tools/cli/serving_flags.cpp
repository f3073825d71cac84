#include <CLI/CLI.hpp>

#include "tools/cli/serving_options.hpp"

namespace perfbench {
namespace {

constexpr const char* kWorkload = "Workload";
constexpr const char* kArrivals = "Arrivals (server; multistream with --frame-period)";
constexpr const char* kServing = "System under test";
constexpr const char* kJudged = "Length and verdict";
constexpr const char* kExperiments = "Experiments";

void add_arrival_flags(CLI::App& verb, RawServing& raw) {
  verb.add_option("--qps", raw.qps, "Queries a second (default: half of the saturation, measured)")
      ->group(kArrivals);
  verb.add_option("--arrivals", raw.arrivals, "poisson (default), bursty, periodic, trace")
      ->group(kArrivals);
  verb.add_option("--burst-duty", raw.burst_duty, "Share of each period with arrivals (0.1)")
      ->group(kArrivals);
  verb.add_option("--burst-period", raw.burst_period, "Period of the bursts (100ms)")
      ->group(kArrivals);
  verb.add_option("--trace", raw.trace, "File of arrivals: one offset a line, 0.25 or 250ms")
      ->group(kArrivals);
  verb.add_option("--frame-period", raw.frame_period, "multistream: a query every so often (33ms)")
      ->group(kArrivals);
  verb.add_option("--deadline", raw.deadline, "Of a frame (default: the period)")->group(kArrivals);
  add_wait_flag(verb, raw);
}

void add_system_flags(CLI::App& verb, RawServing& raw) {
  verb.add_option("--workers", raw.workers, "Worker threads (default: one a core but one)")
      ->group(kServing);
  verb.add_option("--samples-per-query", raw.samples_per_query, "multistream: samples a query (8)")
      ->group(kServing);
  verb.add_option(
          "--max-batch", raw.max_batch, "Samples executed together at most (1; offline: all)")
      ->group(kServing);
  verb.add_option("--max-delay",
                  raw.max_delay,
                  "The oldest sample waits so long for a batch (0; at most 10s)")
      ->group(kServing);
}

void add_judged_flags(CLI::App& verb, RawServing& raw) {
  verb.add_option("--min-duration", raw.min_duration, "Of each run (10s)")->group(kJudged);
  verb.add_option("--min-queries", raw.min_queries, "Of each run; offline: samples")
      ->group(kJudged);
  verb.add_option("--latency-bound",
                  raw.latency_bound,
                  "Bound on the percentile, such as 10ms: exit 1 when it is missed, 3 when that "
                  "cannot be told")
      ->group(kJudged);
  verb.add_option("--percentile", raw.percentile, "Which percentile the bound is on (99)")
      ->group(kJudged);
  verb.add_option("--runs", raw.runs, "The same in so many fresh processes, kept apart (1)")
      ->group(kJudged);
}

}  // namespace

void add_wait_flag(CLI::App& verb, RawServing& raw) {
  verb.add_option("--wait", raw.wait, "How threads wait: hybrid (default), spin, sleep")
      ->group(kArrivals);
}

void add_serving_flags(CLI::App& verb, RawServing& raw) {
  verb.add_option("scenario,--scenario",
                  raw.scenario,
                  "singlestream, multistream, server or offline (in any case)");
  verb.add_option("--track", raw.track, "The experiment of a track: cloud, edge, mobile")
      ->group(kExperiments);
  verb.add_flag(
          "--find-peak", raw.find_peak, "Search the highest server rate that holds --latency-bound")
      ->group(kExperiments);
  verb.add_flag("--sweep", raw.sweep, "Throughput against latency, from idle to saturation")
      ->group(kExperiments);
  verb.add_option("--workload", raw.workload, "Name of a workload (mobilenet)")->group(kWorkload);
  verb.add_option("--rung",
                  raw.rung,
                  "Size of its ladder: fixed (default), fitted, or a size; of your own: gemm 640, "
                  "triad 512M, "
                  "spin 250us, llm-decode 208MiB:2048 (tokens of context)")
      ->group(kWorkload);
  verb.add_option("--workload-file", raw.workload_file, "Your own: a JSON file of layers")
      ->group(kWorkload);
  verb.add_flag("--list-workloads", raw.list_workloads, "Name workloads and rungs, and stop")
      ->group(kWorkload);
  add_arrival_flags(verb, raw);
  add_system_flags(verb, raw);
  add_judged_flags(verb, raw);
}

}  // namespace perfbench
