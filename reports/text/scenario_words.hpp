#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/result/report.hpp"

namespace perfbench {

// Words that the texts of scenarios, searches, tracks and calibration share. Inside this room only.

/// "mobilenet, fixed"; the workload alone where no rung is told.
[[nodiscard]] std::string workload_words(const std::string& workload, const std::string& rung);
/// "Server mobilenet, fixed".
[[nodiscard]] std::string scenario_name(const ScenarioResult& result);
/// "Peak rate of mobilenet, fixed, P99 within 10.0 ms".
[[nodiscard]] std::string peak_rate_name(const PeakRate& peak);
/// "Track cloud, mobilenet, fixed".
[[nodiscard]] std::string track_name(const TrackResult& track);

/// 990000 -> "P99", 999000 -> "P99.9".
[[nodiscard]] std::string percentile_name(std::uint32_t ppm);
/// "P90 161 us (160 to 163 us)", or the number of queries that would do.
[[nodiscard]] std::string percentile_text(const PercentileFigure& figure);
/// The figure of that percentile; null where it is missing or was refused.
[[nodiscard]] const PercentileFigure* percentile_of(const LatencySummary& latency,
                                                    std::uint32_t ppm);

/// Digits as many (3 to 6) as tell both ends apart: "412 to 427".
[[nodiscard]] std::string range_text(double low, double high);
/// "412 /s (398 to 427 /s)".
[[nodiscard]] std::string rate_range_text(double value, double low, double high);

/// "batches of 1", "batches of up to 8, waiting 1.00 ms for others at most".
[[nodiscard]] std::string batching_words(std::uint64_t max_batch, Nanoseconds max_delay);
/// "1 worker", "2 workers".
[[nodiscard]] std::string workers_words(int workers);

}  // namespace perfbench
