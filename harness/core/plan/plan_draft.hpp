#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/plan/run_plan.hpp"
#include "harness/core/plan/team.hpp"

namespace perfbench::plan_detail {

/// A step before its time is settled: estimated = fixed + flexible.
struct DraftStep {
  PlanStep step;
  double fixed_s = 0.0;           ///< Takes so long however short the measurement is.
  double flexible_s = 0.0;        ///< Measuring time of the preset.
  double least_flexible_s = 0.0;  ///< Below this the figure says nothing.
  int kernels = 1;                ///< Of a roof step: they share its flexible time,
  int cached_kernels = 0;         ///< and so do these,
  double cached_share = 0.0;      ///< each of which gets such a part of what the others get.
  int importance = 0;  ///< Steps of low importance are left out first; kEssential never is.
};

inline constexpr int kEssential = 1000;

/// Steps of the preset at their full length.
[[nodiscard]] std::vector<DraftStep> draft_steps(const MachineShape& shape,
                                                 const PlanOptions& options,
                                                 const ThreadChoice& threads,
                                                 const KernelSizes& sizes);

/// How deep the roofline goes: as asked, else as the preset has it beside the scenarios.
[[nodiscard]] RooflineDepth roofline_depth(const PlanOptions& options) noexcept;

/// Steps of the roofline: sweep, teams, sustained heights. One core and all cores come whole; the
/// other placements share a fixed time, so that a large machine takes no longer.
[[nodiscard]] std::vector<DraftStep> roofline_steps(const MachineShape& shape,
                                                    const PlanOptions& options,
                                                    RooflineDepth depth,
                                                    const ThreadChoice& threads,
                                                    const KernelSizes& sizes);

/// Scenarios of the preset, each on the fixed rung of its workload, behind the roofs of their cores
/// that the roofline lacks.
[[nodiscard]] std::vector<DraftStep> scenario_steps(const MachineShape& shape,
                                                    const PlanOptions& options,
                                                    const ThreadChoice& threads,
                                                    const KernelSizes& sizes);

/// The steps of `scenario` and `calibrate`.
[[nodiscard]] std::vector<DraftStep> serving_steps(const MachineShape& shape,
                                                   const PlanOptions& options,
                                                   const ThreadChoice& threads,
                                                   const KernelSizes& sizes);

/// FMA and DRAM read of the team, for what is held against them.
[[nodiscard]] std::vector<DraftStep> scale_steps(const MachineShape& shape,
                                                 const PlanOptions& options,
                                                 const KernelSizes& sizes,
                                                 const Team& team,
                                                 int importance);

/// Every setting of a step of scenarios, named after the step.
void add_serving_entries(const PlanStep& step, std::vector<PlanEntry>& entries);

/// Shortens and drops until the sum of the estimates is within `max_time`; says what it dropped in
/// `notes`. Throws UsageError when the essential steps alone take longer.
[[nodiscard]] bool fit_into(std::vector<DraftStep>& drafts,
                            Nanoseconds max_time,
                            std::vector<std::string>& notes);

/// Writes each draft's times into its step: the estimate, and the durations of its work.
void settle(std::vector<DraftStep>& drafts, bool shrunk);

/// Held against the memory; throws UsageError. `notes` gets a sentence when the memory is not
/// known.
[[nodiscard]] KernelSizes check_sizes(const MachineShape& shape,
                                      const PlanOptions& options,
                                      std::vector<std::string>& notes);

}  // namespace perfbench::plan_detail
