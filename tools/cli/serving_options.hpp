#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/core/plan/run_plan.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): another library names it.
class App;
}

namespace perfbench {

/// Words of the flags of `scenario`, before they become typed values.
struct RawServing {
  std::optional<std::string> scenario;
  std::optional<std::string> workload;
  std::optional<std::string> rung;
  std::optional<std::string> workload_file;
  std::optional<std::string> qps;
  std::optional<std::string> arrivals;
  std::optional<std::string> burst_duty;
  std::optional<std::string> burst_period;
  std::optional<std::string> trace;
  std::optional<std::string> samples_per_query;
  std::optional<std::string> frame_period;
  std::optional<std::string> deadline;
  std::optional<std::string> max_batch;
  std::optional<std::string> max_delay;
  std::optional<std::string> latency_bound;
  std::optional<std::string> percentile;
  std::optional<std::string> wait;
  std::optional<std::string> min_duration;
  std::optional<std::string> min_queries;
  std::optional<std::string> workers;
  std::optional<std::string> runs;
  std::optional<std::string> track;
  bool find_peak = false;
  bool sweep = false;
  bool list_workloads = false;
};

/// Binds the flags of `scenario` to `raw`, which outlives the parser.
void add_serving_flags(CLI::App& verb, RawServing& raw);

/// --wait alone, for `calibrate`.
void add_wait_flag(CLI::App& verb, RawServing& raw);

/// What was asked for, every default put in; a trace is still to be read. Throws UsageError, in one
/// sentence with a remedy, for a value that is none and for flags that do not go together.
[[nodiscard]] ServingRequest typed_serving(const RawServing& raw, std::uint64_t seed);

/// hybrid, spin or sleep; absent: hybrid.
[[nodiscard]] WaitPolicy wait_policy(const std::optional<std::string>& word);

}  // namespace perfbench
