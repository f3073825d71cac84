// All scenarios through workers and a queue, on the real clock and short: what is checked does not
// depend on how fast the machine is.
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>

#include "harness/core/result/names.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "scenarios/drivers/scenario_run.hpp"
#include "tests/support/scripted_workload.hpp"
#include "tests/support/sut_settings.hpp"

namespace perfbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Bench {
  explicit Bench(Scenario scenario) : sut(pool_settings(clock, 2)) {
    ScenarioSettings& settings = request.settings;
    settings.scenario = scenario;
    settings.workload = "scripted";
    settings.stop.min_duration = milliseconds(30);
    settings.wait = WaitPolicy::kSleep;
    if (scenario == Scenario::kServer) {
      settings.arrivals.kind = Arrivals::kPoisson;
      settings.arrivals.target_qps = 1000.0;
    }
    if (scenario == Scenario::kMultiStream) settings.samples_per_query = 8;
    sut.max_batch = scenario == Scenario::kOffline ? 0 : 1;
    request.watched = {allowed_cpus().front()};
  }
  ScenarioResult run() {
    const auto system = make_system_under_test(scripted_workload_entry(script), sut);
    return run_scenario(*system, request, DriverContext{clock, interruption, progress});
  }
  SteadyClock clock;
  WorkloadScript script;
  SutSettings sut;
  ScenarioRequest request;
  Interruption interruption;
  NullProgress progress;
};

constexpr Scenario kAll[] = {
    Scenario::kSingleStream, Scenario::kMultiStream, Scenario::kServer, Scenario::kOffline};

std::uint64_t executed_samples(const ScenarioResult& result) {
  std::uint64_t sum = 0;
  for (std::size_t b = 0; b < result.batches.counts.size(); ++b) {
    sum += (b + 1) * result.batches.counts[b];
  }
  return sum;
}

TEST(ServingRun, EveryScenarioFillsItsResult) {
  for (const Scenario scenario : kAll) {
    Bench bench(scenario);
    const ScenarioResult result = bench.run();
    EXPECT_EQ(result.scenario, scenario);
    EXPECT_GT(result.samples, 0U);
    EXPECT_EQ(result.samples, executed_samples(result));
    EXPECT_EQ(result.undrained, 0U);
    EXPECT_EQ(result.refused, 0U);
    EXPECT_EQ(result.dropped, 0U);
    EXPECT_TRUE(result.failure.empty());
    EXPECT_TRUE(result.ended_early.empty());
    EXPECT_FALSE(result.partial);
    EXPECT_GT(result.answers.checked, 0U);
    EXPECT_EQ(result.answers.wrong, 0U);
    ASSERT_TRUE(result.worker_utilisation.has_value());
    EXPECT_GT(*result.worker_utilisation, 0.0);
    EXPECT_LE(*result.worker_utilisation, 1.0);
    EXPECT_GE(result.duration, milliseconds(30)) << name_of(scenario);
    EXPECT_EQ(result.rung, "fixed");
    EXPECT_EQ(result.arrivals.seed, 1U);
  }
}

TEST(ServingRun, ServerKeepsItsScheduleAndCountsFromIt) {
  Bench bench(Scenario::kServer);
  bench.request.settings.bound = LatencyBound{990'000, seconds(5)};
  const ScenarioResult result = bench.run();
  EXPECT_EQ(result.queries, 30U);
  EXPECT_DOUBLE_EQ(result.arrivals.offered_qps, 1000.0);
  EXPECT_EQ(result.arrivals.kind, Arrivals::kPoisson);
  EXPECT_FALSE(result.closed_loop);
  ASSERT_EQ(result.latencies.size(), 30U);
  EXPECT_GT(result.queue.max, Nanoseconds(0));
  EXPECT_GE(result.latency.max, result.service.max);
  ASSERT_TRUE(result.bound.has_value());
  EXPECT_EQ(result.bound->over, 0U);
}

TEST(ServingRun, MultiStreamAtAPeriodHasFrames) {
  Bench bench(Scenario::kMultiStream);
  bench.request.settings.arrivals.kind = Arrivals::kPeriodic;
  bench.request.settings.arrivals.target_qps = 500.0;
  bench.request.settings.deadline = Nanoseconds(0);
  const ScenarioResult result = bench.run();
  ASSERT_TRUE(result.frames.has_value());
  EXPECT_EQ(result.frames->period, milliseconds(2));
  EXPECT_EQ(result.frames->missed, result.queries);  // Nothing takes no time.
  EXPECT_GE(result.frames->skew_p99, result.frames->skew_p50);
  EXPECT_EQ(result.samples, 8 * result.queries);
  bench.request.settings.deadline = seconds(60);
  EXPECT_EQ(bench.run().frames->missed, 0U);
}

TEST(ServingRun, AnInterruptionEndsEachScenarioAndKeepsWhatWasMeasured) {
  for (const Scenario scenario : kAll) {
    Bench bench(scenario);
    bench.request.settings.stop.min_duration = std::chrono::hours(1);
    std::atomic<int> calls{0};
    bench.script.execute = [&](auto) {
      if (++calls == 500) bench.interruption.request(2);
    };
    const ScenarioResult result = bench.run();
    EXPECT_TRUE(result.partial);
    EXPECT_GT(result.samples, 0U);
    EXPECT_NE(result.verdict.validity, Validity::kValid);
  }
}

TEST(ServingRun, AWorkloadThatThrowsEndsEachScenarioWithItsSentence) {
  for (const Scenario scenario : kAll) {
    Bench bench(scenario);
    bench.request.settings.stop.min_duration = std::chrono::hours(1);
    std::atomic<int> calls{0};
    bench.script.execute = [&](auto) {
      if (++calls == 200) throw ResourceError("the cache of keys is full");
    };
    const ScenarioResult result = bench.run();
    EXPECT_EQ(result.failure, "the cache of keys is full");
    EXPECT_NE(result.verdict.validity, Validity::kValid);
    if (scenario == Scenario::kOffline) continue;  // One query of many units.
    EXPECT_EQ(result.latencies.size(), result.queries + result.undrained) << name_of(scenario);
  }
}

// Four hundred times what one worker does: the backlog of an hour never builds up.
TEST(ServingRun, AnOverloadedServerEndsEarlyAndCountsWhatNeverEnded) {
  Bench bench(Scenario::kServer);
  bench.sut.layout.worker_cpus.resize(1);  // Behind a queue of 1,024.
  bench.request.settings.stop.min_duration = seconds(60);
  bench.request.settings.arrivals.target_qps = 100'000.0;
  bench.request.settings.bound = LatencyBound{990'000, milliseconds(50)};
  bench.script.execute = [&](auto) {
    static_cast<void>(bench.clock.sleep_until(bench.clock.now() + milliseconds(4)));
  };
  const ScenarioResult result = bench.run();
  EXPECT_FALSE(result.ended_early.empty());
  EXPECT_FALSE(result.partial);
  EXPECT_GT(result.undrained, 500U);
  ASSERT_TRUE(result.bound.has_value());
  EXPECT_GE(result.bound->over, result.undrained);
  // Those that never ended are in the latencies, with how long they had waited at least.
  EXPECT_EQ(result.latencies.size(), result.queries + result.undrained);
  EXPECT_NE(result.verdict.validity, Validity::kValid);
}

TEST(ServingRun, WrongAnswersAreCounted) {
  Bench bench(Scenario::kServer);
  bench.script.answer_holds = [](std::size_t, SampleIndex) { return false; };
  const ScenarioResult result = bench.run();
  EXPECT_GT(result.answers.wrong, 0U);
  EXPECT_EQ(result.verdict.validity, Validity::kInvalid);
}

TEST(ServingRun, RefusesSettingsThatNoDriverCanFollow) {
  Bench server(Scenario::kServer);
  server.request.settings.arrivals.kind = Arrivals::kClosedLoop;
  EXPECT_THROW(static_cast<void>(server.run()), UsageError);
  Bench offline(Scenario::kOffline);
  offline.request.settings.arrivals.kind = Arrivals::kPoisson;
  EXPECT_THROW(static_cast<void>(offline.run()), UsageError);
  Bench single(Scenario::kSingleStream);
  single.request.settings.samples_per_query = 8;
  EXPECT_THROW(static_cast<void>(single.run()), UsageError);
  Bench none(Scenario::kMultiStream);
  none.request.settings.samples_per_query = 0;
  EXPECT_THROW(static_cast<void>(none.run()), UsageError);
}

TEST(ServingRun, BandwidthIsHeldAgainstItsOwnRoof) {
  Bench bench(Scenario::kOffline);
  bench.request.roof = BindingRoof{"compute", RoofKind::kCompute, 1e9};
  bench.request.bandwidth_roof = BindingRoof{"dram", RoofKind::kBandwidth, 64e6};
  const ScenarioResult result = bench.run();
  ASSERT_TRUE(result.roof_fraction && result.bandwidth_fraction);
  EXPECT_EQ(result.bandwidth_roof, "dram");
  // 1000 flop and 64 bytes a sample, roofs of the same ratio.
  EXPECT_NEAR(*result.roof_fraction / *result.bandwidth_fraction, 1.0, 1e-9);
}

}  // namespace
}  // namespace perfbench
