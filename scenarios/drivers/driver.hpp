#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "harness/core/plan/stop_rule.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/system_under_test.hpp"
#include "harness/host/clock/clock.hpp"
#include "scenarios/drivers/completion_latch.hpp"

namespace perfbench {

struct DriverSettings {
  StopRule stop;
  WarmUpRule warm_up;
  std::uint64_t seed = 1;  ///< Of the sample indices.
  /// Most latencies that are recorded (16 bytes each, allocated before); the warm-up's pace decides
  /// how many are needed.
  std::size_t record_at_most = 1U << 24U;
};

/// What every driver works with; owns nothing.
struct DriverContext {
  Clock& clock;
  const Interruption& interruption;
  /// Told a few times a second, between queries; the time that it takes is taken off the duration.
  Progress& progress;
  /// Around the measured issues, warm-up not included: where whoever watches the machine starts and
  /// stops. May be empty.
  std::function<void()> before_timing{};
  std::function<void()> after_timing{};
};

/// Raw outcome of a scenario. Nothing is judged here.
struct DriverRun {
  std::uint64_t queries = 0;  ///< Offline: 1, or 0 when interrupted before its first batch.
  std::uint64_t samples = 0;
  std::uint64_t warm_up_queries = 0;
  std::uint64_t dropped = 0;
  std::size_t samples_per_issue = 1;
  Nanoseconds duration{0};             ///< First issue to last completion, less the progress calls.
  std::vector<Nanoseconds> latencies;  ///< One an issue, in order: a query, or a batch of Offline.
  std::vector<Nanoseconds> slips;
  std::uint64_t checksum = 0;
  StopCause stopped_by = StopCause::kGoesOn;
  bool interrupted = false;
};

/// SingleStream: the next query is issued when the one before is complete, so the scheduled time is
/// the issue time. One sample a query, drawn from the seed. One clock read at the issue and one at
/// the completion. `sut` has been started with `latch`.
[[nodiscard]] DriverRun run_single_stream(SystemUnderTest& sut,
                                          CompletionLatch& latch,
                                          const DriverSettings& settings,
                                          const DriverContext& context);

/// Offline: one query with all samples, bounded by time instead of by a guessed rate: batches of
/// the largest size one after the other until the minimums are met. `stop.min_queries` counts
/// samples, and never asks for more than the sample set holds (MLPerf's rule). The sample set is
/// repeated in order, as LoadGen does. The latencies are of the batches.
[[nodiscard]] DriverRun run_offline(SystemUnderTest& sut,
                                    CompletionLatch& latch,
                                    const DriverSettings& settings,
                                    const DriverContext& context);

}  // namespace perfbench
