#include "scenarios/audit/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <stdexcept>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/machine_shapes.hpp"
#include "tests/support/scripted_kernel.hpp"
#include "tests/support/scripted_workload.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

const Team kOneCore{"1c", "one core", {allowed_cpus().front()}, -1};

// A short plan for one allowed CPU, on a fake clock, with scripted kernels and workloads.
class AuditTest : public testing::Test {
 protected:
  AuditTest() : clock_(Nanoseconds(100)), shape_(machine_of(1)) {
    const int cpu = allowed_cpus().front();
    shape_.cpus.front().os_index = cpu;
    content_.threads.cpus = {cpu};
    content_.threads.one_core_cpu = cpu;
    providers_.library = [this](const LibrarySearchStep&, const Interruption&) {
      order_.push_back("library");
      return outcome_;
    };
    providers_.kernels = [this](const KernelRequest&) {
      order_.push_back("kernels");
      return kernels_;
    };
    providers_.workload = [this](const std::string& name, const std::string&) {
      order_.push_back("workload " + name);
      const auto found = workloads_.find(name);
      if (found == workloads_.end()) throw UsageError("no workload", "name another");
      return WorkloadChoice{found->second, fitted_by_, "fixed"};
    };
    kernels_.entries = {kernel("fma", RoofKind::kCompute), kernel("triad", RoofKind::kBandwidth)};
    add_workload("gemm");
    options_.clock_chain = [this](std::uint64_t loops) {
      clock_.advance(Nanoseconds(25) * static_cast<std::int64_t>(loops));
    };
  }

  KernelEntry kernel(const std::string& name, RoofKind kind) {
    KernelScript script;
    script.info.name = name;
    script.info.kind = kind;
    script.info.isa = Isa::kAvx2Fma;
    script.info.precision = Precision::kFp32;
    script.info.level = kind == RoofKind::kBandwidth ? MemoryLevel::kDram : MemoryLevel::kNone;
    script.work = {Flops(10'000), Bytes(10'000), Bytes(10'000)};
    script.prepare = [this] {
      if (kernel_fails_) throw ResourceError("no memory for the arrays");
    };
    script.run = [this](std::uint64_t n) {
      clock_.advance(microseconds(10) * static_cast<std::int64_t>(n));
      if (interrupt_in_kernel_) interruption_.request(SIGTERM);
    };
    return scripted_entry(script);
  }
  void add_workload(const std::string& name) {
    WorkloadScript script;
    script.info.name = name;
    script.load = [this] {
      if (workload_fault_) throw std::logic_error("a bug");
    };
    script.execute = [this](auto) {
      clock_.advance(milliseconds(1));
      if (interrupt_after_queries_ > 0 && --interrupt_after_queries_ == 0) {
        interruption_.request(SIGINT);
      }
    };
    workloads_[name] = scripted_workload_entry(script);
  }
  void step(const std::string& id, StepWork work, double estimated_s = 1.0) {
    content_.steps.push_back({id, "step " + id, estimated_s, std::move(work)});
  }
  void scenario_step(const std::string& id, Scenario scenario, const std::string& workload) {
    ScenarioStep work;
    work.settings.scenario = scenario;
    work.settings.workload = workload;
    work.settings.stop.min_duration = milliseconds(2500);
    step(id, work);
  }
  void whole_plan() {
    step("probe", ProbeStep{});
    step("instruments", InstrumentsStep{milliseconds(5)});
    step("library-search", LibrarySearchStep{});
    step("compute", RoofStep{RoofKind::kCompute, kOneCore, false, milliseconds(100)});
    step("memory", RoofStep{RoofKind::kBandwidth, kOneCore, false, milliseconds(100)});
    scenario_step("stream", Scenario::kSingleStream, "gemm");
    scenario_step("offline", Scenario::kOffline, "gemm");
  }
  Report run() {
    Report report;
    run_into(report);
    return report;
  }
  void run_into(Report& report) {
    run_audit(
        RunPlan(content_), shape_, providers_, options_, clock_, progress_, interruption_, report);
  }
  static bool warned(const Report& report, const std::string& part) {
    return std::any_of(
        report.machine.warnings.begin(),
        report.machine.warnings.end(),
        [&](const Warning& warning) { return warning.what.find(part) != std::string::npos; });
  }
  static bool has_fact(const Report& report, const std::string& name) {
    return std::any_of(report.machine.facts.begin(),
                       report.machine.facts.end(),
                       [&](const Fact& fact) { return fact.name == name; });
  }

  FakeClock clock_;
  MachineShape shape_;
  RunPlan::Content content_;
  AuditProviders providers_;
  AuditOptions options_ = [] {
    AuditOptions options;
    options.probe_took_s = 0.004;
    return options;
  }();
  KernelSet kernels_;
  std::map<std::string, WorkloadEntry> workloads_;
  std::string fitted_by_;
  LibraryOutcome outcome_;
  NullProgress progress_;
  Interruption interruption_;
  std::vector<std::string> order_;
  bool kernel_fails_ = false;
  bool workload_fault_ = false;
  bool interrupt_in_kernel_ = false;
  int interrupt_after_queries_ = 0;
};

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
  ASSERT_EQ(result.runs.size(), 3U) << "this process's and two of three";
  EXPECT_EQ(seeds.size(), 3U);
  EXPECT_NE(seeds[0], seeds[1]);
  EXPECT_TRUE(warned(report, "a crash"));
  ASSERT_TRUE(result.p99_between_runs.has_value());
  EXPECT_TRUE(result.p99_between_runs->low.has_value());
  EXPECT_TRUE(result.rate_between_runs.has_value());
}

TEST_F(AuditTest, EveryStepCanBeSaved) {
  whole_plan();
  std::vector<std::size_t> scenarios;
  options_.after_step = [&](const Report& report) { scenarios.push_back(report.scenarios.size()); };
  static_cast<void>(run());
  EXPECT_EQ(scenarios, (std::vector<std::size_t>{0, 0, 0, 0, 0, 1, 2}));
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
