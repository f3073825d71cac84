#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/verdict.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// MLPerf's four, as LoadGen spells them.
enum class Scenario { kSingleStream, kMultiStream, kServer, kOffline };

/// A percentile with its exact order-statistic interval, or the number of queries that would give
/// one.
struct PercentileFigure {
  std::uint32_t ppm = 0;           ///< 990000 is P99: integer arithmetic only.
  Nanoseconds value{0};            ///< Nearest rank. Meaningless when needs_queries is set.
  std::optional<Nanoseconds> low;  ///< Two-sided 95 %.
  std::optional<Nanoseconds> high;
  double n_effective = 0.0;  ///< n over the batch-means inflation.
  std::optional<std::uint64_t>
      needs_queries;  ///< Set: the figure is refused; this many queries would do.
};

struct LatencySummary {
  double mean_ns = 0.0;
  double standard_deviation_ns = 0.0;
  Nanoseconds max{0};
  std::vector<PercentileFigure> percentiles;  ///< p50, p90, p95, p99, p99.9
};

/// Log-bucket histogram (DDSketch's buckets, relative error alpha): the form that is drawn and
/// stored.
struct Histogram {
  double alpha = 0.01;  ///< Bucket i covers (g^(i-1), g^i] ns, g = (1+alpha)/(1-alpha).
  std::int32_t first_bucket = 0;
  std::vector<std::uint64_t> counts;
};

/// When queries arrive.
enum class Arrivals {
  kClosedLoop,  ///< When the one before is complete.
  kPoisson,     ///< Given their number, uniformly over the run: Poisson at exactly the target rate.
  kBursty,      ///< The same within the on part of each period.
  kPeriodic,    ///< At a fixed interval, as a camera's frames.
  kTrace,       ///< As recorded.
};

/// How a thread waits for the next arrival, or for work: part of the protocol, since it decides the
/// schedule slip.
enum class WaitPolicy {
  kHybrid,  ///< Sleeps until shortly before, then spins.
  kSpin,
  kSleep,
};

/// The arrivals that were asked for and those that came.
struct ArrivalRecord {
  Arrivals kind = Arrivals::kClosedLoop;
  WaitPolicy wait = WaitPolicy::kHybrid;
  std::uint64_t seed = 0;
  double target_qps = 0.0;   ///< 0 for a closed loop.
  double offered_qps = 0.0;  ///< Queries scheduled over the time that they were scheduled in.
  std::optional<double> burst_duty;
  std::optional<Nanoseconds> burst_period;
  std::string trace;  ///< Name of the trace; empty for others.
  /// Why this target: "40 % of the saturation of 1345 queries/s .."; empty where it was given.
  std::string target_chosen_by;
};

/// Schedule slip: issued minus scheduled. All 0 in a closed loop.
struct SlipSummary {
  Nanoseconds p50{0};
  Nanoseconds p99{0};
  Nanoseconds p99_9{0};
  Nanoseconds max{0};
  double over_1us_fraction = 0.0;  ///< Share of queries issued more than 1 us late.
};

/// One part of the latency: waiting in the queue (issue to start of execution), or service (start
/// of execution to completion).
struct StageSummary {
  double mean_ns = 0.0;
  double standard_deviation_ns = 0.0;
  Nanoseconds p50{0};
  Nanoseconds p99{0};
  Nanoseconds max{0};
};

/// How samples were put together for execution.
struct BatchRecord {
  std::uint64_t max_batch = 1;
  Nanoseconds max_delay{0};
  std::vector<std::uint64_t> counts;  ///< counts[b - 1]: executions of b samples; ends with a
                                      ///< number above 0.
};

/// Bound on one percentile, with the evidence that the verdict is taken from.
struct BoundRecord {
  std::uint32_t ppm = 990'000;
  Nanoseconds bound{0};
  std::uint64_t over = 0;  ///< Queries that took longer, those that never ended included.
  /// Share over the bound and its interval by batch means (judge/latency_bound.hpp).
  double over_fraction = 0.0;
  double over_low = 0.0;
  double over_high = 1.0;
  double n_effective = 0.0;
  /// Set: too few queries to tell; so many of the same dependence would do.
  std::optional<std::uint64_t> needs_queries;
  /// MLPerf's early stopping at this number over the bound: queries that it asks for, and whether
  /// there were as many. It takes queries for independent.
  std::uint64_t early_stopping_needs = 0;
  bool early_stopping_passes = false;
};

/// MLPerf's early-stopping estimate of a percentile: the (discarded + 1)-th largest latency.
struct EarlyStoppingFigure {
  std::uint32_t ppm = 900'000;
  std::uint64_t discarded = 0;
  Nanoseconds value{0};  ///< Meaningless when needs_queries is set.
  std::optional<std::uint64_t> needs_queries;
};

/// Frames at a fixed period.
struct FrameRecord {
  Nanoseconds period{0};
  Nanoseconds deadline{0};
  std::uint64_t missed = 0;  ///< Queries above the deadline.
  Nanoseconds skew_p50{0};   ///< Last minus first completion of a query's samples.
  Nanoseconds skew_p99{0};
};

/// One fresh process's run of the same scenario.
struct RunRecord {
  std::uint64_t seed = 0;
  std::uint64_t queries = 0;
  double rate_per_s = 0.0;
  double mean_ns = 0.0;
  Nanoseconds p50{0};  ///< As the others: 0 where the run refused it, null in the document.
  Nanoseconds p90{0};
  Nanoseconds p99{0};
  Validity validity = Validity::kInconclusive;
  bool quiet = false;
};

/// A figure over independent runs: geometric mean and 95 % interval by Student's t on logarithms.
struct BetweenRuns {
  double mean = 0.0;
  std::optional<double> low;  ///< Absent with fewer than two runs.
  std::optional<double> high;
};

/// Answers of a random share of samples held against the reference while the scenario ran.
struct AnswerCheck {
  std::uint64_t checked = 0;
  std::uint64_t wrong = 0;
};

/// One scenario's run. Latency counts from the scheduled arrival; in the closed-loop scenarios that
/// is the issue time.
struct ScenarioResult {
  Scenario scenario = Scenario::kSingleStream;
  std::string workload;        ///< "gemm", "triad"
  std::string rung;            ///< "fixed", "fitted", or a size of its ladder.
  std::string description;     ///< Sizes in words.
  std::string implementation;  ///< What executed it.
  bool closed_loop = true;
  int worker_threads = 1;
  std::string placement;
  std::uint64_t queries = 0;
  std::uint64_t samples = 0;
  std::uint64_t warm_up_queries = 0;
  Nanoseconds duration{0};
  Nanoseconds min_duration{0};
  LatencySummary latency;  ///< Per query. Offline: one query; see sample_latency.
  std::vector<Nanoseconds>
      latencies;  ///< In order of issue, complete or empty (then see histogram).
  Histogram histogram;
  SamplesPerSecond rate;
  ArrivalRecord arrivals;
  SlipSummary slip;
  StageSummary queue;    ///< All 0 in closed loops where the issuing thread executes.
  StageSummary service;  ///< Of a query's slowest sample.
  BatchRecord batches;
  std::uint64_t samples_per_query = 1;
  std::optional<BoundRecord> bound;
  std::optional<EarlyStoppingFigure> early_stopping;  ///< SingleStream P90, MultiStream P99.
  std::optional<FrameRecord> frames;
  /// Busy time of the workers over their number times the duration.
  std::optional<double> worker_utilisation;
  std::uint64_t refused = 0;    ///< Queries that found the queue full and were not executed.
  std::uint64_t undrained = 0;  ///< Queued when the run was ended; each counts as over any bound.
  AnswerCheck answers;
  Flops flops_per_sample{0};
  Bytes bytes_per_sample{0};
  std::optional<double> roof_fraction;  ///< Achieved over the roof that binds it.
  std::string roof;                     ///< roof_id() of that roof.
  /// Bytes per second over the bandwidth roof of the serving cores, beside roof_fraction when that
  /// one is of compute.
  std::optional<double> bandwidth_fraction;
  std::string bandwidth_roof;  ///< roof_id() of that roof.
  bool verified = false;       ///< The answer was checked against a reference.
  std::uint64_t checksum = 0;
  std::uint64_t dropped = 0;  ///< Queries that were not recorded; VALID needs 0.
  bool partial = false;
  std::string failure;  ///< What the workload threw; empty when it did not.
  /// A sentence where the run was ended before its rules were met: the queue was full, or could not
  /// drain. Empty otherwise.
  std::string ended_early;
  Disturbance disturbance;
  std::vector<RunRecord> runs;  ///< Of --runs: one a fresh process; the first one's data are above.
  std::optional<BetweenRuns> p99_between_runs;
  std::optional<BetweenRuns> rate_between_runs;
  Verdict verdict;
};

}  // namespace perfbench
