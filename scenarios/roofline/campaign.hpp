#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/plan/run_plan.hpp"
#include "harness/core/plan/team.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/instrument/clock_chain.hpp"
#include "harness/host/measure/measured_series.hpp"

namespace perfbench {

/// One step of the roofline, for one team of threads.
struct CampaignStep {
  RoofStep step;
  std::vector<KernelEntry>
      kernels;  ///< Made for a team of this size; what fits the step is picked.
  /// Called before the threads of each group of kernels are started, when those of the one before
  /// have ended. May be empty.
  std::function<void()> before_group{};
};

struct CampaignOptions {
  /// What a gap test found on the worst CPU.
  Reading<double> gap_loss = Reading<double>::unavailable("no gap test was run");
  /// The dependent additions that tell the core clock; tests script them.
  std::function<void(std::uint64_t)> clock_chain = run_add_chain;
};

/// Measures the roofs step by step and keeps the section up to date, so that it can be saved after
/// each. The roofs of one kind and the dots that they judge are measured in turn, so that all of
/// them see the same clock and the same neighbours. Belongs to one thread.
class RooflineCampaign {
 public:
  /// `shape` and `clock` outlive it.
  RooflineCampaign(const MachineShape& shape, Clock& clock, CampaignOptions options);

  /// What an interruption cut short is kept when it has windows. A kernel that does not fit into
  /// the memory or answers wrong is left out with a note. Throws ResourceError.
  void measure(const CampaignStep& step, const Interruption& interruption, Progress& progress);

  /// Of the steps that come: a gap test that just ran.
  void set_gap_loss(Reading<double> gap_loss) { options_.gap_loss = std::move(gap_loss); }
  void note(std::string sentence) { section_.notes.push_back(std::move(sentence)); }
  void add_trials(std::vector<LibraryTrial> trials) { section_.library_trials = std::move(trials); }

  [[nodiscard]] const RooflineSection& section() const noexcept { return section_; }
  /// The worst share (CPU time over wall time) of the threads of the step measured last.
  [[nodiscard]] const Reading<double>& last_share() const noexcept { return last_share_; }

 private:
  /// Kernels measured in turn; a core-to-core text goes into the placement of what they measured.
  struct Group {
    std::vector<KernelEntry> kernels;
    std::string placement_tag;
  };
  [[nodiscard]] std::string tag_placement(const std::vector<int>& cpus);
  void measure_group(const CampaignStep& step,
                     const Group& group,
                     const Interruption& interruption,
                     Progress& progress);
  void keep(const MeasuredSeries& series, const Group& group);
  void judge_all();

  const MachineShape& shape_;
  Clock& clock_;
  CampaignOptions options_;
  RooflineSection section_;
  std::vector<Precision> dot_precisions_;  ///< One a dot of the section.
  Reading<double> last_share_ = Reading<double>::unavailable("no roof was measured");
};

}  // namespace perfbench
