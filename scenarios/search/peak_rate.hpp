#pragma once

#include <optional>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/result/serving.hpp"
#include "scenarios/search/scenario_runner.hpp"

namespace perfbench {

struct PeakRateOptions {
  /// Workload, rung, workers, wait, batcher, seed, and `bound`, which must be there. Scenario,
  /// arrivals and stop rule are the search's own.
  ScenarioSettings settings;
  Nanoseconds at_most{40'000'000'000};  ///< For everything, kept.
  int replicates = 5;        ///< Up to 5; fewer, but no less than 3, where time is short.
  double resolution = 0.03;  ///< A bracket this narrow is an answer.
  /// Of a sample alone, from an experiment before. Absent: a short SingleStream.
  std::optional<double> service_mean_ns;
  double service_cv2 = 0.0;  ///< With service_mean_ns.
  /// Absent: workers over the service time; with batches a short Offline.
  std::optional<double> saturation_qps;
  /// What a run takes beside its length, where known from runs of the same workload.
  std::optional<double> overhead_s;
  /// Where the rate is expected, from theory or a search before: all replicates begin near it, and
  /// find their way from there when it is wrong. 0: no idea.
  double guess_qps = 0.0;
};

/// The highest Server rate whose percentile holds the bound: replicates that bracket the rate from
/// below and from above in turn and halve the bracket, each with seeds of its own. A probe is
/// decided by bound_validity(); one that leaves it open is followed by a longer one, and if that
/// does too, by its share over the bound, which the verdict tells. The geometric mean of the
/// replicates with its interval by Student's t on logarithms, and what queues of the measured
/// service time would do. A replicate that finds no rate where another did was disturbed, and is
/// left out.
///
/// VALID: an answer, be it that no rate holds a bound about as long as the service. INCONCLUSIVE:
/// fewer than three replicates, an interval wider than 1.6 times, probes that end before a queue as
/// full as that settles, a bound of several service times that no rate holds, or queries that were
/// issued late in more than a tenth of the runs. INVALID: the workload cannot serve. Stopped early
/// it holds what there is.
[[nodiscard]] PeakRate find_peak_rate(const PeakRateOptions& options,
                                      const ExperimentContext& context);

}  // namespace perfbench
