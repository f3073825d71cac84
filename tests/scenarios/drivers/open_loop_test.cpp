// Open loops on a clock that only moves when told, the workload executed by the issuing thread: all
// times are exact.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "harness/core/units/error.hpp"
#include "scenarios/drivers/driver.hpp"
#include "scenarios/schedule/arrival_schedule.hpp"
#include "scenarios/sut/inline_sut.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/scripted_workload.hpp"
#include "tests/support/sut_settings.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Bench {
  Bench() {
    ScenarioSettings& scenario = settings.scenario;
    scenario.scenario = Scenario::kServer;
    scenario.stop.min_duration = seconds(2);
    scenario.arrivals.kind = Arrivals::kPoisson;
    scenario.arrivals.target_qps = 500.0;
    script.execute = [this](auto) { clock.advance(milliseconds(1)); };
  }
  DriverRun run() {
    InlineSut sut(scripted_workload_entry(script), inline_settings(clock));
    CompletionBoard board(clock);
    EXPECT_TRUE(sut.start(board).passed);
    return run_open_loop(sut, board, settings, DriverContext{clock, interruption, *progress});
  }
  ScenarioSettings& scenario() { return settings.scenario; }
  std::vector<Nanoseconds> arrivals() {
    ArrivalSchedule schedule(scenario().arrivals,
                             count_arrivals(scenario().arrivals, scenario().stop),
                             derive_seed(scenario().seed, 2));
    std::vector<Nanoseconds> all;
    while (const auto at = schedule.next()) all.push_back(*at);
    return all;
  }
  FakeClock clock;
  WorkloadScript script;
  DriverSettings settings;
  Interruption interruption;
  NullProgress null_progress;
  Progress* progress = &null_progress;
};

Nanoseconds p99(std::vector<Nanoseconds> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() * 99 / 100];
}

double mean_ns(const std::vector<Nanoseconds>& values) {
  return static_cast<double>(
             std::accumulate(values.begin(), values.end(), Nanoseconds(0)).count()) /
         static_cast<double>(values.size());
}

std::vector<Nanoseconds> latencies(const DriverRun& run) {
  std::vector<Nanoseconds> all;
  for (std::size_t i = 0; i < run.issued; ++i) all.push_back(run.recorder->latency(i));
  return all;
}

TEST(OpenLoop, IssuesEveryQueryOnTimeWhileTheServerIsFree) {
  Bench bench;
  bench.script.execute = [](auto) {};
  const DriverRun run = bench.run();
  EXPECT_EQ(run.issued, 1000U);
  EXPECT_EQ(run.queries, 1000U);
  EXPECT_EQ(run.stopped_by, StopCause::kMinimumsMet);
  EXPECT_EQ(run.duration, seconds(2));
  // A worker is busy beyond the last completion, which it tells first.
  EXPECT_GE(run.worked, run.recorder->latency(999) + bench.arrivals().back());
  EXPECT_DOUBLE_EQ(run.offered_qps, 500.0);
  for (std::size_t i = 0; i < 1000; ++i) EXPECT_EQ(run.recorder->slip(i), Nanoseconds(0));
}

// Where the issuing thread executes, who waits for the query before waits in a queue: the generator
// is not late.
TEST(OpenLoop, WaitingForTheIssuingThreadIsQueueingAndNoSlip) {
  Bench bench;
  const DriverRun run = bench.run();
  const std::vector<Nanoseconds> arrivals = bench.arrivals();
  ASSERT_EQ(run.queries, arrivals.size());
  Nanoseconds free_at{0};
  std::size_t waited = 0;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const Nanoseconds begun = std::max(arrivals[i], free_at);
    free_at = begun + milliseconds(1);
    ASSERT_EQ(run.recorder->slip(i), Nanoseconds(0));
    ASSERT_EQ(run.recorder->queue(i), begun - arrivals[i]);
    ASSERT_EQ(run.recorder->latency(i), free_at - arrivals[i]);
    waited += begun > arrivals[i] ? 1U : 0U;
  }
  EXPECT_GT(waited, 300U);  // Half of them, at half the load.
}

TEST(OpenLoop, ARunThatEndsEarlyOfferedWhatWasIssuedByThen) {
  Bench bench;
  bench.scenario().arrivals.kind = Arrivals::kPeriodic;
  bench.scenario().stop.min_duration = seconds(600);
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(4)); };
  const DriverRun run = bench.run();
  ASSERT_FALSE(run.ended_early.empty());
  EXPECT_NEAR(run.offered_qps, 250.0, 1.0);  // Scheduled were 500 a second.
}

// Coordinated omission: every 2 s the server stops for 20 ms. All who arrive meanwhile have waited,
// which a latency that counts from the issue does not see.
TEST(OpenLoop, AStallIsFeltByAllWhoArriveMeanwhile) {
  Bench bench;
  bench.scenario().stop.min_duration = seconds(60);
  const Nanoseconds service = microseconds(200);
  const Nanoseconds stall = milliseconds(20);
  const Nanoseconds every = seconds(2);
  TimePoint first{};
  TimePoint next_stall{};
  bool timed = false;
  bench.script.execute = [&](auto) {
    bench.clock.advance(service);
    if (!timed) return;
    if (first == TimePoint{}) {
      first = bench.clock.now();
      next_stall = first + every;
    }
    if (bench.clock.now() < next_stall) return;
    bench.clock.advance(stall);
    next_stall += every;
  };
  InlineSut sut(scripted_workload_entry(bench.script), inline_settings(bench.clock));
  CompletionBoard board(bench.clock);
  ASSERT_TRUE(sut.start(board).passed);
  const DriverRun run = run_open_loop(
      sut,
      board,
      bench.settings,
      DriverContext{bench.clock, bench.interruption, bench.null_progress, [&] { timed = true; }});
  ASSERT_EQ(run.queries, 30'000U);

  // Lindley's recursion over the same arrivals.
  std::vector<Nanoseconds> expected;
  Nanoseconds free_at{0};
  Nanoseconds stall_at{0};
  for (const Nanoseconds arrival : bench.arrivals()) {
    free_at = std::max(arrival, free_at) + service;
    if (stall_at.count() == 0) stall_at = free_at + every;
    if (free_at >= stall_at) {
      free_at += stall;
      stall_at += every;
    }
    expected.push_back(free_at - arrival);
  }
  const std::vector<Nanoseconds> measured = latencies(run);
  EXPECT_NEAR(mean_ns(measured) / mean_ns(expected), 1.0, 0.05);
  EXPECT_NEAR(
      static_cast<double>(p99(measured).count()) / static_cast<double>(p99(expected).count()),
      1.0,
      0.05);
  // Control: from the issue on, one query in 4,000 has seen a stall, and the P99 is the service.
  std::vector<Nanoseconds> from_issue;
  for (std::size_t i = 0; i < run.issued; ++i) from_issue.push_back(run.recorder->service(i));
  EXPECT_EQ(p99(from_issue), service);
  EXPECT_GT(p99(measured), 5 * service);
}

TEST(OpenLoop, OneSeedGivesOneRun) {
  const auto drawn = [](std::uint64_t seed) {
    Bench bench;
    std::vector<SampleIndex> indices;
    bench.scenario().seed = seed;
    bench.script.execute = [&](std::span<const SampleIndex> samples) {
      indices.push_back(samples.front());
      bench.clock.advance(microseconds(700));
    };
    return std::pair(latencies(bench.run()), indices);
  };
  EXPECT_EQ(drawn(4), drawn(4));
  EXPECT_NE(drawn(4).first, drawn(5).first);
  EXPECT_NE(drawn(4).second, drawn(5).second);
}

TEST(OpenLoop, ASlowServerEndsTheRunEarlyWithItsCause) {
  Bench bench;
  bench.scenario().stop.min_duration = seconds(600);  // Minutes, at twice what it can do.
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(4)); };
  const DriverRun run = bench.run();
  EXPECT_NE(run.ended_early.find("faster than they were executed"), std::string::npos);
  EXPECT_FALSE(run.interrupted);
  // Behind by 10 s after 20 s.
  EXPECT_LT(run.duration, seconds(32));
  EXPECT_GT(run.queries, 4'000U);
  EXPECT_EQ(run.undrained, 0U);
  EXPECT_GT(p99(latencies(run)), seconds(9));
  // Control: what it can do it does to the end.
  Bench light;
  EXPECT_TRUE(light.run().ended_early.empty());
}

TEST(OpenLoop, InterruptionKeepsWhatWasMeasured) {
  Bench bench;
  int calls = 0;
  bench.script.execute = [&](auto) {
    bench.clock.advance(milliseconds(1));
    if (++calls == 300) bench.interruption.request(2);
  };
  const DriverRun run = bench.run();
  EXPECT_TRUE(run.interrupted);
  EXPECT_EQ(run.queries + run.warm_up_queries, 300U);
  EXPECT_GT(run.duration, Nanoseconds(0));
}

TEST(OpenLoop, InterruptionEndsALongWait) {
  Bench bench;
  bench.scenario().arrivals.kind = Arrivals::kPeriodic;
  bench.scenario().arrivals.target_qps = 0.01;  // The second query comes after 100 s.
  bench.scenario().stop.min_queries = 2;
  bench.clock.on_sleep([&](TimePoint) { bench.interruption.request(2); });
  const TimePoint before = bench.clock.now();
  const DriverRun run = bench.run();
  EXPECT_TRUE(run.interrupted);
  EXPECT_LT(bench.clock.now() - before, seconds(1));
}

TEST(OpenLoop, AWorkloadThatThrowsEndsTheRun) {
  Bench bench;
  int calls = 0;
  bench.script.execute = [&](auto) {
    bench.clock.advance(milliseconds(1));
    if (++calls == 300) throw ResourceError("the cache of keys is full");
  };
  const DriverRun run = bench.run();
  EXPECT_EQ(calls, 300);
  EXPECT_EQ(run.undrained, 1U);  // The one that threw.
  EXPECT_EQ(run.queries + run.warm_up_queries, 299U);
}

TEST(OpenLoop, ProgressIsToldOnlyWhereTheNextArrivalIsFar) {
  class Bar final : public Progress {
   public:
    explicit Bar(FakeClock& clock) : clock_(clock) {}
    void step(std::string_view, std::string_view) override {}
    void advance(double) override {
      ++told;
      clock_.advance(milliseconds(3));  // A slow terminal.
    }
    int told = 0;

   private:
    FakeClock& clock_;
  };
  for (const double qps : {10.0, 5000.0}) {
    Bench bench;
    Bar bar(bench.clock);
    bench.progress = &bar;
    bench.script.execute = [](auto) {};
    bench.scenario().arrivals.kind = Arrivals::kPeriodic;
    bench.scenario().arrivals.target_qps = qps;
    const DriverRun run = bench.run();
    EXPECT_EQ(bar.told > 5, qps < 100.0);
    for (std::size_t i = 0; i < run.issued; ++i) ASSERT_EQ(run.recorder->slip(i), Nanoseconds(0));
  }
}

TEST(OpenLoop, FullRecorderCountsWhatItDrops) {
  Bench bench;
  bench.settings.record_at_most = 100;
  const DriverRun run = bench.run();
  EXPECT_EQ(run.issued, 1000U);
  EXPECT_EQ(run.recorder->dropped(), 900U);
}

TEST(OpenLoop, FramesOfSeveralCamerasAtAFixedPeriod) {
  Bench bench;
  bench.scenario().scenario = Scenario::kMultiStream;
  bench.scenario().arrivals.kind = Arrivals::kPeriodic;
  bench.scenario().arrivals.target_qps = 50.0;
  bench.scenario().samples_per_query = 8;  // Two batches of 4.
  bench.script.execute = [&](auto) { bench.clock.advance(milliseconds(4)); };
  const DriverRun run = bench.run();
  EXPECT_EQ(run.queries, 100U);
  EXPECT_EQ(run.samples, 800U);
  for (const Nanoseconds latency : latencies(run)) EXPECT_EQ(latency, milliseconds(8));
  EXPECT_EQ(run.recorder->skew(7), milliseconds(4));
}

TEST(DrainLimit, IsHalfTheSpanWithinBounds) {
  EXPECT_EQ(drain_limit(seconds(1), milliseconds(1)), seconds(1));
  EXPECT_EQ(drain_limit(seconds(8), milliseconds(1)), seconds(4));
  EXPECT_EQ(drain_limit(seconds(600), milliseconds(1)), seconds(10));
  EXPECT_EQ(drain_limit(seconds(600), seconds(5)), seconds(20));
}

}  // namespace
}  // namespace perfbench
