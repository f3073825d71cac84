#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result/scenario.hpp"
#include "harness/core/result/verdict.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// One Server run of a search or a sweep, without its latencies.
struct ServerProbe {
  double target_qps = 0.0;
  double achieved_qps = 0.0;  ///< Completed over the time from the first arrival to the last
                              ///< completion.
  std::uint64_t queries = 0;
  double mean_ns = 0.0;
  std::optional<Nanoseconds> p50;  ///< Absent: refused, too few independent queries.
  std::optional<Nanoseconds> p90;
  std::optional<Nanoseconds> p99;
  double queue_mean_ns = 0.0;
  double service_mean_ns = 0.0;
  double worker_utilisation = 0.0;
  double over_fraction = 0.0;  ///< Of the bound, where there is one.
  bool ascending = true;       ///< Of a search: found from below.
  Validity validity = Validity::kInconclusive;
};

/// Highest rate at which the bound holds, by theory, for the service time of the run: what a queue
/// of that kind would do.
struct QueuePrediction {
  std::string model;  ///< "M/M/1", "M/D/1"; with several workers "M/M/2" and so on.
  double rate_qps = 0.0;
};

/// Highest Server rate whose percentile holds the bound.
struct PeakRate {
  std::string workload;
  std::string rung;
  std::uint32_t ppm = 990'000;
  Nanoseconds bound{0};
  std::uint64_t max_batch = 1;
  Nanoseconds max_delay{0};
  int worker_threads = 1;
  bool found = false;     ///< false: even the lowest rate tried misses the bound.
  double rate_qps = 0.0;  ///< Geometric mean of the replicates.
  double low_qps = 0.0;   ///< 95 % interval over the replicates (Student's t on logarithms).
  double high_qps = 0.0;
  std::vector<double> replicates_qps;
  double service_mean_ns = 0.0;  ///< Batch 1, unloaded.
  double service_cv2 = 0.0;      ///< Squared coefficient of variation of the service time.
  std::vector<QueuePrediction> predictions;
  std::vector<ServerProbe> probes;  ///< In order of trial.
  Verdict verdict;
};

/// Throughput against latency, for the plot.
struct LoadSweep {
  std::string workload;
  std::string rung;
  int worker_threads = 1;
  std::uint64_t max_batch = 1;
  Nanoseconds max_delay{0};
  double service_mean_ns = 0.0;
  double saturation_qps = 0.0;  ///< Offline's rate in batches of 1, or workers over service time.
  std::vector<ServerProbe> points;  ///< Ascending target rate.
};

}  // namespace perfbench
