// What the drivers themselves cost, live: a workload that does nothing, and one that spins for a
// known time. Reported, never gated on: the machine may be busy.
#include <gtest/gtest.h>

#include <cstdio>

#include "harness/core/stats/latency_summary.hpp"
#include "harness/host/clock/clock_cost.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "scenarios/drivers/scenario_run.hpp"
#include "scenarios/sut/inline_sut.hpp"
#include "tests/support/scripted_workload.hpp"
#include "tests/support/sut_settings.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

ScenarioResult measure(const WorkloadScript& script, Scenario scenario, SteadyClock& clock) {
  const Interruption interruption;
  NullProgress progress;
  ScenarioRequest request;
  request.settings.scenario = scenario;
  request.settings.workload = script.info.name;
  request.watched = {allowed_cpus().back()};
  request.settings.stop.min_duration = milliseconds(200);
  request.settings.stop.min_queries = 400;
  SutSettings settings = inline_settings(clock);
  settings.layout.worker_cpus = request.watched;
  InlineSut sut(scripted_workload_entry(script), settings);
  return run_scenario(sut, request, DriverContext{clock, interruption, progress});
}

long long percentile_ns(const ScenarioResult& result, std::uint32_t ppm) {
  const PercentileFigure* figure = find_percentile(result.latency, ppm);
  return figure == nullptr ? -1 : static_cast<long long>(figure->value.count());
}

TEST(DriverOverhead, NullWorkload) {
  SteadyClock clock;
  const ClockCost cost = calibrate_clock(clock);
  for (const Scenario scenario : {Scenario::kSingleStream, Scenario::kOffline}) {
    WorkloadScript script;
    script.max_batch = 1;
    const ScenarioResult result = measure(script, scenario, clock);
    ASSERT_GT(result.samples, 400U);
    ASSERT_GT(result.rate.per_second(), 0.0);
    std::printf(
        "%s null: latency P50 %lld ns, P99 %lld ns, max %lld ns; %.0f ns an issue in all; "
        "clock read P50 %lld ns; %llu issues, %llu dropped\n",
        scenario == Scenario::kOffline ? "Offline" : "SingleStream",
        percentile_ns(result, 500'000),
        percentile_ns(result, 990'000),
        static_cast<long long>(result.latency.max.count()),
        1e9 / result.rate.per_second(),
        static_cast<long long>(cost.cost_p50.count()),
        static_cast<unsigned long long>(result.samples),
        static_cast<unsigned long long>(result.dropped));
    RecordProperty("latency_p50_ns", std::to_string(percentile_ns(result, 500'000)));
  }
}

TEST(DriverOverhead, ASpinOfDReadsD) {
  SteadyClock clock;
  for (const microseconds d : {microseconds(10), microseconds(100)}) {
    WorkloadScript script;
    script.execute = [&](auto) {
      const TimePoint end = clock.now() + d;
      while (clock.now() < end) {
      }
    };
    const ScenarioResult result = measure(script, Scenario::kSingleStream, clock);
    const long long p50 = percentile_ns(result, 500'000);
    // Nothing makes a spin shorter, whatever the machine does.
    EXPECT_GE(p50, static_cast<long long>(Nanoseconds(d).count()));
    std::printf("spin of %lld us: P50 %.3f us, P99 %.3f us\n",
                static_cast<long long>(d.count()),
                static_cast<double>(p50) * 1e-3,
                static_cast<double>(percentile_ns(result, 990'000)) * 1e-3);
  }
}

}  // namespace
}  // namespace perfbench
