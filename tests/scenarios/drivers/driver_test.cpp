#include "scenarios/drivers/driver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>
#include <vector>

#include "scenarios/sut/inline_sut.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/scripted_workload.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// A scripted workload behind an inline system, on a clock that only moves when told.
struct Bench {
  explicit Bench(Nanoseconds read_cost = Nanoseconds(0)) : clock(read_cost) {
    settings.stop.min_duration = milliseconds(100);
    settings.stop.min_queries = 10;
  }
  template <class Run>
  DriverRun run(Run&& driver) {
    InlineSut sut(scripted_workload_entry(script), allowed_cpus().front());
    CompletionLatch latch(clock);
    EXPECT_TRUE(sut.start(latch).passed);
    return driver(sut, latch, settings, DriverContext{clock, interruption, progress});
  }
  FakeClock clock;
  WorkloadScript script;
  DriverSettings settings;
  Interruption interruption;
  NullProgress progress;
};

TEST(SingleStream, LatencyIsTheWorkloadsTime) {
  Bench bench;
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(2)); };
  const DriverRun run = bench.run(run_single_stream);
  EXPECT_EQ(run.queries, 50U);  // 100 ms of 2 ms each.
  EXPECT_EQ(run.samples, 50U);
  EXPECT_EQ(run.duration, milliseconds(100));
  ASSERT_EQ(run.latencies.size(), 50U);
  for (const Nanoseconds latency : run.latencies) EXPECT_EQ(latency, milliseconds(2));
  for (const Nanoseconds slip : run.slips) EXPECT_EQ(slip, nanoseconds(0));
  EXPECT_EQ(run.dropped, 0U);
  EXPECT_EQ(run.stopped_by, StopCause::kMinimumsMet);
  EXPECT_FALSE(run.interrupted);
}

// One read at the issue and one at the completion: the latency of nothing is one read's cost.
TEST(SingleStream, TheClockIsReadOnceAtEachEnd) {
  Bench bench{nanoseconds(20)};
  bench.settings.stop = {nanoseconds(0), 100, std::nullopt, std::nullopt};
  const DriverRun run = bench.run(run_single_stream);
  ASSERT_EQ(run.latencies.size(), 100U);
  for (const Nanoseconds latency : run.latencies) EXPECT_EQ(latency, nanoseconds(20));
  EXPECT_EQ(run.duration, nanoseconds(100 * 40 - 20));
}

TEST(SingleStream, AStallShowsInItsOwnQueryAlone) {
  Bench bench;
  int calls = 0;
  bench.script.execute = [&](auto) {
    ++calls;
    bench.clock.advance(calls == 40 ? milliseconds(50) : milliseconds(1));
  };
  bench.settings.stop.min_queries = 100;
  const DriverRun run = bench.run(run_single_stream);
  EXPECT_EQ(std::count(run.latencies.begin(), run.latencies.end(), milliseconds(50)), 1);
  EXPECT_EQ(std::count(run.latencies.begin(), run.latencies.end(), milliseconds(1)),
            static_cast<std::ptrdiff_t>(run.queries) - 1);
}

TEST(SingleStream, EndsAtTheLaterOfTheMinimums) {
  Bench slow;
  slow.script.execute = [&](auto) { slow.clock.advance(milliseconds(30)); };
  EXPECT_EQ(slow.run(run_single_stream).queries, 10U);  // 300 ms for 10 queries.

  Bench bounded;
  bounded.script.execute = [&](auto) { bounded.clock.advance(milliseconds(30)); };
  bounded.settings.stop.max_duration = milliseconds(150);
  const DriverRun run = bounded.run(run_single_stream);
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
  const DriverRun run = bench.run(run_single_stream);
  EXPECT_TRUE(run.interrupted);
  EXPECT_GT(run.queries, 0U);
  EXPECT_EQ(run.queries + run.warm_up_queries, 35U);
  EXPECT_EQ(run.latencies.size(), run.queries);
}

TEST(SingleStream, InterruptionDuringWarmUpMeasuresNothing) {
  Bench bench;
  bench.script.execute = [&](auto) {
    bench.clock.advance(milliseconds(1));
    bench.interruption.request(15);
  };
  const DriverRun run = bench.run(run_single_stream);
  EXPECT_TRUE(run.interrupted);
  EXPECT_EQ(run.queries, 0U);
  EXPECT_TRUE(run.latencies.empty());
}

TEST(SingleStream, DrawsTheSameSamplesFromOneSeed) {
  const auto drawn = [](std::uint64_t seed) {
    Bench bench;
    std::vector<SampleIndex> indices;
    bench.settings.seed = seed;
    bench.script.execute = [&](std::span<const SampleIndex> samples) {
      indices.push_back(samples.front());
      bench.clock.advance(milliseconds(1));
    };
    static_cast<void>(bench.run(run_single_stream));
    return indices;
  };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
  const std::vector<SampleIndex> indices = drawn(1);
  EXPECT_LT(*std::max_element(indices.begin(), indices.end()), SampleIndex{16});
  EXPECT_GT(*std::max_element(indices.begin(), indices.end()), SampleIndex{0});
}

TEST(SingleStream, FullRecorderCountsWhatItDrops) {
  Bench bench;
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(1)); };
  bench.settings.record_at_most = 30;
  const DriverRun run = bench.run(run_single_stream);
  EXPECT_EQ(run.queries, 100U);
  EXPECT_EQ(run.latencies.size(), 30U);
  EXPECT_EQ(run.dropped, 70U);
}

// The bar's own time (a slow terminal) is no part of the workload's duration.
TEST(SingleStream, ProgressIsToldAndNotCounted) {
  Bench bench;
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(10)); };
  bench.settings.stop.min_duration = milliseconds(1000);
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
  InlineSut sut(scripted_workload_entry(bench.script), allowed_cpus().front());
  CompletionLatch latch(bench.clock);
  ASSERT_TRUE(sut.start(latch).passed);
  const DriverRun run = run_single_stream(
      sut, latch, bench.settings, DriverContext{bench.clock, bench.interruption, bar});
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
  InlineSut sut(scripted_workload_entry(bench.script), allowed_cpus().front());
  CompletionLatch latch(bench.clock);
  ASSERT_TRUE(sut.start(latch).passed);
  const DriverContext context{bench.clock,
                              bench.interruption,
                              bench.progress,
                              [&] { at_start = executed; },
                              [&] { at_end = executed; }};
  const DriverRun run = run_single_stream(sut, latch, bench.settings, context);
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
  EXPECT_EQ(run.latencies.size(), 34U);  // The first multiple of 3 ms at or above 100 ms.
  EXPECT_EQ(run.samples, 136U);
  EXPECT_EQ(run.duration, milliseconds(102));
  for (std::size_t i = 0; i < order.size(); ++i) ASSERT_EQ(order[i], i % 10);
}

TEST(Offline, AsksForTheSampleSetAtMost) {
  Bench bench;
  bench.script.sample_count = 10;
  bench.settings.stop.min_queries = 24'576;
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
  EXPECT_EQ(run.samples, 4U * run.latencies.size());
  EXPECT_EQ(run.latencies.size() + run.warm_up_queries, 30U);
}

// Completes its samples from another thread, in two halves.
class WorkerSut final : public SystemUnderTest {
 public:
  const WorkloadInfo& info() const noexcept override { return info_; }
  SampleIndex sample_count() const noexcept override { return 8; }
  std::size_t max_batch() const noexcept override { return 8; }
  Work work(std::size_t) const noexcept override { return {}; }
  int worker_threads() const noexcept override { return 1; }
  Verification start(CompletionSink& sink) override {
    sink_ = &sink;
    return {true, ""};
  }
  void issue(std::span<const QuerySample> samples) noexcept override {
    std::thread([this, samples] {
      sink_->complete(samples.first(samples.size() / 2));
      sink_->complete(samples.subspan(samples.size() / 2));
    }).detach();
  }
  void flush() noexcept override {}
  void stop() noexcept override {}
  std::uint64_t checksum() const noexcept override { return 0; }

 private:
  WorkloadInfo info_;
  CompletionSink* sink_ = nullptr;
};

TEST(CompletionLatch, WaitsForTheSlowestSampleOfAnotherThread) {
  FakeClock clock{nanoseconds(5)};
  CompletionLatch latch(clock);
  WorkerSut sut;
  ASSERT_TRUE(sut.start(latch).passed);
  std::vector<QuerySample> samples(8);
  for (int round = 0; round < 100; ++round) {
    latch.arm(samples.size());
    const TimePoint at = clock.now();
    sut.issue(samples);
    EXPECT_EQ(latch.wait() - at, nanoseconds(10));  // Two completions, two reads.
  }
}

}  // namespace
}  // namespace perfbench
