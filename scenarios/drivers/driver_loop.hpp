#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/host/record/latency_recorder.hpp"
#include "scenarios/drivers/driver.hpp"

namespace perfbench::driver_detail {

/// Issue and completion of one query, or of one batch of Offline.
struct Issued {
  TimePoint at;
  TimePoint done;
};

struct LoopSettings {
  StopRule stop;  ///< min_queries and max_queries count samples.
  WarmUpRule warm_up;
  std::size_t record_at_most = 0;
  std::size_t samples_per_issue = 1;
};

/// The last issues of a warm-up, and whether they have settled.
class WarmUpWatch {
 public:
  explicit WarmUpWatch(const WarmUpRule& rule) : rule_(rule) {}

  void add(const Issued& issued);
  /// Enough: the rule's least number, and the medians of the last five issues and of the five
  /// before within 5 %; or the rule's bounds are reached.
  [[nodiscard]] bool over() const;
  [[nodiscard]] std::uint64_t issues() const noexcept { return times_.size(); }
  /// Median of the last issues, at least 1 ns.
  [[nodiscard]] Nanoseconds typical() const;

 private:
  WarmUpRule rule_;
  Nanoseconds total_{0};
  std::vector<Nanoseconds> times_;
};

/// Places for twice as many issues as the warm-up's pace fills in the time, within the bound.
[[nodiscard]] std::size_t recorder_capacity(const LoopSettings& settings, Nanoseconds typical);

/// Fraction of the way to the minimums, for the progress bar.
[[nodiscard]] double fraction_done(const StopRule& rule,
                                   Nanoseconds elapsed,
                                   std::uint64_t samples);

/// How often the progress bar is told.
inline constexpr Nanoseconds kProgressEvery{100'000'000};
/// Discarded after the recorder's memory was allocated, which has cooled the caches.
inline constexpr int kIssuesAfterAllocation = 2;

/// Warm-up, then issue after issue until the stop rule or the interruption ends it. `issue_next()`
/// makes one issue, waits for it and returns its times; it is a template so that nothing indirect
/// stands between two queries.
template <class IssueNext>
[[nodiscard]] DriverRun run_loop(IssueNext&& issue_next,
                                 const LoopSettings& settings,
                                 const DriverContext& context) {
  DriverRun run;
  run.samples_per_issue = settings.samples_per_issue;
  WarmUpWatch warm_up(settings.warm_up);
  while (!warm_up.over() && !context.interruption.requested()) warm_up.add(issue_next());
  LatencyRecorder recorder(recorder_capacity(settings, warm_up.typical()));
  run.warm_up_queries = warm_up.issues();
  for (int i = 0; i < kIssuesAfterAllocation && !context.interruption.requested(); ++i) {
    static_cast<void>(issue_next());
    ++run.warm_up_queries;
  }

  if (context.before_timing) context.before_timing();
  std::uint64_t issues = 0;
  TimePoint start{};
  TimePoint next_progress{};
  Nanoseconds paused{0};
  while (!context.interruption.requested()) {
    const Issued issued = issue_next();
    if (issues == 0) {
      start = issued.at;
      next_progress = start + kProgressEvery;
      recorder.restart(start);
    }
    recorder.record(issued.at, issued.at, issued.done);
    ++issues;
    run.duration = issued.done - start - paused;
    run.samples = issues * settings.samples_per_issue;
    run.stopped_by = stop_cause(settings.stop, run.duration, run.samples);
    if (run.stopped_by != StopCause::kGoesOn) break;
    if (issued.done >= next_progress) {
      context.progress.advance(fraction_done(settings.stop, run.duration, run.samples));
      const TimePoint resumed = context.clock.now();
      paused += resumed - issued.done;
      next_progress = resumed + kProgressEvery;
    }
  }
  if (context.after_timing) context.after_timing();
  run.queries = issues;
  run.interrupted = run.stopped_by == StopCause::kGoesOn;
  run.dropped = recorder.dropped();
  run.latencies = recorder.latencies();
  run.slips = recorder.slips();
  return run;
}

}  // namespace perfbench::driver_detail
