#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/system_under_test.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/record/latency_recorder.hpp"
#include "scenarios/drivers/completion_board.hpp"

namespace perfbench {

struct DriverSettings {
  ScenarioSettings scenario;
  int workers = 1;
  /// Most queries that are recorded (4 to 16 bytes each, allocated before). Closed loops record
  /// at most what fits into 4 bytes times kRecordAtMost.
  std::size_t record_at_most = kRecordAtMost;

  static constexpr std::size_t kRecordAtMost = std::size_t{1} << 27U;
};

/// What every driver works with; owns nothing.
struct DriverContext {
  Clock& clock;
  const Interruption& interruption;
  /// Told a few times a second, between queries. Closed loops take the time that it takes off the
  /// duration; open ones tell it only where the next arrival is far.
  Progress& progress;
  /// Around the measured issues, warm-up not included: where whoever watches the machine starts and
  /// stops. May be empty.
  std::function<void()> before_timing{};
  std::function<void()> after_timing{};
};

/// Raw outcome of a scenario. Nothing is judged here.
struct DriverRun {
  /// Queries that were taken by the system under test, the undrained ones included, numbered from 0
  /// in the recorder. Offline: units of samples_per_issue.
  std::uint64_t issued = 0;
  std::uint64_t queries = 0;  ///< Completed. Offline: 1, or 0 without a completed unit.
  std::uint64_t samples = 0;  ///< Completed.
  std::uint64_t warm_up_queries = 0;
  std::uint64_t refused = 0;
  std::uint64_t undrained = 0;
  std::size_t samples_per_issue = 1;
  /// Closed loops and Offline: first issue to last completion, less the progress calls. Open loops:
  /// start of the schedule to its end or the last completion, whichever is later.
  Nanoseconds duration{0};
  /// Open loops and Offline: start to workers that are idle again, which may be after the last
  /// completion. Their busy time is held against it. Closed loops: 0, the duration stands for it.
  Nanoseconds worked{0};
  /// Open loops: the schedule's; of a run that ended early queries issued over the time of the
  /// last.
  double offered_qps = 0.0;
  /// Null when the run was interrupted before its first query.
  std::unique_ptr<LatencyRecorder> recorder;
  /// Of issued query i that never completed: how long it had been waiting when the run ended.
  std::function<Nanoseconds(std::size_t)> waited_for;
  StopCause stopped_by = StopCause::kGoesOn;
  bool interrupted = false;
  std::string ended_early;  ///< A sentence: overload. Empty otherwise.
  std::uint64_t checksum = 0;
};

/// SingleStream, and MultiStream without a schedule: the next query is issued when the one before
/// is complete, so the scheduled time is the issue time. Samples are drawn from the seed. One clock
/// read at the issue and one at the completion. A full recorder ends the run like a maximum of
/// queries. `sut` has been started with `board`.
[[nodiscard]] DriverRun run_closed_loop(SystemUnderTest& sut,
                                        CompletionBoard& board,
                                        const DriverSettings& settings,
                                        const DriverContext& context);

/// Server, and MultiStream at a schedule: each query is issued when its time has come, whatever has
/// become of those before, and its latency counts from then. Where the issuing thread executes, the
/// wait for the query before is time in the queue, and the slip is what comes on top. Afterwards
/// the queue is drained. When the queue is full, or what waits would take more than drain_limit()
/// to drain at the rate of the run so far, the run ends, and ended_early says so. Throws UsageError
/// for settings that give no schedule.
[[nodiscard]] DriverRun run_open_loop(SystemUnderTest& sut,
                                      CompletionBoard& board,
                                      const DriverSettings& settings,
                                      const DriverContext& context);

/// Half of the schedule's span, within 1 and 10 s; of slow queries at least four service times, to
/// which a batcher's delay belongs.
[[nodiscard]] Nanoseconds drain_limit(Nanoseconds span, Nanoseconds service) noexcept;

/// Offline: one query with all samples, bounded by time instead of by a guessed rate. Units of one
/// or more of the largest batches (so many that one takes about 100 us) are issued so that all
/// workers have one to execute and one to come, until the minimums are met. `stop.min_queries`
/// counts samples, and never asks for more than the sample set holds (MLPerf's rule). The sample
/// set is repeated in order, as LoadGen does. What is recorded is the service time of the units.
[[nodiscard]] DriverRun run_offline(SystemUnderTest& sut,
                                    CompletionBoard& board,
                                    const DriverSettings& settings,
                                    const DriverContext& context);

}  // namespace perfbench
