#pragma once

#include <optional>
#include <vector>

#include "harness/core/json/cursor.hpp"
#include "harness/core/json/value.hpp"
#include "harness/core/result/scenario.hpp"

namespace perfbench {

// Parts of one scenario's result beside its latencies. Inside this room only.

[[nodiscard]] JsonValue to_json(const ArrivalRecord& arrivals);
[[nodiscard]] ArrivalRecord read_arrivals(const JsonCursor& at);

/// "slip_ns" and, since it is no time, "slip_over_1us_fraction" beside it.
void add_slip(JsonValue& object, const SlipSummary& slip);
[[nodiscard]] SlipSummary read_slip(const JsonCursor& parent);

[[nodiscard]] JsonValue to_json(const StageSummary& stage);
[[nodiscard]] StageSummary read_stage(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const BatchRecord& batches);
[[nodiscard]] BatchRecord read_batches(const JsonCursor& at);

/// Null where there is none, as of all optional parts below.
[[nodiscard]] JsonValue to_json(const std::optional<BoundRecord>& bound);
[[nodiscard]] std::optional<BoundRecord> read_bound(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const std::optional<EarlyStoppingFigure>& figure);
[[nodiscard]] std::optional<EarlyStoppingFigure> read_early_stopping(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const std::optional<FrameRecord>& frames);
[[nodiscard]] std::optional<FrameRecord> read_frames(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const AnswerCheck& answers);
[[nodiscard]] AnswerCheck read_answers(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const std::vector<RunRecord>& runs);
[[nodiscard]] std::vector<RunRecord> read_runs(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const std::optional<BetweenRuns>& between);
[[nodiscard]] std::optional<BetweenRuns> read_between_runs(const JsonCursor& at);

}  // namespace perfbench
