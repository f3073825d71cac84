#include "scenarios/drivers/driver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "harness/core/units/error.hpp"
#include "scenarios/drivers/driver_loop.hpp"
#include "scenarios/sut/inline_sut.hpp"
#include "scenarios/sut/worker_pool_sut.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/scripted_workload.hpp"
#include "tests/support/sut_settings.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// A scripted workload behind an inline system, on a clock that only moves when told.
struct Bench {
  explicit Bench(Nanoseconds read_cost = Nanoseconds(0)) : clock(read_cost) {
    stop().min_duration = milliseconds(100);
    stop().min_queries = 10;
  }
  StopRule& stop() { return settings.scenario.stop; }
  template <class Run>
  DriverRun run(Run&& driver) {
    InlineSut sut(scripted_workload_entry(script), inline_settings(clock));
    CompletionBoard board(clock);
    EXPECT_TRUE(sut.start(board).passed);
    return driver(sut, board, settings, DriverContext{clock, interruption, *progress});
  }
  FakeClock clock;
  WorkloadScript script;
  DriverSettings settings;
  Interruption interruption;
  NullProgress null_progress;
  Progress* progress = &null_progress;
};

std::vector<Nanoseconds> latencies(const DriverRun& run) {
  std::vector<Nanoseconds> all;
  if (!run.recorder) return all;
  for (std::size_t i = 0; i < std::min<std::size_t>(run.issued, run.recorder->capacity()); ++i) {
    if (run.recorder->complete(i)) all.push_back(run.recorder->latency(i));
  }
  return all;
}

TEST(SingleStream, LatencyIsTheWorkloadsTime) {
  Bench bench;
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(2)); };
  const DriverRun run = bench.run(run_closed_loop);
  EXPECT_EQ(run.queries, 50U);  // 100 ms of 2 ms each.
  EXPECT_EQ(run.samples, 50U);
  EXPECT_EQ(run.duration, milliseconds(100));
  ASSERT_EQ(latencies(run).size(), 50U);
  for (const Nanoseconds latency : latencies(run)) EXPECT_EQ(latency, milliseconds(2));
  EXPECT_EQ(run.recorder->dropped(), 0U);
  EXPECT_EQ(run.stopped_by, StopCause::kMinimumsMet);
  EXPECT_FALSE(run.interrupted);
}

// One read at the issue and one at the completion: the latency of nothing is one read's cost.
TEST(SingleStream, TheClockIsReadOnceAtEachEnd) {
  Bench bench{nanoseconds(20)};
  bench.stop() = {nanoseconds(0), 100, std::nullopt, std::nullopt};
  const DriverRun run = bench.run(run_closed_loop);
  ASSERT_EQ(latencies(run).size(), 100U);
  for (const Nanoseconds latency : latencies(run)) EXPECT_EQ(latency, nanoseconds(20));
  // Between queries the inline system reads it for its busy time, and now and then for a check.
  EXPECT_LE(run.duration, nanoseconds(100 * 80));
}

TEST(SingleStream, AStallShowsInItsOwnQueryAlone) {
  Bench bench;
  int calls = 0;
  bench.script.execute = [&](auto) {
    ++calls;
    bench.clock.advance(calls == 40 ? milliseconds(50) : milliseconds(1));
  };
  bench.stop().min_queries = 100;
  const DriverRun run = bench.run(run_closed_loop);
  const std::vector<Nanoseconds> all = latencies(run);
  EXPECT_EQ(std::count(all.begin(), all.end(), milliseconds(50)), 1);
  EXPECT_EQ(std::count(all.begin(), all.end(), milliseconds(1)),
            static_cast<std::ptrdiff_t>(run.queries) - 1);
}

TEST(SingleStream, EndsAtTheLaterOfTheMinimums) {
  Bench slow;
  slow.script.execute = [&](auto) { slow.clock.advance(milliseconds(30)); };
  EXPECT_EQ(slow.run(run_closed_loop).queries, 10U);  // 300 ms for 10 queries.

  Bench bounded;
  bounded.script.execute = [&](auto) { bounded.clock.advance(milliseconds(30)); };
  bounded.stop().max_duration = milliseconds(150);
  const DriverRun run = bounded.run(run_closed_loop);
  EXPECT_EQ(run.queries, 5U);
  EXPECT_EQ(run.stopped_by, StopCause::kMaxDuration);
  EXPECT_FALSE(run.interrupted);
}

TEST(SingleStream, InterruptionBetweenQueriesKeepsWhatWasMeasured) {
  Bench bench;
  int calls = 0;
  bench.script.execute = [&](auto) {
    bench.clock.advance(milliseconds(1));
    if (++calls == 35) bench.interruption.request(2);
  };
  const DriverRun run = bench.run(run_closed_loop);
  EXPECT_TRUE(run.interrupted);
  EXPECT_GT(run.queries, 0U);
  EXPECT_EQ(run.queries + run.warm_up_queries, 35U);
  EXPECT_EQ(latencies(run).size(), run.queries);
}

TEST(SingleStream, InterruptionDuringWarmUpMeasuresNothing) {
  Bench bench;
  bench.script.execute = [&](auto) {
    bench.clock.advance(milliseconds(1));
    bench.interruption.request(15);
  };
  const DriverRun run = bench.run(run_closed_loop);
  EXPECT_TRUE(run.interrupted);
  EXPECT_EQ(run.queries, 0U);
  EXPECT_TRUE(latencies(run).empty());
}

TEST(SingleStream, DrawsTheSameSamplesFromOneSeed) {
  const auto drawn = [](std::uint64_t seed) {
    Bench bench;
    std::vector<SampleIndex> indices;
    bench.settings.scenario.seed = seed;
    bench.script.execute = [&](std::span<const SampleIndex> samples) {
      indices.push_back(samples.front());
      bench.clock.advance(milliseconds(1));
    };
    static_cast<void>(bench.run(run_closed_loop));
    return indices;
  };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
  const std::vector<SampleIndex> indices = drawn(1);
  EXPECT_LT(*std::max_element(indices.begin(), indices.end()), SampleIndex{16});
  EXPECT_GT(*std::max_element(indices.begin(), indices.end()), SampleIndex{0});
}

TEST(SingleStream, AFullRecorderEndsTheRunAndDropsNothing) {
  Bench bench;
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(1)); };
  bench.settings.record_at_most = 30;
  const DriverRun run = bench.run(run_closed_loop);
  EXPECT_EQ(run.queries, 30U);
  EXPECT_EQ(latencies(run).size(), 30U);
  EXPECT_EQ(run.recorder->dropped(), 0U);
  EXPECT_EQ(run.stopped_by, StopCause::kMaxQueries);
  EXPECT_EQ(run.duration, milliseconds(30));
}

// The bar's own time (a slow terminal) is no part of the workload's duration.
TEST(SingleStream, ProgressIsToldAndNotCounted) {
  Bench bench;
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(10)); };
  bench.stop().min_duration = milliseconds(1000);
  class SlowBar final : public Progress {
   public:
    explicit SlowBar(FakeClock& clock) : clock_(clock) {}
    void step(std::string_view, std::string_view) override {}
    void advance(double fraction) override {
      told.push_back(fraction);
      clock_.advance(milliseconds(7));
    }
    std::vector<double> told;

   private:
    FakeClock& clock_;
  } bar(bench.clock);
  bench.progress = &bar;
  const DriverRun run = bench.run(run_closed_loop);
  EXPECT_EQ(run.queries, 100U);
  EXPECT_EQ(run.duration, milliseconds(1000));
  EXPECT_GE(bar.told.size(), 8U);
  EXPECT_TRUE(std::is_sorted(bar.told.begin(), bar.told.end()));
  EXPECT_LE(bar.told.back(), 1.0);
}

TEST(SingleStream, WatchersStandAroundTheMeasuredQueriesAlone) {
  Bench bench;
  int executed = 0;
  int at_start = 0;
  int at_end = 0;
  bench.script.execute = [&](auto) {
    ++executed;
    bench.clock.advance(milliseconds(1));
  };
  InlineSut sut(scripted_workload_entry(bench.script), inline_settings(bench.clock));
  CompletionBoard board(bench.clock);
  ASSERT_TRUE(sut.start(board).passed);
  const DriverContext context{bench.clock,
                              bench.interruption,
                              *bench.progress,
                              [&] { at_start = executed; },
                              [&] { at_end = executed; }};
  const DriverRun run = run_closed_loop(sut, board, bench.settings, context);
  EXPECT_EQ(static_cast<std::uint64_t>(at_start), run.warm_up_queries);
  EXPECT_EQ(static_cast<std::uint64_t>(at_end - at_start), run.queries);
}

TEST(Offline, OneQueryOfFullBatchesUntilTheTimeIsUp) {
  Bench bench;
  std::vector<SampleIndex> order;
  bench.script.sample_count = 10;
  bench.script.execute = [&](std::span<const SampleIndex> samples) {
    order.insert(order.end(), samples.begin(), samples.end());
    bench.clock.advance(milliseconds(3));
  };
  const DriverRun run = bench.run(run_offline);
  EXPECT_EQ(run.queries, 1U);
  EXPECT_EQ(run.samples_per_issue, 4U);
  EXPECT_EQ(latencies(run).size(), 34U);  // The first multiple of 3 ms at or above 100 ms.
  EXPECT_EQ(run.samples, 136U);
  EXPECT_EQ(run.duration, milliseconds(102));
  EXPECT_GE(run.worked, run.duration);
  ASSERT_GE(order.size(), 136U);
  const std::size_t first = order.size() - 136;  // After the warm-up.
  for (std::size_t i = 0; i < 136; ++i) ASSERT_EQ(order[first + i], i % 10);
}

TEST(Offline, ShortBatchesShareAUnit) {
  Bench bench;
  bench.script.execute = [&](auto) { bench.clock.advance(microseconds(1)); };
  const DriverRun run = bench.run(run_offline);
  EXPECT_EQ(run.samples_per_issue, 400U);  // 100 batches of 4 take 100 us.
  for (const Nanoseconds latency : latencies(run)) EXPECT_EQ(latency, microseconds(100));
  EXPECT_EQ(run.samples, 400'000U);
}

TEST(Offline, AsksForTheSampleSetAtMost) {
  Bench bench;
  bench.script.sample_count = 10;
  bench.stop().min_queries = 24'576;
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(100)); };
  EXPECT_EQ(bench.run(run_offline).samples, 12U);  // Three batches of 4 hold the 10.
}

TEST(Offline, InterruptionBetweenBatchesIsPartial) {
  Bench bench;
  int calls = 0;
  bench.script.execute = [&](auto) {
    bench.clock.advance(milliseconds(1));
    if (++calls == 30) bench.interruption.request(2);
  };
  const DriverRun run = bench.run(run_offline);
  EXPECT_TRUE(run.interrupted);
  EXPECT_EQ(run.queries, 1U);
  EXPECT_EQ(run.samples, 4U * latencies(run).size());
  EXPECT_EQ(latencies(run).size() + run.warm_up_queries, 30U);
}

TEST(Drivers, AWorkloadThatThrowsEndsTheRunAndLeavesWhatWasMeasured) {
  for (const auto& driver : {run_closed_loop, run_offline}) {
    Bench bench;
    int calls = 0;
    bench.script.execute = [&](auto) {
      bench.clock.advance(milliseconds(1));
      if (++calls == 40) throw ResourceError("the cache of keys is full");
    };
    const DriverRun run = bench.run(driver);
    EXPECT_FALSE(run.interrupted);
    EXPECT_GT(latencies(run).size(), 10U);
    EXPECT_LT(latencies(run).size(), 40U);
    EXPECT_EQ(calls, 40);
  }
}

// A batcher that would wait for an hour: the rounds of a warm-up do not wait for it.
TEST(WarmUp, IsNotHeldUpByTheBatchersDelay) {
  Bench bench;
  SutSettings pool = pool_settings(bench.clock, 2);
  pool.max_batch = 4;
  pool.max_delay = std::chrono::hours(1);
  WorkerPoolSut sut(scripted_workload_entry(bench.script), pool);
  CompletionBoard board(bench.clock);
  ASSERT_TRUE(sut.start(board).passed);
  const DriverContext context{bench.clock, bench.interruption, *bench.progress};
  const driver_detail::WarmUp warm = driver_detail::warm_up(sut, board, bench.settings, context, 2);
  EXPECT_GE(warm.queries, 1U);
  EXPECT_LT(warm.typical, std::chrono::minutes(30));
}

// The batcher waits an hour for a fuller batch, in naps of 100 us: only the interruption ends it.
TEST(ClosedLoops, InterruptionEndsTheWaitForABatch) {
  for (const std::size_t samples : {1U, 3U}) {
    Bench bench;
    bench.settings.scenario.samples_per_query = samples;
    bench.settings.record_at_most = 1000;
    std::atomic<bool> timed{false};
    SutSettings pool = pool_settings(bench.clock, 1);
    pool.max_batch = 4;
    pool.max_delay = std::chrono::hours(1);
    bench.clock.on_sleep([&](TimePoint) {
      if (timed) {
        bench.interruption.request(15);
      } else {
        bench.clock.advance(pool.max_delay);
      }
    });
    WorkerPoolSut sut(scripted_workload_entry(bench.script), pool);
    CompletionBoard board(bench.clock);
    ASSERT_TRUE(sut.start(board).passed);
    const DriverRun run = run_closed_loop(
        sut,
        board,
        bench.settings,
        DriverContext{bench.clock, bench.interruption, *bench.progress, [&] { timed = true; }, {}});
    EXPECT_TRUE(run.interrupted);
    EXPECT_EQ(run.queries, 0U);
    EXPECT_EQ(run.stopped_by, StopCause::kGoesOn);
  }
}

// Two workers may tell their completions in the other order; the latest counts.
TEST(CompletionBoard, KeepsTheLatestCompletion) {
  class TwoTimes final : public Clock {
   public:
    TimePoint now() noexcept override { return TimePoint(Nanoseconds(first_ ? 500 : 300)); }
    Nanoseconds thread_cpu_time() noexcept override { return Nanoseconds(0); }
    bool first_ = true;
  } clock;
  CompletionBoard board(clock);
  board.begin(nullptr, 1);
  const QuerySample sample;
  board.complete({&sample, 1}, TimePoint(Nanoseconds(100)));
  clock.first_ = false;
  board.complete({&sample, 1}, TimePoint(Nanoseconds(100)));
  EXPECT_EQ(board.last_completion(), TimePoint(Nanoseconds(500)));
  EXPECT_EQ(board.completed(), 2U);
}

TEST(MultiStream, LatencyIsThatOfAllSamplesTogether) {
  Bench bench;
  bench.settings.scenario.samples_per_query = 8;  // Two batches of 4 of 3 ms each.
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(3)); };
  const DriverRun run = bench.run(run_closed_loop);
  EXPECT_EQ(run.queries, 17U);
  EXPECT_EQ(run.samples, 136U);
  for (const Nanoseconds latency : latencies(run)) EXPECT_EQ(latency, milliseconds(6));
  EXPECT_EQ(run.recorder->skew(3), milliseconds(3));
}

}  // namespace
}  // namespace perfbench
