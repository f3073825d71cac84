#include <algorithm>
#include <vector>

#include "harness/core/units/check.hpp"
#include "harness/host/clock/cpu_pause.hpp"
#include "scenarios/drivers/driver.hpp"
#include "scenarios/drivers/driver_loop.hpp"

namespace perfbench {
namespace {

/// A unit takes about so long: its hand-off and its clock readings are a thousandth of it.
constexpr double kUnitNs = 100'000.0;
/// What is issued ahead lasts at least so long, so that workers go on while the bar is drawn.
constexpr double kAheadNs = 2'000'000.0;
/// Units longer than this leave the issuing thread the time to sleep between its looks.
constexpr Nanoseconds kLongUnit{2'000'000};
constexpr Nanoseconds kNap{200'000};
constexpr std::size_t kUnitsRecordedAtMost = std::size_t{1} << 24U;
constexpr std::uint64_t kMostBatchesPerUnit = 1U << 16U;

/// Batches a unit, from how long one batch takes.
std::uint64_t batches_per_unit(Nanoseconds batch, std::size_t max_batch) {
  const double wanted = kUnitNs / static_cast<double>(batch.count());
  const std::uint64_t most = std::max<std::uint64_t>(
      1, std::min<std::uint64_t>(kMostBatchesPerUnit, UINT32_MAX / max_batch));
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, most);
}

/// Issues units in order, the sample set repeated.
class UnitMaker {
 public:
  UnitMaker(SampleIndex set, std::uint32_t samples) : set_(set) { unit_.count = samples; }
  [[nodiscard]] std::span<const QuerySample> next(std::uint64_t number, TimePoint at) noexcept {
    unit_.id = number;
    unit_.index = index_;
    unit_.issued = at;
    index_ = (index_ + unit_.count) % set_;
    return {&unit_, 1};
  }

 private:
  SampleIndex set_;
  SampleIndex index_ = 0;
  QuerySample unit_;
};

/// Sizes of the units, from the warm-up's pace.
struct UnitPlan {
  std::uint64_t samples = 1;  ///< A unit.
  Nanoseconds time{1};        ///< On one worker.
  std::size_t ahead = 1;      ///< Issued and not complete, at most.
};

UnitPlan plan_units(Nanoseconds batch_time, std::size_t max_batch, std::size_t workers) {
  UnitPlan plan;
  const std::uint64_t batches = batches_per_unit(batch_time, max_batch);
  plan.samples = batches * max_batch;
  plan.time = batch_time * static_cast<std::int64_t>(batches);
  // Each worker has one unit to execute and at least one to come.
  const double to_come = std::max(1.0, kAheadNs / static_cast<double>(plan.time.count()));
  plan.ahead = workers * (1 + static_cast<std::size_t>(to_come));
  return plan;
}

/// Keeps the workers supplied until the stop rule, the interruption or the workload's failure.
/// Returns the start, moved on by the time that the progress bar held the issuing thread where that
/// one executes.
TimePoint feed(SystemUnderTest& sut,
               CompletionBoard& board,
               const StopRule& stop,
               const UnitPlan& plan,
               const DriverContext& context,
               DriverRun& run) {
  UnitMaker units(sut.sample_count(), static_cast<std::uint32_t>(plan.samples));
  TimePoint start = context.clock.now();
  TimePoint next_progress = start + driver_detail::kProgressEvery;
  while (!context.interruption.requested() && !sut.failed()) {
    const std::uint64_t completed = board.completed();
    const TimePoint now = context.clock.now();
    // The minimum is of what was completed: where the issuing thread was held up, the workers may
    // have run dry before it. The maximum is of the time that has passed.
    const Nanoseconds measured = completed == 0 ? Nanoseconds(0) : board.last_completion() - start;
    run.stopped_by = stop_cause(stop, measured, completed * plan.samples);
    if (run.stopped_by == StopCause::kGoesOn && stop.max_duration &&
        now - start >= *stop.max_duration) {
      run.stopped_by = StopCause::kMaxDuration;
    }
    if (run.stopped_by != StopCause::kGoesOn) break;
    if (now >= next_progress) {
      context.progress.advance(
          driver_detail::fraction_done(stop, now - start, completed * plan.samples));
      const TimePoint resumed = context.clock.now();
      if (!board.queued()) start += resumed - now;
      next_progress = resumed + driver_detail::kProgressEvery;
    }
    if (run.issued - completed < plan.ahead) {
      static_cast<void>(run.recorder->record_issue(run.issued, Nanoseconds(0)));
      static_cast<void>(sut.issue(units.next(run.issued, now), now));
      ++run.issued;
    } else if (plan.time > kLongUnit) {
      static_cast<void>(context.clock.sleep_until(now + kNap));
    } else {
      cpu_pause();
    }
  }
  return start;
}

/// Units that were executed to the end. Those beyond the recorder's capacity are, but for a failed
/// run's.
std::uint64_t units_complete(const SystemUnderTest& sut,
                             const CompletionBoard& board,
                             const DriverRun& run) {
  if (!sut.failed()) return board.completed();
  const std::uint64_t kept = std::min<std::uint64_t>(run.issued, run.recorder->capacity());
  std::uint64_t complete = 0;
  for (std::uint64_t i = 0; i < kept; ++i) {
    if (run.recorder->complete(static_cast<std::size_t>(i))) ++complete;
  }
  return complete;
}

}  // namespace

DriverRun run_offline(SystemUnderTest& sut,
                      CompletionBoard& board,
                      const DriverSettings& settings,
                      const DriverContext& context) {
  const std::size_t batch = sut.max_batch();
  CHECK(batch > 0, "a system under test takes at least one sample");
  const auto workers = static_cast<std::size_t>(std::max(1, settings.workers));
  DriverRun run;
  const driver_detail::WarmUp warm = driver_detail::warm_up(
      sut, board, settings, context, workers, static_cast<std::uint32_t>(batch));
  run.warm_up_queries = warm.queries;
  run.interrupted = context.interruption.requested();
  if (run.interrupted || sut.failed()) return run;

  const UnitPlan plan = plan_units(warm.typical, batch, workers);
  run.samples_per_issue = static_cast<std::size_t>(plan.samples);
  StopRule stop = settings.scenario.stop;
  // MLPerf: at least 24,576 samples, or the sample set where that is smaller.
  stop.min_queries = std::min<std::uint64_t>(stop.min_queries, sut.sample_count());
  const Nanoseconds pace = plan.time / static_cast<std::int64_t>(workers);
  run.recorder = std::make_unique<LatencyRecorder>(
      driver_detail::recorder_capacity(stop,
                                       run.samples_per_issue,
                                       std::min(settings.record_at_most, kUnitsRecordedAtMost),
                                       std::max(Nanoseconds(1), pace)),
      RecordedParts{});
  board.begin(run.recorder.get(), 1, &sut);

  if (context.before_timing) context.before_timing();
  const TimePoint start = feed(sut, board, stop, plan, context, run);
  run.interrupted = run.stopped_by == StopCause::kGoesOn && context.interruption.requested();
  // At a regular end what was issued is executed and counted; otherwise nobody waits for it.
  if (run.stopped_by == StopCause::kGoesOn) sut.abandon();
  sut.flush();
  run.worked = context.clock.now() - start;
  if (board.completed() > 0) run.duration = board.last_completion() - start;
  if (context.after_timing) context.after_timing();
  run.samples = units_complete(sut, board, run) * plan.samples;
  run.queries = run.samples > 0 ? 1 : 0;
  run.checksum = sut.checksum();
  return run;
}

}  // namespace perfbench
