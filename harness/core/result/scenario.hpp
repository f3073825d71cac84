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

/// One scenario's run. Latency counts from the scheduled arrival; in the closed-loop scenarios that
/// is the issue time.
struct ScenarioResult {
  Scenario scenario = Scenario::kSingleStream;
  std::string workload;        ///< "gemm", "triad"
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
  Nanoseconds slip_p50{0};  ///< issue minus scheduled
  Nanoseconds slip_p99{0};
  Flops flops_per_sample{0};
  Bytes bytes_per_sample{0};
  std::optional<double> roof_fraction;  ///< Achieved over the roof that binds it.
  std::string roof;                     ///< roof_id() of that roof.
  bool verified = false;                ///< The answer was checked against a reference.
  std::uint64_t checksum = 0;
  std::uint64_t dropped = 0;  ///< Queries that were not recorded; VALID needs 0.
  bool partial = false;
  Disturbance disturbance;
  Verdict verdict;
};

}  // namespace perfbench
