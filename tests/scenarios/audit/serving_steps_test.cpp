// Scenarios, fresh runs and experiments of an audit.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "harness/core/units/error.hpp"
#include "tests/scenarios/audit/audit_fixture.hpp"

namespace perfbench {
namespace {

using std::chrono::milliseconds;

TEST_F(AuditTest, AScenarioOfItsOwnThatCannotBeDoneIsTheReason) {
  scenario_step("stream", Scenario::kSingleStream, "none");
  content_.options.serving.emplace();
  const Report report = run();
  EXPECT_TRUE(report.partial);
  EXPECT_NE(report.partial_reason.find("no workload"), std::string::npos) << report.partial_reason;
}

TEST_F(AuditTest, AFittedRungSaysItsRule) {
  fitted_by_ = "fitted by a test's rule";
  scenario_step("stream", Scenario::kSingleStream, "gemm");
  const Report report = run();
  ASSERT_EQ(report.scenarios.size(), 1U);
  EXPECT_NE(report.scenarios[0].description.find("fitted by a test's rule"), std::string::npos);
}

TEST_F(AuditTest, AnOpenLoopWithoutARateGetsAShareOfTheSaturation) {
  ScenarioStep work;
  work.settings.scenario = Scenario::kServer;
  work.settings.workload = "gemm";
  work.settings.arrivals.kind = Arrivals::kPoisson;
  work.settings.stop.min_duration = milliseconds(500);
  work.load = 0.25;
  step("server", work);
  const Report report = run();
  ASSERT_EQ(report.scenarios.size(), 1U) << report.partial_reason;
  // A sample takes 1 ms.
  EXPECT_NEAR(report.scenarios[0].arrivals.target_qps, 250.0, 5.0);
  EXPECT_NE(report.scenarios[0].arrivals.target_chosen_by.find("25 % of the saturation"),
            std::string::npos);
}

TEST_F(AuditTest, AWorkloadThatThrowsKeepsWhatWasMeasured) {
  WorkloadScript script;
  script.info.name = "gemm";
  int queries = 0;
  script.execute = [this, &queries](auto) {
    clock_.advance(milliseconds(1));
    if (++queries == 200) throw ResourceError("the work broke");
  };
  workloads_["gemm"] = scripted_workload_entry(script);
  scenario_step("stream", Scenario::kSingleStream, "gemm");
  const Report report = run();
  ASSERT_EQ(report.scenarios.size(), 1U);
  EXPECT_NE(report.scenarios[0].failure.find("the work broke"), std::string::npos);
  EXPECT_GT(report.scenarios[0].queries, 100U);
  EXPECT_NE(report.scenarios[0].verdict.validity, Validity::kValid);
  EXPECT_TRUE(report.partial);
  EXPECT_NE(report.partial_reason.find("the work broke"), std::string::npos);
}

TEST_F(AuditTest, FreshRunsAreKeptApart) {
  scenario_step("stream", Scenario::kSingleStream, "gemm");
  step("fresh", FreshRunsStep{3});
  std::vector<std::uint64_t> seeds;
  providers_.fresh_run = [&](const ScenarioSettings& settings, const Interruption&) {
    seeds.push_back(settings.seed);
    if (seeds.size() == 2) throw ResourceError("a crash");
    ScenarioResult result;
    result.queries = 1000;
    result.rate = Samples(1000) / std::chrono::seconds(1);
    result.latency.percentiles = {{990'000, milliseconds(1), {}, {}, 1000.0, {}}};
    return result;
  };
  const Report report = run();
  ASSERT_EQ(report.scenarios.size(), 1U);
  const ScenarioResult& result = report.scenarios[0];
  ASSERT_EQ(result.runs.size(), 4U) << "this process's and three, one of them dead";
  EXPECT_EQ(result.runs[2].queries, 0U);
  EXPECT_EQ(result.runs[2].seed, seeds[1]);
  EXPECT_EQ(result.verdict.validity, Validity::kInconclusive);
  EXPECT_TRUE(std::any_of(
      result.verdict.reasons.begin(), result.verdict.reasons.end(), [](const Reason& reason) {
        return reason.text.find("1 of 4 fresh runs ended without a figure") == 0;
      }));
  EXPECT_EQ(seeds.size(), 3U);
  EXPECT_NE(seeds[0], seeds[1]);
  EXPECT_TRUE(warned(report, "a crash"));
  EXPECT_FALSE(result.p99_between_runs.has_value()) << "the survivors speak for themselves only";
  EXPECT_FALSE(result.rate_between_runs.has_value());
}

TEST_F(AuditTest, FreshRunsThatAllEndHaveAFigureOverThem) {
  scenario_step("stream", Scenario::kSingleStream, "gemm");
  step("fresh", FreshRunsStep{2});
  providers_.fresh_run = [](const ScenarioSettings&, const Interruption&) {
    ScenarioResult result;
    result.queries = 1000;
    result.rate = Samples(1000) / std::chrono::seconds(1);
    result.latency.percentiles = {{990'000, milliseconds(1), {}, {}, 1000.0, {}}};
    return result;
  };
  const Report report = run();
  ASSERT_EQ(report.scenarios.size(), 1U);
  const ScenarioResult& result = report.scenarios[0];
  EXPECT_EQ(result.runs.size(), 3U);
  ASSERT_TRUE(result.p99_between_runs.has_value());
  EXPECT_TRUE(result.p99_between_runs->low.has_value());
  EXPECT_TRUE(result.rate_between_runs.has_value());
}

// Loading and verifying hundreds of megabytes takes longer than a probe: what instances share must
// find one alive.
TEST_F(AuditTest, BetweenTheRunsOfAnExperimentTheWorkloadStays) {
  const auto token = std::make_shared<int>(0);  // Each instance holds it.
  std::vector<long> alive;
  WorkloadScript script;
  script.info.name = "gemm";
  script.execute = [this, token](auto) { clock_.advance(milliseconds(1)); };
  script.load = [&alive, weak = std::weak_ptr<int>(token)] { alive.push_back(weak.use_count()); };
  workloads_["gemm"] = scripted_workload_entry(script);
  const long without = token.use_count();
  ScenarioStep server;
  server.settings.scenario = Scenario::kServer;
  server.settings.workload = "gemm";
  server.settings.arrivals.kind = Arrivals::kPoisson;
  step("load-sweep", LoadSweepStep{server.settings, std::chrono::seconds(20)});
  const Report report = run();
  ASSERT_EQ(report.load_sweeps.size(), 1U) << report.partial_reason;
  ASSERT_GE(alive.size(), 3U);
  for (std::size_t run = 1; run < alive.size(); ++run)
    EXPECT_EQ(alive[run], alive[0] + 1) << "the run before left one, and no more";
  EXPECT_EQ(token.use_count(), without) << "nothing outlives the step";
}

TEST_F(AuditTest, AnExperimentWithoutAFigureSaysWhy) {
  workloads_["gemm"] = broken_workload();
  content_.options.serving.emplace();
  ScenarioStep server;
  server.settings.scenario = Scenario::kServer;
  server.settings.workload = "gemm";
  server.settings.arrivals.kind = Arrivals::kPoisson;
  step("server", server);
  PeakRateStep peak{server.settings, std::chrono::seconds(10)};
  peak.settings.bound = LatencyBound{990'000, milliseconds(10)};
  step("peak-rate", peak);
  step("load-sweep", LoadSweepStep{server.settings, std::chrono::seconds(10)});
  const Report report = run();
  EXPECT_TRUE(report.scenarios.empty());
  EXPECT_TRUE(report.peak_rates.empty());
  EXPECT_TRUE(report.load_sweeps.empty());
  EXPECT_TRUE(report.partial);
  for (const char* part : {"step server: no rate could be chosen: ",
                           "step peak-rate: no rate could be tried: ",
                           "step load-sweep: no load could be measured: "}) {
    EXPECT_NE(report.partial_reason.find(part), std::string::npos) << report.partial_reason;
  }
}

}  // namespace
}  // namespace perfbench
