// What is held against each other in a scenario: each test changes a figure and must see it named.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "reports/check/check.hpp"
#include "tests/reports/check/check_support.hpp"

namespace perfbench {
namespace {

using testing::expect_found;
using testing::listed;
using testing::names;
using testing::synthetic_report;

constexpr std::size_t kStream = 0;
constexpr std::size_t kOffline = 2;
constexpr std::size_t kServer = 4;
constexpr std::size_t kFrames = 5;

std::string at(std::size_t index, const std::string& key) {
  return "sections.scenarios[" + std::to_string(index) + "]." + key;
}

template <class Change>
void expect_named(std::size_t index, const std::string& key, Change change) {
  expect_found(at(index, key), [&](Report& report) { change(report.scenarios[index]); });
}

TEST(CheckScenario, TheSyntheticOnesAreOfEachKind) {
  const Report report = synthetic_report();
  EXPECT_EQ(report.scenarios[kStream].scenario, Scenario::kSingleStream);
  EXPECT_EQ(report.scenarios[kOffline].scenario, Scenario::kOffline);
  EXPECT_EQ(report.scenarios[kServer].scenario, Scenario::kServer);
  EXPECT_EQ(report.scenarios[kFrames].scenario, Scenario::kMultiStream);
}

TEST(CheckScenario, PercentilesOfTheSlipAscend) {
  expect_named(kServer, "slip_ns.p99", [](ScenarioResult& result) {
    result.slip.p99 = result.slip.p50 - Nanoseconds(1);
  });
  expect_named(kServer, "slip_ns.max", [](ScenarioResult& result) {
    result.slip.max = result.slip.p99_9 - Nanoseconds(1);
  });
  expect_named(
      kStream, "slip_ns.max", [](ScenarioResult& result) { result.slip.max = Nanoseconds(50); });
}

TEST(CheckScenario, TheShareOfLateQueriesIsWhatPercentilesAllow) {
  const std::string key = "slip_over_1us_fraction";
  expect_named(kServer, key, [](ScenarioResult& result) { result.slip.over_1us_fraction = 0.25; });
  expect_named(kServer, key, [](ScenarioResult& result) { result.slip.over_1us_fraction = 0.0; });
  expect_named(kServer, key, [](ScenarioResult& result) { result.slip.over_1us_fraction *= 1.03; });
  expect_named(kServer, key, [](ScenarioResult& result) {
    result.slip.p50 = result.slip.p99 = result.slip.p99_9 = result.slip.max;
  });
}

TEST(CheckScenario, QueueAndServiceAddUpToTheLatency) {
  expect_named(
      kServer, "service_ns.mean", [](ScenarioResult& result) { result.service.mean_ns *= 1.05; });
  expect_named(
      kServer, "service_ns.mean", [](ScenarioResult& result) { result.queue.mean_ns *= 0.7; });
  expect_named(kServer, "service_ns.max", [](ScenarioResult& result) {
    result.service.max = result.latency.max * 2;
  });
  expect_named(kServer, "queue_ns.max", [](ScenarioResult& result) {
    result.queue.max = result.latency.max * 2;
  });
  expect_named(kServer, "queue_ns.p99", [](ScenarioResult& result) {
    result.queue.p99 = result.queue.p50 - Nanoseconds(1);
  });
  expect_named(kServer, "queue_ns.standard_deviation", [](ScenarioResult& result) {
    result.queue.standard_deviation_ns = static_cast<double>(result.queue.max.count());
  });
}

TEST(CheckScenario, WhereNothingWaitsServiceIsTheLatency) {
  expect_named(kStream, "service_ns.p50", [](ScenarioResult& result) {
    result.service.p50 -= Nanoseconds(1);
  });
  expect_named(kStream, "service_ns.p99", [](ScenarioResult& result) {
    result.service.p99 += Nanoseconds(1);
  });
  expect_named(kStream, "service_ns.max", [](ScenarioResult& result) {
    result.service.max += Nanoseconds(1);
  });
  expect_named(
      kStream, "service_ns.mean", [](ScenarioResult& result) { result.service.mean_ns *= 1.0001; });
  expect_named(kStream, "service_ns.standard_deviation", [](ScenarioResult& result) {
    result.service.standard_deviation_ns *= 1.0001;
  });
}

TEST(CheckScenario, BatchesHoldEverySample) {
  for (const std::size_t index : {kStream, kOffline, kServer}) {
    expect_named(
        index, "batches.counts", [](ScenarioResult& result) { result.batches.counts.back() += 1; });
  }
  expect_named(kServer, "batches.counts", [](ScenarioResult& result) {
    result.batches.counts.push_back(0);
  });
  expect_named(kFrames, "samples", [](ScenarioResult& result) { result.samples_per_query = 4; });
  expect_named(kStream, "queries", [](ScenarioResult& result) { result.undrained = 1; });
}

TEST(CheckScenario, TheBoundFollowsFromTheLatencies) {
  expect_named(kServer, "bound.over", [](ScenarioResult& result) { result.bound->bound /= 4; });
  expect_named(kServer, "bound.over", [](ScenarioResult& result) { result.bound->over += 1; });
  expect_named(kServer, "bound.over_fraction", [](ScenarioResult& result) {
    result.bound->over_fraction += 0.001;
  });
  expect_named(
      kServer, "bound.over_high", [](ScenarioResult& result) { result.bound->over_high *= 0.999; });
  expect_named(
      kServer, "bound.over_low", [](ScenarioResult& result) { result.bound->over_low += 1e-4; });
  expect_named(kServer, "bound.n_effective", [](ScenarioResult& result) {
    result.bound->n_effective *= 1.001;
  });
  expect_named(kServer, "bound.needs_queries", [](ScenarioResult& result) {
    result.bound->needs_queries = 7;
  });
  expect_named(kServer, "bound.early_stopping_needs", [](ScenarioResult& result) {
    result.bound->early_stopping_needs += 1;
  });
  expect_named(kServer, "bound.early_stopping_passes", [](ScenarioResult& result) {
    result.bound->early_stopping_passes = !result.bound->early_stopping_passes;
  });
  expect_named(kServer, "reasons.length", [](ScenarioResult& result) { result.bound.reset(); });
}

TEST(CheckScenario, WithoutSingleLatenciesTheBoundIsHeldAgainstTheHistogram) {
  Report report = synthetic_report();
  ScenarioResult& server = report.scenarios[kServer];
  server.latencies.clear();
  const CheckResult untouched = check_report(report);
  EXPECT_TRUE(untouched.ok()) << listed(untouched);
  EXPECT_GE(untouched.not_checkable.size(), 2U);
  Report changed = report;
  changed.scenarios[kServer].bound->over += 400;
  EXPECT_TRUE(names(check_report(changed), at(kServer, "bound.over")));
  EXPECT_TRUE(names(check_report(changed), at(kServer, "bound.over_fraction")));
  changed = report;
  changed.scenarios[kServer].bound->over_low = 0.5;
  EXPECT_TRUE(names(check_report(changed), at(kServer, "bound.over_low")));
  changed = report;
  changed.scenarios[kServer].bound->early_stopping_needs += 1;
  EXPECT_TRUE(names(check_report(changed), at(kServer, "bound.early_stopping_needs")));
}

TEST(CheckScenario, NothingIsRefusedOrLeftInAClosedLoop) {
  expect_named(kStream, "refused", [](ScenarioResult& result) { result.refused = 1; });
  expect_named(kOffline, "undrained", [](ScenarioResult& result) { result.undrained = 1; });
  expect_named(kServer, "bound.over", [](ScenarioResult& result) { result.refused = 2; });
}

TEST(CheckScenario, EarlyStoppingIsMlperfs) {
  expect_named(kStream, "early_stopping.discarded", [](ScenarioResult& result) {
    result.early_stopping->discarded += 1;
  });
  expect_named(kStream, "early_stopping.value_ns", [](ScenarioResult& result) {
    result.early_stopping->value += Nanoseconds(1);
  });
  expect_named(kStream, "early_stopping.percentile", [](ScenarioResult& result) {
    result.early_stopping->ppm = 990'000;
  });
  expect_named(kFrames, "early_stopping.needs_queries", [](ScenarioResult& result) {
    result.early_stopping->needs_queries = 3;
  });
}

TEST(CheckScenario, FramesThatMissedAreThoseAboveTheDeadline) {
  expect_named(
      kFrames, "frames.missed", [](ScenarioResult& result) { result.frames->missed += 1; });
  expect_named(
      kFrames, "frames.missed", [](ScenarioResult& result) { result.frames->deadline *= 4; });
  expect_named(
      kFrames, "frames.period_ns", [](ScenarioResult& result) { result.frames->period *= 2; });
  expect_named(kFrames, "frames.skew_p99_ns", [](ScenarioResult& result) {
    result.frames->skew_p99 = Nanoseconds(0);
  });
}

TEST(CheckScenario, ArrivalsAreThoseOfTheirKind) {
  expect_named(kServer, "arrivals.offered_qps", [](ScenarioResult& result) {
    result.arrivals.offered_qps *= 1.01;
  });
  expect_named(kServer, "arrivals.burst_duty", [](ScenarioResult& result) {
    result.arrivals.burst_duty = 0.1;
  });
  expect_named(kServer, "arrivals.burst_period_ns", [](ScenarioResult& result) {
    result.arrivals.kind = Arrivals::kBursty;
  });
  expect_named(
      kServer, "arrivals.trace", [](ScenarioResult& result) { result.arrivals.trace = "x.csv"; });
  expect_named(kStream, "arrivals.target_qps", [](ScenarioResult& result) {
    result.arrivals.target_qps = 100.0;
  });
  expect_named(kStream, "closed_loop", [](ScenarioResult& result) { result.closed_loop = false; });
}

TEST(CheckScenario, UtilisationAndAnswersStayInTheirRange) {
  expect_named(kServer, "worker_utilisation", [](ScenarioResult& result) {
    result.worker_utilisation = 1.2;
  });
  expect_named(kServer, "answers.wrong", [](ScenarioResult& result) { result.answers = {3, 4}; });
}

TEST(CheckScenario, BothRoofsAreHeldAgainst) {
  expect_named(kServer, "bandwidth_fraction", [](ScenarioResult& result) {
    *result.bandwidth_fraction *= 1.001;
  });
  expect_named(kServer, "bandwidth_roof", [](ScenarioResult& result) {
    result.bandwidth_roof = result.roof;
  });
  expect_named(kServer, "bandwidth_roof", [](ScenarioResult& result) {
    result.bandwidth_roof = "bandwidth-none";
  });
}

TEST(CheckScenario, FiguresBetweenRunsAreOfTheRuns) {
  expect_named(kStream, "rate_between_runs_per_s.mean", [](ScenarioResult& result) {
    result.rate_between_runs->mean *= 1.0001;
  });
  expect_named(kStream, "p99_between_runs_ns.low", [](ScenarioResult& result) {
    *result.p99_between_runs->low *= 1.0001;
  });
  expect_named(kStream, "p99_between_runs_ns.high", [](ScenarioResult& result) {
    result.runs[3].p99 += Nanoseconds(20'000);
  });
  expect_named(kStream, "rate_between_runs_per_s", [](ScenarioResult& result) {
    result.rate_between_runs.reset();
  });
  expect_named(kStream, "runs[2].p90_ns", [](ScenarioResult& result) {
    result.runs[2].p90 = Nanoseconds(1);
  });
}

TEST(CheckScenario, APercentileThatARunRefusedHasNoFigureOverTheRuns) {
  expect_named(kStream, "p99_between_runs_ns", [](ScenarioResult& result) {
    result.runs[2].p99 = Nanoseconds(0);
  });
  Report report = synthetic_report();
  report.scenarios[kStream].runs[2].p99 = Nanoseconds(0);
  report.scenarios[kStream].p99_between_runs.reset();
  EXPECT_TRUE(check_report(report).ok()) << listed(check_report(report));
}

TEST(CheckScenario, TheFirstRunIsTheScenarioItself) {
  expect_named(kStream, "runs[0].seed", [](ScenarioResult& result) { result.runs[0].seed += 1; });
  expect_named(
      kStream, "runs[0].queries", [](ScenarioResult& result) { result.runs[0].queries += 1; });
  expect_named(kStream, "runs[0].rate_per_s", [](ScenarioResult& result) {
    result.runs[0].rate_per_s *= 1.001;
  });
  expect_named(
      kStream, "runs[0].mean_ns", [](ScenarioResult& result) { result.runs[0].mean_ns += 1.0; });
  expect_named(kStream, "runs[0].p50_ns", [](ScenarioResult& result) {
    result.runs[0].p50 -= Nanoseconds(1);
  });
}

}  // namespace
}  // namespace perfbench
