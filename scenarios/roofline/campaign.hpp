#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
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
#include "harness/host/measure/measure.hpp"
#include "scenarios/roofline/campaign_groups.hpp"

namespace perfbench {

/// One step of the roofline, for one team of threads.
struct CampaignStep {
  RoofStep step;
  std::vector<KernelEntry>
      kernels;  ///< Made for a team of this size; what fits the step is picked.
  /// Called before the step's threads are started. May be empty.
  std::function<void()> before_group{};
};

struct CampaignOptions {
  /// What a gap test found on the worst CPU.
  Reading<double> gap_loss = Reading<double>::unavailable("no gap test was run");
  /// The dependent additions that tell the core clock; tests script them.
  std::function<void(std::uint64_t)> clock_chain = run_add_chain;
  /// Latency between a team's CPUs in each round; tests script it. Empty: a ping-pong.
  std::function<Reading<TeamLatency>()> core_to_core = nullptr;
};

/// A run shorter than this shows no sustained height: turbo budgets and heat take that long.
inline constexpr Nanoseconds kLeastSustained{10'000'000'000};

/// Measures the roofs step by step and keeps the section up to date, so that it can be saved after
/// each: sweep() first, since the kernels of the caches are sized by what it finds, then measure()
/// for each team and kind, then sustain(). The roofs of one kind and level and the dots that they
/// judge are measured in turn, so that all of them see the same clock and the same neighbours.
/// Belongs to one thread.
class RooflineCampaign {
 public:
  /// `shape` and `clock` outlive it.
  RooflineCampaign(const MachineShape& shape, Clock& clock, CampaignOptions options);

  /// Measures entries named "chase_sweep" (latency) and "read_sweep" (bandwidth) on one CPU, each a
  /// few milliseconds, in their order, and finds the cache levels from them. Entries that do not
  /// fit into the time are left out with a note. Throws ResourceError.
  void sweep(const std::vector<KernelEntry>& entries,
             int cpu,
             Nanoseconds at_most,
             const Interruption& interruption,
             Progress& progress);

  /// What an interruption cut short is kept when it has windows. A kernel that does not fit into
  /// the memory or answers wrong is left out with a note. Throws ResourceError.
  void measure(const CampaignStep& step, const Interruption& interruption, Progress& progress);

  /// Runs the team's widest fp32 FMA and its DRAM read for this long each, and writes the sustained
  /// height into the roofs that measure() made of them, in the placement that the run was in most.
  /// Less than kLeastSustained gives none, and a note; so does an interruption.
  /// step.step.per_kernel and kind do not matter. Throws ResourceError.
  void sustain(const CampaignStep& step,
               Nanoseconds per_kernel,
               const Interruption& interruption,
               Progress& progress);

  /// Of the steps that come: a gap test that just ran.
  void set_gap_loss(Reading<double> gap_loss) { options_.gap_loss = std::move(gap_loss); }
  /// Once each.
  void note(std::string sentence);
  void add_trials(std::vector<LibraryTrial> trials) { section_.library_trials = std::move(trials); }

  [[nodiscard]] const RooflineSection& section() const noexcept { return section_; }
  /// What the sweep found; before it, what the machine tells.
  [[nodiscard]] const std::vector<CacheLevel>& cache_levels() const noexcept {
    return section_.cache_levels;
  }
  /// The worst share (CPU time over wall time) of the threads of the step measured last.
  [[nodiscard]] const Reading<double>& last_share() const noexcept { return last_share_; }

 private:
  void tag_placement(const std::vector<int>& cpus);
  /// The groups, with what does not fit into the memory left out or measured alone.
  [[nodiscard]] std::vector<KernelGroup> fitting_groups(const CampaignStep& step);
  [[nodiscard]] MeasureRequest request_for(const Team& team);
  /// Measures one group on the team and tells what was left out.
  [[nodiscard]] std::vector<MeasuredSeries> measure_group(const MeasureRequest& request,
                                                          const Team& team,
                                                          MeasureTeam& threads,
                                                          const Interruption& interruption,
                                                          Progress& progress);
  void keep_point(const MeasuredSeries& series, const KernelEntry& entry);
  void note_unsettled(const std::vector<MeasuredSeries>& all, const Team& team);
  void keep(const MeasuredSeries& series, const Team& team);
  void keep_roof(Roof roof);
  void sustain_one(const KernelEntry& entry,
                   const Team& team,
                   Nanoseconds per_kernel,
                   MeasureTeam& threads,
                   const Interruption& interruption,
                   Progress& progress);
  void judge_all();

  const MachineShape& shape_;
  Clock& clock_;
  CampaignOptions options_;
  RooflineSection section_;
  std::optional<KernelEntry> sentinel_;                     ///< Of the last step that had one.
  std::map<std::string, std::vector<Nanoseconds>> epochs_;  ///< Known, by the team's id.
  std::set<std::vector<int>> tagged_;  ///< CPUs whose latencies stand in the section.
  Reading<double> last_share_ = Reading<double>::unavailable("no roof was measured");
};

}  // namespace perfbench
