#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/audit/audit.hpp"
#include "scenarios/audit/quiet_windows.hpp"
#include "scenarios/roofline/campaign.hpp"

namespace perfbench::audit_detail {

/// What the steps of one audit share. Each overload carries out one kind of step and leaves the
/// report complete for what was measured so far.
class AuditSteps {
 public:
  AuditSteps(const RunPlan& plan,
             const MachineShape& shape,
             const AuditProviders& providers,
             const AuditOptions& options,
             Clock& clock,
             Progress& progress,
             const Interruption& interruption,
             Report& report);

  /// The machine's facts come with the report: the plan was made from them.
  void operator()(const ProbeStep&) {}
  void operator()(const InstrumentsStep& step);
  void operator()(const LibrarySearchStep& step);
  void operator()(const SweepStep& step);
  void operator()(const RoofStep& step);
  void operator()(const SustainedStep& step);
  void operator()(const ScenarioStep& step);

  /// A sentence for the reader that something was not measured, once for each `what`.
  void left_out(const std::string& what, const std::string& reason, const std::string& remedy);
  void update_quiet();

 private:
  RooflineCampaign& campaign();
  /// Runs `measure` with the CPUs watched; what the campaign holds then goes into the report, also
  /// when it throws.
  void in_campaign(const std::vector<int>& cpus, const std::function<void(QuietWindows&)>& measure);
  void keep_section();
  void tell_behaviour();
  /// The kernels for a step, with what is missing told.
  [[nodiscard]] CampaignStep campaign_step(const RoofStep& step);
  void add_clock_facts();
  /// One floor for each CPU that could be watched.
  std::vector<NoiseFloor> run_gap_test(const std::vector<int>& cpus, Nanoseconds duration);
  /// Renews gap_loss_ for the step that comes.
  void test_gaps_beside(const std::vector<int>& cpus);
  [[nodiscard]] const WorkloadEntry* find_workload(const std::string& name);
  void keep_windows(std::vector<Disturbance> windows);

  const RunPlan& plan_;
  const MachineShape& shape_;
  const AuditProviders& providers_;
  const AuditOptions& options_;
  Clock& clock_;
  Progress& progress_;
  const Interruption& interruption_;
  Report& report_;

  Nanoseconds clock_cost_{0};
  Nanoseconds gap_threshold_{200};
  Reading<double> gap_loss_ = Reading<double>::unavailable("no gap test was run");
  std::vector<NoiseFloor> noise_floor_;
  std::vector<Disturbance> windows_;
  std::vector<LibraryTrial> trials_;
  std::optional<RooflineCampaign> campaign_;
  std::optional<WorkloadSet> workloads_;
  std::set<std::string> said_;
};

}  // namespace perfbench::audit_detail
