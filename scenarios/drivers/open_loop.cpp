#include <algorithm>
#include <string>

#include "harness/core/units/check.hpp"
#include "harness/host/clock/cpu_pause.hpp"
#include "harness/host/clock/waiter.hpp"
#include "scenarios/drivers/driver.hpp"
#include "scenarios/drivers/driver_loop.hpp"
#include "scenarios/schedule/arrival_schedule.hpp"

namespace perfbench {
namespace {

/// The schedule starts so long after the watchers, so that the first query can be on time.
constexpr Nanoseconds kLead{1'000'000};
/// The bar is drawn only where the next arrival is at least so far.
constexpr Nanoseconds kFarForProgress{5'000'000};
/// How often the backlog is looked at.
constexpr Nanoseconds kBacklogEvery{10'000'000};
/// A rate of completions is known after so long.
constexpr Nanoseconds kPaceKnownAfter{200'000'000};
constexpr Nanoseconds kDrainNap{200'000};

std::string seconds_text(Nanoseconds duration) {
  const std::int64_t tenths = duration.count() / 100'000'000;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

/// The generator: one thread, which waits for arrivals and issues them, and never for the system.
class Generator {
 public:
  Generator(SystemUnderTest& sut,
            CompletionBoard& board,
            const DriverSettings& settings,
            const DriverContext& context,
            ArrivalSchedule schedule,
            Nanoseconds limit,
            bool executes,
            DriverRun& run)
      : sut_(sut),
        board_(board),
        context_(context),
        schedule_(std::move(schedule)),
        limit_(limit),
        executes_(executes),
        waiter_(context.clock, settings.scenario.wait, context.interruption),
        queries_(sut, settings),
        run_(run) {}

  /// Until the schedule's end or an early one, then drains. Returns when the run began.
  TimePoint run();
  [[nodiscard]] Nanoseconds last_offset() const noexcept { return last_offset_; }
  /// From the start to the last issue, as it really was.
  [[nodiscard]] Nanoseconds last_issue() const noexcept { return last_issue_; }

 private:
  /// Issues the next query when its time has come; false: the run is over.
  [[nodiscard]] bool step(Nanoseconds offset);
  [[nodiscard]] bool overloaded(TimePoint now, TimePoint scheduled);
  void tell_progress(TimePoint scheduled);
  void drain();

  SystemUnderTest& sut_;
  CompletionBoard& board_;
  const DriverContext& context_;
  ArrivalSchedule schedule_;
  const Nanoseconds limit_;
  const bool executes_;  ///< The issuing thread does.
  Waiter waiter_;
  driver_detail::QueryMaker queries_;
  DriverRun& run_;
  TimePoint start_{};
  TimePoint next_progress_{};
  TimePoint next_look_{};
  Nanoseconds last_offset_{0};
  Nanoseconds last_issue_{0};
};

TimePoint Generator::run() {
  queries_.prepare(0);
  std::optional<Nanoseconds> offset = schedule_.next();
  start_ = context_.clock.now() + kLead;
  next_progress_ = start_ + driver_detail::kProgressEvery;
  next_look_ = start_ + kBacklogEvery;
  while (offset && step(*offset)) {
    // Made ready before the wait, so that nothing stands between the arrival and its issue.
    offset = schedule_.next();
    queries_.prepare(run_.issued);
  }
  if (!offset) {
    run_.stopped_by = StopCause::kMinimumsMet;
    last_offset_ = schedule_.span();
  }
  drain();
  return start_;
}

bool Generator::step(Nanoseconds offset) {
  const TimePoint scheduled = start_ + offset;
  tell_progress(scheduled);
  const TimePoint now = waiter_.wait_until(scheduled);
  if (now < scheduled || context_.interruption.requested()) {
    run_.interrupted = true;
    return false;
  }
  if (sut_.failed()) return false;
  last_offset_ = offset;
  // Until then the query before was executed here: that wait is the queue's. Read before the issue,
  // which completes this query.
  const TimePoint due =
      executes_ ? std::min(now, std::max(scheduled, board_.last_completion())) : scheduled;
  const std::span<const QuerySample> samples = queries_.at(now);
  if (!board_.open(run_.issued, now) || sut_.issue(samples, now) < samples.size()) {
    run_.refused = 1;
    run_.ended_early = "The queue was full after " + std::to_string(run_.issued) +
                       " queries: they came faster than the workers could execute them.";
    return false;
  }
  static_cast<void>(run_.recorder->record_issue(run_.issued, now - due));
  if (executes_) run_.recorder->record_queue(run_.issued, due - scheduled);
  last_issue_ = now - start_;
  ++run_.issued;
  return now < next_look_ || !overloaded(now, scheduled);
}

bool Generator::overloaded(TimePoint now, TimePoint scheduled) {
  next_look_ = now + kBacklogEvery;
  const Nanoseconds elapsed = now - start_;
  // Where the issuing thread executes, queries wait for it and not in a queue.
  Nanoseconds behind = context_.clock.now() - scheduled;
  const std::uint64_t completed = board_.completed();
  const std::uint64_t waiting = run_.issued - completed;
  if (waiting > 0 && elapsed >= kPaceKnownAfter) {
    const double to_drain = static_cast<double>(waiting) * static_cast<double>(elapsed.count()) /
                            static_cast<double>(std::max<std::uint64_t>(1, completed));
    behind = std::max(behind, Nanoseconds(static_cast<std::int64_t>(to_drain)));
  }
  if (behind <= limit_) return false;
  run_.ended_early = "Ended after " + seconds_text(elapsed) +
                     ": queries came faster than they were executed, and those that waited would "
                     "have taken more than " +
                     seconds_text(limit_) + " to drain.";
  return true;
}

void Generator::tell_progress(TimePoint scheduled) {
  if (scheduled < next_progress_) return;
  const TimePoint now = context_.clock.now();
  if (scheduled - now < kFarForProgress) return;
  next_progress_ = now + driver_detail::kProgressEvery;
  context_.progress.advance(
      std::clamp(seconds(now - start_) / seconds(schedule_.span()), 0.0, 1.0));
}

void Generator::drain() {
  const TimePoint give_up = context_.clock.now() + limit_;
  const bool complete = run_.stopped_by == StopCause::kMinimumsMet;
  // The sleep leaves the worker that shares this CPU, if there is one, its time.
  while (complete && board_.completed() < run_.issued) {
    if (context_.interruption.requested()) {
      run_.interrupted = true;
      break;
    }
    if (sut_.failed()) break;
    const TimePoint now = context_.clock.sleep_until(context_.clock.now() + kDrainNap);
    if (now >= give_up) {
      run_.ended_early =
          "What was queued at the end had not drained after " + seconds_text(limit_) + ".";
      break;
    }
  }
  sut_.abandon();
  sut_.flush();
}

/// The schedule again, for what its arrivals became: the run lasts to the last completion, and
/// those without one are undrained.
void count_ends(const ArrivalSchedule& schedule, DriverRun& run) {
  const LatencyRecorder& recorder = *run.recorder;
  const auto recorded =
      static_cast<std::size_t>(std::min<std::uint64_t>(run.issued, recorder.capacity()));
  ArrivalSchedule replay = schedule;
  replay.restart();
  for (std::size_t i = 0; i < recorded; ++i) {
    const Nanoseconds offset = *replay.next();
    if (recorder.complete(i)) {
      run.duration = std::max(run.duration, offset + recorder.latency(i));
    } else {
      ++run.undrained;
    }
  }
}

}  // namespace

Nanoseconds drain_limit(Nanoseconds span, Nanoseconds service) noexcept {
  constexpr Nanoseconds kLeast{1'000'000'000};
  constexpr Nanoseconds kMost{10'000'000'000};
  return std::max(std::clamp(span / 2, kLeast, kMost), service * 4);
}

DriverRun run_open_loop(SystemUnderTest& sut,
                        CompletionBoard& board,
                        const DriverSettings& settings,
                        const DriverContext& context) {
  const ScenarioSettings& scenario = settings.scenario;
  const std::size_t per_query = scenario.samples_per_query;
  CHECK(per_query > 0, "a query has at least one sample");
  const ArrivalCount count = count_arrivals(scenario.arrivals, scenario.stop);
  const ArrivalSchedule schedule(scenario.arrivals, count, arrival_seed(scenario.seed));
  DriverRun run;
  run.samples_per_issue = per_query;
  run.offered_qps = schedule.offered_qps();
  const driver_detail::WarmUp warm =
      driver_detail::warm_up(sut,
                             board,
                             settings,
                             context,
                             std::max(per_query, static_cast<std::size_t>(settings.workers)));
  run.warm_up_queries = warm.queries;
  run.interrupted = context.interruption.requested();
  if (run.interrupted || sut.failed()) return run;
  run.recorder = std::make_unique<LatencyRecorder>(
      static_cast<std::size_t>(std::min<std::uint64_t>(count.queries, settings.record_at_most)),
      RecordedParts{true, true, per_query > 1});
  board.begin(run.recorder.get(), per_query, &sut);

  if (context.before_timing) context.before_timing();
  // The warm-up does not wait for fuller batches; what is left at the end does.
  const Nanoseconds delay = sut.max_batch() > 1 ? scenario.batcher.max_delay : Nanoseconds(0);
  Generator generator(sut,
                      board,
                      settings,
                      context,
                      schedule,
                      drain_limit(count.span, warm.typical + delay),
                      warm.queries > 0 && !board.queued(),
                      run);
  const TimePoint start = generator.run();
  const TimePoint ended = context.clock.now();
  if (context.after_timing) context.after_timing();

  run.worked = ended - start;
  run.duration = generator.last_offset();
  count_ends(schedule, run);
  ArrivalSchedule replay = schedule;
  replay.restart();
  // Asked in order of issue; an arrival is found again by going on from the one before.
  run.waited_for = [replay, ended, start, at = std::size_t{0}, offset = Nanoseconds(0)](
                       std::size_t query) mutable {
    for (; at <= query; ++at) offset = replay.next().value_or(offset);
    return ended - (start + offset);
  };
  if (run.issued > 0 && run.issued < schedule.size() && generator.last_issue().count() > 0) {
    run.offered_qps = static_cast<double>(run.issued) / seconds(generator.last_issue());
  }
  run.queries = run.issued - run.undrained;
  run.samples = run.queries * per_query;
  run.checksum = sut.checksum();
  return run;
}

}  // namespace perfbench
