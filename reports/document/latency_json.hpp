#pragma once

#include "harness/core/json/cursor.hpp"
#include "harness/core/json/value.hpp"
#include "harness/core/result/scenario.hpp"

namespace perfbench {

// What is told of the latencies of one run. Inside this room only.

[[nodiscard]] JsonValue to_json(const LatencySummary& latency);
[[nodiscard]] LatencySummary read_latency(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const Histogram& histogram);
[[nodiscard]] Histogram read_histogram(const JsonCursor& at);

}  // namespace perfbench
