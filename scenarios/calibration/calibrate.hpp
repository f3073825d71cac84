#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/result/calibration.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/host/record/latency_recorder.hpp"

namespace perfbench {

/// A scenario that was run, with the times of its queries in order of issue where they were asked
/// for.
struct ServedRun {
  ScenarioResult result;
  std::vector<Nanoseconds> latencies;  ///< From the scheduled arrival.
  std::vector<Nanoseconds> services;
  std::vector<Nanoseconds> slips;
};

/// The queries of a run up to the first that never completed, as its recorder has them.
void keep_queries(const LatencyRecorder& recorder, ServedRun& run);

/// What a calibration measures with. Tests script it.
struct CalibrationMachine {
  /// Runs a scenario of one of the workloads below; `with_queries`: latencies and services too.
  std::function<ServedRun(const ScenarioSettings&, bool with_queries)> run;
  /// Median cost of a clock reading on the issuing CPU, ns.
  std::function<double()> clock_read_ns;
  /// Gap test on the issuing CPU.
  std::function<Reading<NoiseFloor>()> gaps;
};

/// Workloads by their names in the registry; the last is `spin` under with_stalls().
inline constexpr std::string_view kNullWorkload = "null";
inline constexpr std::string_view kSpinWorkload = "spin";
inline constexpr std::string_view kStallWorkload = "spin-stall";

struct CalibrationOptions {
  std::uint64_t seed = 1;
  WaitPolicy wait = WaitPolicy::kHybrid;
  Nanoseconds at_most{40'000'000'000};  ///< The runs are shortened to it.
};

/// Holds the harness against known truths: schedule slip at 1 k, 10 k and 100 k queries per second
/// of no work; what a driver adds to a latency and spends between queries; Offline's and Server's
/// highest rates of no work; the mean latency of M/D/1 (of one worker) at utilisation 0.1, 0.5 and
/// 0.9 against Lindley's recursion over the same arrivals with the service times of the run, and
/// theory; and the P99 of a server that stops for 20 ms every 2 s. The section holds what there is
/// when the interruption comes.
[[nodiscard]] CalibrationSection calibrate(const CalibrationOptions& options,
                                           const CalibrationMachine& machine,
                                           const Interruption& interruption,
                                           Progress& progress);

}  // namespace perfbench
