#include "scenarios/drivers/scenario_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/judge/scenario.hpp"
#include "harness/core/stats/histogram.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/units/error.hpp"
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
    script.execute = [this](auto) { clock.advance(milliseconds(1)); };
    request.settings.workload = "scripted";
    request.watched = {allowed_cpus().front()};
    request.settings.stop.min_duration = milliseconds(500);
    request.gap_loss = Reading<double>::of(0.01, "a test");
  }
  ScenarioResult run(Scenario scenario = Scenario::kSingleStream) {
    request.settings.scenario = scenario;
    InlineSut sut(scripted_workload_entry(script), inline_settings(clock));
    return run_scenario(sut, request, DriverContext{clock, interruption, progress});
  }
  FakeClock clock;
  WorkloadScript script;
  ScenarioRequest request;
  Interruption interruption;
  NullProgress progress;
};

bool has_reason(const Verdict& verdict, const std::string& part) {
  return std::any_of(verdict.reasons.begin(), verdict.reasons.end(), [&](const Reason& reason) {
    return reason.id.find(part) != std::string::npos || reason.text.find(part) != std::string::npos;
  });
}

// One core, half loaded: waiting for the query before is no fault of the generator's.
TEST(ScenarioRun, AServerInTheIssuingThreadQueuesAndIsNotLate) {
  Bench bench;
  bench.request.settings.arrivals.kind = Arrivals::kPoisson;
  bench.request.settings.arrivals.target_qps = 500.0;
  bench.request.settings.stop.min_duration = seconds(20);
  const ScenarioResult result = bench.run(Scenario::kServer);
  EXPECT_EQ(result.queries, 10'000U);
  EXPECT_FALSE(has_reason(result.verdict, "schedule-slip"));
  EXPECT_NE(result.verdict.validity, Validity::kInvalid);
  EXPECT_EQ(result.slip.max, Nanoseconds(0));
  EXPECT_NEAR(result.queue.mean_ns, 5e5, 1e5);  // M/D/1 at half the load.
  EXPECT_EQ(result.service.p99, milliseconds(1));
}

TEST(ScenarioRun, SingleStreamFillsTheResult) {
  Bench bench;
  const ScenarioResult result = bench.run();
  EXPECT_EQ(result.workload, "scripted");
  EXPECT_EQ(result.implementation, "a test");
  EXPECT_TRUE(result.closed_loop);
  EXPECT_EQ(result.queries, 500U);
  EXPECT_EQ(result.samples, 500U);
  EXPECT_EQ(result.duration, milliseconds(500));
  EXPECT_DOUBLE_EQ(result.rate.per_second(), 1000.0);
  EXPECT_EQ(result.flops_per_sample, Flops(1000));
  EXPECT_EQ(result.latencies.size(), 500U);
  EXPECT_EQ(histogram_total(result.histogram), 500U);
  EXPECT_TRUE(result.verified);
  EXPECT_NE(result.placement.find("cpu "), std::string::npos);
  const PercentileFigure* p99 = find_percentile(result.latency, 990'000);
  ASSERT_NE(p99, nullptr);
  EXPECT_FALSE(p99->needs_queries.has_value());
  EXPECT_EQ(p99->value, milliseconds(1));
  EXPECT_DOUBLE_EQ(result.disturbance.gap_loss_fraction.value_or(0.0), 0.01);
  EXPECT_EQ(result.verdict.validity, Validity::kValid);
  EXPECT_EQ(result.verdict, judge_scenario(result));
}

TEST(ScenarioRun, TooFewQueriesAreRefusedWithTheNumberThatWouldDo) {
  Bench bench;
  bench.request.settings.stop.min_duration = milliseconds(100);
  const ScenarioResult result = bench.run();
  ASSERT_EQ(result.queries, 100U);
  const PercentileFigure* p99 = find_percentile(result.latency, 990'000);
  ASSERT_NE(p99, nullptr);
  ASSERT_TRUE(p99->needs_queries.has_value());
  EXPECT_EQ(*p99->needs_queries, 368U);
  EXPECT_EQ(result.verdict.validity, Validity::kInconclusive);
  EXPECT_TRUE(has_reason(result.verdict, "368"));
}

TEST(ScenarioRun, AStallReachesTheMaximumAndTheHistogram) {
  Bench bench;
  int calls = 0;
  bench.script.execute = [&](auto) {
    bench.clock.advance(++calls == 100 ? milliseconds(80) : milliseconds(1));
  };
  const ScenarioResult result = bench.run();
  EXPECT_EQ(result.latency.max, milliseconds(80));
  EXPECT_EQ(result.histogram.counts.back(), 1U);
}

TEST(ScenarioRun, OfflineIsOneQueryJudgedByItsRate) {
  Bench bench;
  const ScenarioResult result = bench.run(Scenario::kOffline);
  EXPECT_EQ(result.queries, 1U);
  EXPECT_EQ(result.samples, 2000U);
  EXPECT_DOUBLE_EQ(result.rate.per_second(), 4000.0);
  EXPECT_EQ(result.latencies.size(), 500U);
  EXPECT_EQ(result.flops_per_sample, Flops(1000));
  EXPECT_FALSE(result.closed_loop);
  EXPECT_NE(result.description.find("batch of 4 samples"), std::string::npos) << result.description;
  EXPECT_EQ(result.verdict.validity, Validity::kValid);
}

TEST(ScenarioRun, RoofFractionIsWorkTimesRateOverTheRoof) {
  Bench bench;
  bench.request.roof = BindingRoof{"compute-fp32-1t", RoofKind::kCompute, 2e6};
  const ScenarioResult compute = bench.run();
  EXPECT_EQ(compute.roof, "compute-fp32-1t");
  ASSERT_TRUE(compute.roof_fraction.has_value());
  EXPECT_DOUBLE_EQ(*compute.roof_fraction, 0.5);  // 1000 flop, 1000 a second.

  Bench memory;
  memory.request.roof = BindingRoof{"bandwidth-dram-triad-1t", RoofKind::kBandwidth, 128e3};
  EXPECT_DOUBLE_EQ(memory.run().roof_fraction.value_or(0.0), 0.5);  // 64 B, 1000 a second.
  Bench none;
  EXPECT_FALSE(none.run().roof_fraction.has_value());
}

TEST(ScenarioRun, AWrongAnswerIsNotTimed) {
  Bench bench;
  int executed = 0;
  bench.script.execute = [&](auto) { ++executed; };
  bench.script.verify = [] { return Verification{false, "element 3 is 7 instead of 8"}; };
  const ScenarioResult result = bench.run();
  EXPECT_EQ(executed, 0);
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(result.verdict.validity, Validity::kInvalid);
  EXPECT_NE(result.description.find("7 instead of 8"), std::string::npos);
}

TEST(ScenarioRun, InterruptionGivesAPartialResult) {
  Bench bench;
  int calls = 0;
  bench.script.execute = [&](auto) {
    bench.clock.advance(milliseconds(1));
    if (++calls == 450) bench.interruption.request(2);
  };
  const ScenarioResult result = bench.run();
  EXPECT_TRUE(result.partial);
  EXPECT_GT(result.queries, 400U);
  EXPECT_EQ(result.verdict.validity, Validity::kInconclusive);
}

TEST(ScenarioRun, ManyLatenciesLeaveTheHistogramThatHoldsThem) {
  Bench bench;
  bench.script.execute = [&](auto) { bench.clock.advance(microseconds(5)); };
  const ScenarioResult result = bench.run();
  ASSERT_EQ(result.queries, 100'000U);
  EXPECT_TRUE(result.latencies.empty());
  EXPECT_EQ(histogram_total(result.histogram), 100'000U);
  EXPECT_NE(result.description.find("100000 latencies"), std::string::npos);
  const std::optional<double> median = histogram_quantile_ns(result.histogram, 500'000);
  ASSERT_TRUE(median.has_value());
  EXPECT_NEAR(*median, 5000.0, 50.0);
  EXPECT_EQ(result.dropped, 0U);
}

TEST(ScenarioRun, DroppedLatenciesMakeItInvalid) {
  Bench bench;
  bench.request.record_at_most = 100;
  bench.request.settings.arrivals.kind = Arrivals::kPoisson;
  bench.request.settings.arrivals.target_qps = 500.0;
  const ScenarioResult result = bench.run(Scenario::kServer);
  EXPECT_EQ(result.dropped, 150U);
  EXPECT_TRUE(has_reason(result.verdict, "dropped"));
  EXPECT_EQ(result.verdict.validity, Validity::kInvalid);
}

TEST(ScenarioRun, AClosedLoopThatFillsItsRecorderIsShortAndNotHalfRecorded) {
  Bench bench;
  bench.request.record_at_most = 100;
  const ScenarioResult result = bench.run();
  EXPECT_EQ(result.queries, 100U);
  EXPECT_EQ(result.dropped, 0U);
  EXPECT_TRUE(has_reason(result.verdict, "min-duration"));
  bench.request.record_at_most = 500;  // Control: just enough.
  EXPECT_EQ(bench.run().verdict.validity, Validity::kValid);
}

TEST(ScenarioRun, LackOfMemoryStopsTheSystem) {
  const std::vector<int> before = allowed_cpus();
  Bench bench;
  bench.script.load = [] { throw ResourceError("no memory for the arrays"); };
  EXPECT_THROW(static_cast<void>(bench.run()), ResourceError);
  EXPECT_EQ(allowed_cpus(), before);
}

}  // namespace
}  // namespace perfbench
