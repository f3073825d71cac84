#pragma once

#include <cstddef>

#include "harness/core/result/scenario.hpp"
#include "harness/host/record/latency_recorder.hpp"

namespace perfbench {

/// Of the first `issued` queries of a recorder: mean, deviation (n - 1), maximum and nearest-rank
/// percentiles, exact as far as the recorder is. Nothing is copied or sorted: ranks come from
/// counting codes in two passes, upper and lower 16 bits, so that 10^8 queries take a megabyte. All
/// figures are 0 without queries.

/// Of every query that was issued.
[[nodiscard]] SlipSummary summarize_slip(const LatencyRecorder& recorder, std::size_t issued);
/// Of the queries that are complete.
[[nodiscard]] StageSummary summarize_queue(const LatencyRecorder& recorder, std::size_t issued);
[[nodiscard]] StageSummary summarize_service(const LatencyRecorder& recorder, std::size_t issued);

struct SkewSummary {
  Nanoseconds p50{0};
  Nanoseconds p99{0};
};
[[nodiscard]] SkewSummary summarize_skew(const LatencyRecorder& recorder, std::size_t issued);

}  // namespace perfbench
