#include "scenarios/audit/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "tests/scenarios/audit/audit_fixture.hpp"

namespace perfbench {
namespace {

using std::chrono::milliseconds;

TEST_F(AuditTest, FillsTheWholeReport) {
  whole_plan();
  outcome_.trials.push_back(
      {"OpenBLAS", "", "Haswell", "sgemm", "square", std::nullopt, true, "", 1e9, true, true});
  outcome_.facts.push_back({"openblas_version", "", Reading<FactValue>::of("0.3", "a test")});
  outcome_.warnings.push_back({"slow-blas", "the ambient core is slow", "", ""});
  const Report report = run();
  EXPECT_FALSE(report.partial) << report.partial_reason;
  EXPECT_TRUE(has_fact(report, "timer_cost_p50_ns"));
  EXPECT_TRUE(has_fact(report, "core_clock_hz"));
  EXPECT_TRUE(has_fact(report, "openblas_version"));
  EXPECT_TRUE(warned(report, "ambient core"));
  ASSERT_EQ(report.quiet.noise_floor.size(), 1U);
  EXPECT_GT(report.quiet.noise_floor[0].watched.count(), 0);
  ASSERT_TRUE(report.roofline.has_value());
  EXPECT_EQ(report.roofline->roofs.size(), 2U);
  EXPECT_EQ(report.roofline->library_trials.size(), 1U);
  ASSERT_EQ(report.scenarios.size(), 2U);
  EXPECT_EQ(report.scenarios[0].scenario, Scenario::kSingleStream);
  EXPECT_EQ(report.scenarios[0].roof, "compute-fp32-fma-avx2-1c");
  EXPECT_TRUE(report.scenarios[0].roof_fraction.has_value());
  EXPECT_EQ(report.scenarios[1].scenario, Scenario::kOffline);
  EXPECT_GE(report.quiet.windows, 4U);  // Two scenarios of 2.5 s of the fake clock.
  ASSERT_EQ(report.plan.steps.size(), 7U);
  for (const PlanStepRecord& record : report.plan.steps) {
    EXPECT_TRUE(record.took_s.has_value()) << record.id;
  }
  EXPECT_EQ(report.plan.steps[0].took_s, 0.004) << "the probe ran before the audit";
  EXPECT_GT(report.plan.steps[5].took_s.value_or(0.0), 2.0);
  const std::vector<std::string> order{"library", "kernels", "kernels", "workload gemm"};
  EXPECT_EQ(order_, order);
}

TEST_F(AuditTest, InterruptionInAScenarioKeepsWhatWasMeasured) {
  whole_plan();
  interrupt_after_queries_ = 500;
  const Report report = run();
  EXPECT_TRUE(report.partial);
  EXPECT_NE(report.partial_reason.find("SIGINT"), std::string::npos) << report.partial_reason;
  EXPECT_NE(report.partial_reason.find("step stream"), std::string::npos);
  ASSERT_EQ(report.scenarios.size(), 1U);
  EXPECT_TRUE(report.scenarios[0].partial);
  EXPECT_GT(report.scenarios[0].queries, 400U);
  EXPECT_EQ(report.roofline->roofs.size(), 2U);
  EXPECT_TRUE(report.plan.steps[5].took_s.has_value());
  EXPECT_FALSE(report.plan.steps[6].took_s.has_value());
}

TEST_F(AuditTest, InterruptionInARoofEndsTheRun) {
  whole_plan();
  interrupt_in_kernel_ = true;
  const Report report = run();
  EXPECT_TRUE(report.partial);
  EXPECT_NE(report.partial_reason.find("SIGTERM"), std::string::npos);
  EXPECT_TRUE(report.scenarios.empty());
  EXPECT_FALSE(report.plan.steps[4].took_s.has_value());
}

TEST_F(AuditTest, InterruptionBeforeTheFirstStepRunsNothing) {
  whole_plan();
  interruption_.request(SIGINT);
  const Report report = run();
  EXPECT_TRUE(report.partial);
  EXPECT_TRUE(order_.empty());
  EXPECT_EQ(report.plan.steps.size(), 7U);
}

TEST_F(AuditTest, ARefusalInOneStepLeavesTheOthers) {
  whole_plan();
  kernel_fails_ = true;
  const Report report = run();
  EXPECT_TRUE(report.partial);
  EXPECT_NE(report.partial_reason.find("no memory for the arrays"), std::string::npos);
  EXPECT_EQ(report.scenarios.size(), 2U);
  EXPECT_FALSE(report.scenarios[0].roof_fraction.has_value());
}

TEST_F(AuditTest, AFaultIsPassedOnWithTheReportMarked) {
  whole_plan();
  workload_fault_ = true;
  Report report;
  EXPECT_THROW(run_into(report), std::logic_error);
  EXPECT_TRUE(report.partial);
  EXPECT_NE(report.partial_reason.find("a bug"), std::string::npos);
  EXPECT_EQ(report.roofline->roofs.size(), 2U);
}

TEST_F(AuditTest, WhatCannotBeDoneLeavesOneWarning) {
  whole_plan();
  workloads_.clear();
  kernels_.left_out = {{"sgemm", "OpenBLAS was not found", "apt-get install libopenblas0"}};
  const Report report = run();
  EXPECT_FALSE(report.partial);
  EXPECT_TRUE(report.scenarios.empty());
  const auto left_out = std::count_if(
      report.machine.warnings.begin(), report.machine.warnings.end(), [](const Warning& warning) {
        return warning.id == "left-out";
      });
  EXPECT_EQ(left_out, 3);  // sgemm once for two steps, and both scenarios.
  EXPECT_TRUE(warned(report, "OpenBLAS was not found"));
  EXPECT_TRUE(warned(report, "SingleStream of the workload gemm (no workload)"));
}

TEST_F(AuditTest, StepsBeyondMaxTimeAreNotBegun) {
  content_.options.max_time = milliseconds(4000);
  scenario_step("first", Scenario::kSingleStream, "gemm");
  step("probe", ProbeStep{}, 1.0);
  scenario_step("second", Scenario::kOffline, "gemm");
  content_.steps.back().estimated_s = 5.0;
  const Report report = run();
  EXPECT_EQ(report.scenarios.size(), 1U);
  EXPECT_TRUE(warned(report, "step second"));
  EXPECT_TRUE(report.plan.steps[1].took_s.has_value());
  EXPECT_FALSE(report.plan.steps[2].took_s.has_value());
  EXPECT_FALSE(report.partial);
}

TEST_F(AuditTest, WorkloadsBeyondTheMemoryAreLeftOut) {
  shape_.memory_available = Reading<Bytes>::of(mib(10), "a test");
  workloads_.begin()->second.working_set = mib(9);
  scenario_step("stream", Scenario::kSingleStream, "gemm");
  const Report report = run();
  EXPECT_TRUE(report.scenarios.empty());
  EXPECT_TRUE(warned(report, "do not fit"));
}

TEST_F(AuditTest, SharedWeightsCountOnce) {
  const int first = allowed_cpus().front();
  shape_ = machine_of(4);
  for (LogicalCpu& cpu : shape_.cpus) cpu.os_index += first;
  content_.threads.cpus = {first, first + 1, first + 2, first + 3};
  shape_.memory_available = Reading<Bytes>::of(mib(100), "a test");
  WorkloadEntry& entry = workloads_["gemm"];
  entry.working_set = mib(40);
  entry.shared = mib(20);
  scenario_step("offline", Scenario::kOffline, "gemm");
  const Report report = run();
  EXPECT_TRUE(report.scenarios.empty());
  // 20 + 3 x 20 MiB; 75 of 100 may be used.
  EXPECT_TRUE(warned(report, "0.0839 GB for 3 workers"));
}

TEST_F(AuditTest, ADramRoofIsHeldAgainstWhatNoCacheCanKeep) {
  WorkloadScript script;
  script.info.name = "stream";
  script.info.bound_by = RoofKind::kBandwidth;
  script.execute = [this](auto) { clock_.advance(milliseconds(1)); };
  WorkloadEntry entry = scripted_workload_entry(script);
  entry.working_set = 4 * mib(32);  // Of the only cache.
  workloads_ = {{"stream", entry}};
  step("memory", RoofStep{RoofKind::kBandwidth, kOneCore, false, milliseconds(100)});
  scenario_step("stream", Scenario::kSingleStream, "stream");
  const auto roof = [this] {
    const Report report = run();
    return report.scenarios.empty() ? std::string("no scenario") : report.scenarios[0].roof;
  };
  EXPECT_EQ(roof(), "bandwidth-dram-triad-avx2-1c");
  workloads_["stream"].working_set = mib(127);
  EXPECT_EQ(roof(), "");
  // Caches that the machine does not tell may be larger still.
  workloads_["stream"].working_set = gib(1);
  shape_.caches.clear();
  EXPECT_EQ(roof(), "");
}

}  // namespace
}  // namespace perfbench
