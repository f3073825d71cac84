#pragma once

#include <cstdint>
#include <optional>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// When a scenario ends, as LoadGen has it: both minimums are met, or a maximum is hit. Queries of
/// warm-up do not count.
struct StopRule {
  Nanoseconds min_duration{0};
  std::uint64_t min_queries = 1;             ///< Offline: samples.
  std::optional<Nanoseconds> max_duration;   ///< Absent: no upper bound.
  std::optional<std::uint64_t> max_queries;  ///< Also what the recorder can hold.
};

/// Why a scenario ended, or that it goes on.
enum class StopCause { kGoesOn, kMinimumsMet, kMaxDuration, kMaxQueries };

/// Asked between queries: `elapsed` since the first issue, `queries` completed.
[[nodiscard]] constexpr StopCause stop_cause(const StopRule& rule,
                                             Nanoseconds elapsed,
                                             std::uint64_t queries) noexcept {
  if (elapsed >= rule.min_duration && queries >= rule.min_queries) return StopCause::kMinimumsMet;
  if (rule.max_duration && elapsed >= *rule.max_duration) return StopCause::kMaxDuration;
  if (rule.max_queries && queries >= *rule.max_queries) return StopCause::kMaxQueries;
  return StopCause::kGoesOn;
}

/// Queries discarded before a scenario: at least `min_queries`, then until the last queries take as
/// long as those before them, at most `max_queries` or `max_duration`.
struct WarmUpRule {
  std::uint64_t min_queries = 10;
  std::uint64_t max_queries = 50;
  Nanoseconds max_duration{2'000'000'000};
};

}  // namespace perfbench
