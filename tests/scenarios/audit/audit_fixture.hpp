#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "scenarios/audit/audit.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/machine_shapes.hpp"
#include "tests/support/scripted_kernel.hpp"
#include "tests/support/scripted_workload.hpp"

namespace perfbench {

inline const Team kOneCore{"1c", "one core", {allowed_cpus().front()}, -1};

/// A short plan for one allowed CPU, on a fake clock, with scripted kernels and workloads.
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
      clock_.advance(std::chrono::microseconds(10) * static_cast<std::int64_t>(n));
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
      clock_.advance(std::chrono::milliseconds(1));
      if (interrupt_after_queries_ > 0 && --interrupt_after_queries_ == 0) {
        interruption_.request(SIGINT);
      }
    };
    workloads_[name] = scripted_workload_entry(script);
  }
  /// Its answer is wrong.
  static WorkloadEntry broken_workload() {
    WorkloadScript script;
    script.info.name = "gemm";
    script.verify = [] { return Verification{false, "it is wrong"}; };
    return scripted_workload_entry(script);
  }
  void step(const std::string& id, StepWork work, double estimated_s = 1.0) {
    content_.steps.push_back({id, "step " + id, estimated_s, std::move(work)});
  }
  void scenario_step(const std::string& id, Scenario scenario, const std::string& workload) {
    ScenarioStep work;
    work.settings.scenario = scenario;
    work.settings.workload = workload;
    work.settings.stop.min_duration = std::chrono::milliseconds(2500);
    step(id, work);
  }
  void whole_plan() {
    step("probe", ProbeStep{});
    step("instruments", InstrumentsStep{std::chrono::milliseconds(5)});
    step("library-search", LibrarySearchStep{});
    step("compute", RoofStep{RoofKind::kCompute, kOneCore, false, std::chrono::milliseconds(100)});
    step("memory", RoofStep{RoofKind::kBandwidth, kOneCore, false, std::chrono::milliseconds(100)});
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

}  // namespace perfbench
