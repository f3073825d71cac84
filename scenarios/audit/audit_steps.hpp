#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/plan/serving_layout.hpp"
#include "scenarios/audit/audit.hpp"
#include "scenarios/audit/quiet_windows.hpp"
#include "scenarios/drivers/scenario_run.hpp"
#include "scenarios/roofline/campaign.hpp"
#include "scenarios/search/scenario_runner.hpp"

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
  void operator()(const FreshRunsStep& step);
  void operator()(const PeakRateStep& step);
  void operator()(const LoadSweepStep& step);
  void operator()(const TrackStep& step);
  void operator()(const CalibrationStep& step);

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
  /// Renews gap_loss_ for what comes.
  void test_gaps_beside(const std::vector<int>& cpus);
  /// The same, where the last test is not of the same CPUs a moment ago.
  void test_gaps_now_and_then(const std::vector<int>& cpus);
  /// The workload, within the memory of this machine with so many instances. Throws an Error.
  [[nodiscard]] const WorkloadChoice& workload_for(const ScenarioSettings& settings, int instances);
  [[nodiscard]] ServingLayout layout_for(const ScenarioSettings& settings) const;
  /// How one run differs from a plain one.
  struct RunManner {
    /// Offline too is executed in the batches of the settings, where it would take the workload's
    /// own for 1.
    bool exact_batch = false;
    std::function<void(const LatencyRecorder&)> see_queries = nullptr;
    /// Told instead of the audit's, where a step has many runs. Between them the system stays,
    /// stopped: what its workload loaded and verified need not be again.
    Progress* progress = nullptr;
  };
  /// One run: layout, gap test, system, driver, its windows of disturbance.
  [[nodiscard]] ScenarioResult run_one(const ScenarioSettings& settings, const RunManner& manner);
  [[nodiscard]] ScenarioResult run_one(const ScenarioSettings& settings) {
    return run_one(settings, RunManner{});
  }
  [[nodiscard]] static std::string workload_key(const ScenarioSettings& settings);
  /// What searches and tracks drive, and what they tell.
  [[nodiscard]] ExperimentContext experiments(Progress& progress);
  /// Where an open loop's queries are issued.
  [[nodiscard]] int issuing_cpu() const;
  void hold_against_roofs(const WorkloadEntry& entry,
                          const WorkloadInfo& info,
                          int workers,
                          ScenarioRequest& request) const;
  /// Gives an open loop without a rate one; says so.
  [[nodiscard]] std::string choose_rate(ScenarioSettings& settings, double load);
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
  std::vector<int> gaps_tested_on_;
  TimePoint gaps_tested_at_{};
  Reading<double> gap_loss_ = Reading<double>::unavailable("no gap test was run");
  std::vector<NoiseFloor> noise_floor_;
  std::vector<Disturbance> windows_;
  std::vector<LibraryTrial> trials_;
  std::optional<RooflineCampaign> campaign_;
  std::map<std::string, WorkloadChoice> workloads_;  ///< By name and rung.
  std::optional<ScenarioSettings> settled_;          ///< Of the last ScenarioStep.
  /// Of the last run of a step with many, and the key of its workload.
  std::pair<std::string, std::unique_ptr<SystemUnderTest>> kept_;
  std::set<std::string> said_;
};

}  // namespace perfbench::audit_detail
