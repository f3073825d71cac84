#include <algorithm>
#include <optional>

#include "harness/core/units/check.hpp"
#include "scenarios/drivers/driver.hpp"
#include "scenarios/drivers/driver_loop.hpp"

namespace perfbench {
namespace {

/// Discarded after the recorder's memory was allocated, which has cooled the caches.
constexpr int kQueriesAfterAllocation = 2;

/// Issues one query after the other and waits for each.
class ClosedLoop {
 public:
  ClosedLoop(SystemUnderTest& sut,
             CompletionBoard& board,
             const DriverSettings& settings,
             const DriverContext& context)
      : sut_(sut),
        board_(board),
        stop_(settings.scenario.stop),
        context_(context),
        queries_(sut, settings) {}

  /// Returns when it was issued; nothing where the interruption came before it was complete.
  std::optional<TimePoint> issue_next(std::uint64_t query) noexcept {
    queries_.prepare(query);
    const TimePoint at = context_.clock.now();
    static_cast<void>(board_.open(query, at));
    static_cast<void>(sut_.issue(queries_.at(at), at));
    if (!board_.wait_for(query + 1, context_.interruption)) return std::nullopt;
    return at;
  }
  /// Until the stop rule, the interruption, the workload's failure or the recorder's last place.
  void measure(DriverRun& run) {
    TimePoint start{};
    TimePoint next_progress{};
    Nanoseconds paused{0};
    while (!context_.interruption.requested()) {
      const std::optional<TimePoint> at = issue_next(run.issued);
      if (!at || sut_.failed()) break;
      const TimePoint done = board_.last_completion();
      if (run.issued == 0) {
        start = *at;
        next_progress = start + driver_detail::kProgressEvery;
      }
      static_cast<void>(run.recorder->record_issue(run.issued, Nanoseconds(0)));
      ++run.issued;
      run.duration = done - start - paused;
      run.stopped_by = stop_cause(stop_, run.duration, run.issued);
      if (run.stopped_by == StopCause::kGoesOn && run.issued >= run.recorder->capacity()) {
        run.stopped_by = StopCause::kMaxQueries;
      }
      if (run.stopped_by != StopCause::kGoesOn) break;
      if (done >= next_progress) {
        context_.progress.advance(driver_detail::fraction_done(stop_, run.duration, run.issued));
        const TimePoint resumed = context_.clock.now();
        paused += resumed - done;
        next_progress = resumed + driver_detail::kProgressEvery;
      }
    }
  }

 private:
  SystemUnderTest& sut_;
  CompletionBoard& board_;
  const StopRule& stop_;
  const DriverContext& context_;
  driver_detail::QueryMaker queries_;
};

}  // namespace

DriverRun run_closed_loop(SystemUnderTest& sut,
                          CompletionBoard& board,
                          const DriverSettings& settings,
                          const DriverContext& context) {
  const std::size_t per_query = settings.scenario.samples_per_query;
  CHECK(per_query > 0, "a query has at least one sample");
  DriverRun run;
  run.samples_per_issue = per_query;
  const driver_detail::WarmUp warm =
      driver_detail::warm_up(sut, board, settings, context, per_query);
  run.warm_up_queries = warm.queries;
  run.interrupted = context.interruption.requested();
  if (run.interrupted || sut.failed()) return run;
  StopRule in_samples = settings.scenario.stop;
  in_samples.min_queries *= per_query;
  const RecordedParts parts{false, board.queued(), per_query > 1};
  // Nobody knows beforehand how many queries there will be: half a gigabyte for all arrays
  // together.
  const std::size_t most = DriverSettings::kRecordAtMost * LatencyRecorder::bytes(1, {}) /
                           LatencyRecorder::bytes(1, parts);
  run.recorder = std::make_unique<LatencyRecorder>(
      driver_detail::recorder_capacity(
          in_samples, per_query, std::min(settings.record_at_most, most), warm.typical),
      parts);
  ClosedLoop loop(sut, board, settings, context);
  board.begin(nullptr, per_query, &sut);
  for (std::uint64_t i = 0; i < kQueriesAfterAllocation; ++i) {
    if (!loop.issue_next(i)) break;
    ++run.warm_up_queries;
  }
  if (context.interruption.requested()) sut.abandon();
  sut.flush();
  sut.restart_counts();
  board.begin(run.recorder.get(), per_query, &sut);

  if (context.before_timing) context.before_timing();
  loop.measure(run);
  if (context.after_timing) context.after_timing();
  run.interrupted = run.stopped_by == StopCause::kGoesOn && context.interruption.requested();
  run.queries = run.issued;
  run.samples = run.issued * per_query;
  // Of a query that the interruption cut short nobody waits for the rest.
  if (run.interrupted) sut.abandon();
  sut.flush();
  run.checksum = sut.checksum();
  return run;
}

}  // namespace perfbench
