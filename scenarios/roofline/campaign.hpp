#pragma once

#include <string>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/plan/run_plan.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/measure/measured_series.hpp"

namespace perfbench {

/// One step of the roofline, for one team of threads.
struct CampaignStep {
  RoofStep step;
  std::vector<int> cpus;  ///< One thread each.
  std::vector<KernelEntry>
      kernels;  ///< Made for a team of this size; what fits the step is picked.
};

/// Measures the roofs step by step and keeps the section up to date, so that it can be saved after
/// each. Roofs of one kind and the dots that they judge are measured in turn.
class RooflineCampaign {
 public:
  RooflineCampaign(const MachineShape& shape, Clock& clock, Reading<double> gap_loss);

  /// What an interruption cut short is kept and noted; returns false then. Throws ResourceError.
  bool measure(const CampaignStep& step, const Interruption& interruption, Progress& progress);

  void note(std::string sentence) { section_.notes.push_back(std::move(sentence)); }
  void add_trials(std::vector<LibraryTrial> trials) { section_.library_trials = std::move(trials); }
  void add_core_to_core(std::vector<CoreToCore> pairs);

  [[nodiscard]] const RooflineSection& section() const noexcept { return section_; }
  /// The worst share and so on of the step measured last, for the run's quiet windows.
  [[nodiscard]] const Reading<double>& last_share() const noexcept { return last_share_; }

 private:
  void keep(const MeasuredSeries& series, const std::vector<int>& cpus);
  void judge_dots();
  void measure_group(const CampaignStep& step,
                     std::vector<KernelEntry> group,
                     const Interruption& interruption,
                     Progress& progress);

  const MachineShape& shape_;
  Clock& clock_;
  Reading<double> gap_loss_;
  RooflineSection section_;
  Reading<double> last_share_;
};

/// The roof of a report that binds a workload: the compute roof of its precision, or the DRAM read
/// or triad roof, on as many threads. Null when it was not measured.
[[nodiscard]] const Roof* find_roof(const RooflineSection& section, const Roof& wanted);

/// What a measured series is as a roof of this machine: limits, fraction, contention and verdict.
[[nodiscard]] Roof make_roof(const MeasuredSeries& series, const MachineShape& shape);
/// As a dot; its roof is chosen by judge_against().
[[nodiscard]] Dot make_dot(const MeasuredSeries& series);

}  // namespace perfbench
