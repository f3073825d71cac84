#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/verdict.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// How late an open loop issues queries of no work.
struct SlipCalibration {
  double target_qps = 0.0;
  std::uint64_t queries = 0;
  Nanoseconds p50{0};
  Nanoseconds p99{0};
  Nanoseconds p99_9{0};
  double over_1us_fraction = 0.0;
  /// The same two of the gap test on that CPU: what no generator can avoid there.
  std::optional<Nanoseconds> gap_p99;
  std::optional<double> gap_loss_fraction;
};

/// A queue with a closed form, driven for real: mean latency measured, by Lindley's recursion over
/// the same arrivals with the service time of the run, and by theory.
struct QueueCalibration {
  std::string model;  ///< "M/D/1"
  double utilisation = 0.0;
  double target_qps = 0.0;  ///< What the theory's arrivals are.
  std::uint64_t queries = 0;
  double service_ns = 0.0;
  double measured_mean_ns = 0.0;
  double lindley_mean_ns = 0.0;
  double theory_mean_ns = 0.0;  ///< 0 for a stalled server, which has no closed form.
  /// Sampling error of a run of this length, from replications of the recursion.
  double theory_standard_error_ns = 0.0;
  /// Under the scripted stall; absent without one.
  std::optional<double> measured_p99_ns;
  std::optional<double> lindley_p99_ns;
  /// The recursion over the times of issue, plus the slip: what a generator that was held up left
  /// of the schedule. The distance from it is the harness's own.
  double lindley_issued_mean_ns = 0.0;
  double slip_mean_ns = 0.0;  ///< Issued minus scheduled, part of the measured mean alone.
  bool stalled = false;       ///< The server stopped for 20 ms every 2 s, on purpose.
  bool quiet = false;
  std::vector<std::string> disturbed_by;  ///< Empty when quiet.
};

/// The harness held against known truths: sections.calibration.
struct CalibrationSection {
  std::vector<SlipCalibration> schedule_slip;
  double clock_read_ns = 0.0;
  /// SingleStream of no work: what a driver adds to a latency, and spends between queries.
  double null_reported_latency_p50_ns = 0.0;
  /// The second is the median over the runs of each run's mean.
  double null_between_queries_p50_ns = 0.0;
  double offline_null_samples_per_s = 0.0;
  double server_null_qps = 0.0;  ///< Highest rate at which slip and achieved rate held.
  std::vector<QueueCalibration> queue;
  Verdict verdict;  ///< judge/calibration.hpp
};

}  // namespace perfbench
