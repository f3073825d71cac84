#pragma once

#include <vector>

#include "harness/core/json/cursor.hpp"
#include "harness/core/json/value.hpp"
#include "harness/core/result/report.hpp"

namespace perfbench {

// The parts of the document, one writer and one reader each. Inside this room only.

[[nodiscard]] JsonValue to_json(const PlanRecord& plan);
[[nodiscard]] PlanRecord read_plan(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const MachineFacts& machine);
[[nodiscard]] MachineFacts read_machine(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const QuietSummary& quiet);
[[nodiscard]] QuietSummary read_quiet(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const RooflineSection& roofline);
[[nodiscard]] RooflineSection read_roofline(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const ScenarioResult& scenario);
[[nodiscard]] ScenarioResult read_scenario(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const PeakRate& peak);
[[nodiscard]] PeakRate read_peak_rate(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const LoadSweep& sweep);
[[nodiscard]] LoadSweep read_load_sweep(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const TrackResult& track);
[[nodiscard]] TrackResult read_track(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const CalibrationSection& calibration);
[[nodiscard]] CalibrationSection read_calibration(const JsonCursor& at);

}  // namespace perfbench
