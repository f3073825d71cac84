#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/plan/stop_rule.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Which arrivals an open loop is given. A closed loop has none.
struct ArrivalSettings {
  Arrivals kind = Arrivals::kClosedLoop;
  double target_qps = 0.0;  ///< Queries per second over the whole run; kTrace: 0 keeps its pace.
  double burst_duty = 0.1;  ///< kBursty: share of each period in which queries arrive.
  Nanoseconds burst_period{100'000'000};
  /// kTrace: offsets of the arrivals from the start, ascending; shared since a plan is copied.
  std::shared_ptr<const std::vector<Nanoseconds>> trace;
  std::string trace_name;  ///< For the report: the file's name without its folder.
};

/// How a worker puts queued samples together.
struct BatcherSettings {
  std::size_t max_batch = 1;
  /// The oldest sample waits so long for others; 0: what is queued when a worker is free, at once.
  Nanoseconds max_delay{0};
};

/// A bound on one percentile of the latency: what Server's verdict is about.
struct LatencyBound {
  std::uint32_t ppm = 990'000;
  Nanoseconds bound{0};
};

/// Everything that tells one scenario's run from another on one machine.
struct ScenarioSettings {
  Scenario scenario = Scenario::kSingleStream;
  std::string workload;  ///< Name in the workload registry: "mobilenet", "llm-decode".
  std::string rung;      ///< Of its ladder: "fixed", "fitted" or a size; empty: fixed.
  StopRule stop;         ///< min_queries counts queries; Offline: samples.
  WarmUpRule warm_up;
  std::uint64_t seed = 1;  ///< Of arrivals, sample indices and the share of answers checked.
  ArrivalSettings arrivals;
  std::size_t samples_per_query = 1;  ///< MultiStream: 8 by default.
  BatcherSettings batcher;
  WaitPolicy wait = WaitPolicy::kHybrid;
  std::optional<LatencyBound> bound;
  /// MultiStream at a fixed period: a query that takes longer has missed. Absent: the period.
  std::optional<Nanoseconds> deadline;
  int workers = 0;  ///< 0: one a physical core beside the generator's.

  static constexpr std::size_t kMultiStreamSamples = 8;  ///< MLPerf's.
  /// Offline's batch: more than any workload takes at once, so the largest that it has.
  static constexpr std::size_t kOfflineBatch = 64;
};

/// An open loop whose rate is still to be chosen.
[[nodiscard]] inline bool rate_is_open(const ArrivalSettings& arrivals) noexcept {
  return arrivals.kind != Arrivals::kClosedLoop && arrivals.kind != Arrivals::kTrace &&
         arrivals.target_qps <= 0.0;
}

}  // namespace perfbench
