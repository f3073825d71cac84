#include "kernels/gemm/openblas/core_choice.hpp"

#include <algorithm>

namespace perfbench {
namespace {

bool is_of(const LibraryTrial& trial, const GemmCell& cell) {
  return trial.operation == name_of(cell.operation) &&
         trial.shape_class == name_of(cell.shape_class);
}

/// The trial of a core type in a cell, where it answered right. That of the ambient environment
/// stands for it only where there is no other: other variables may have had their part in its rate.
const LibraryTrial* trial_of(std::span<const LibraryTrial> trials,
                             const GemmCell& cell,
                             const InstancePlan::Instance& instance) {
  const LibraryTrial* found = nullptr;
  for (const LibraryTrial& trial : trials) {
    if (!is_of(trial, cell) || !trial.verified || trial.core_name != instance.core_name) continue;
    if (found == nullptr || found->ambient) found = &trial;
  }
  return found;
}

/// The best of the instances for a cell, or nothing when none answers right.
std::optional<InstancePlan::Service> service_of(
    std::span<const LibraryTrial> trials,
    const CoreChoice& choice,
    const std::vector<InstancePlan::Instance>& instances) {
  std::optional<InstancePlan::Service> best;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    const LibraryTrial* trial = trial_of(trials, choice.cell, instances[i]);
    if (trial == nullptr) continue;
    const double share = trial->core_name == choice.chosen.core_name
                             ? 1.0
                             : trial->rate_flop_per_s / choice.chosen.rate_flop_per_s;
    if (!best || share > best->share_of_chosen) {
      best = InstancePlan::Service{choice.cell, i, trial->rate_flop_per_s, share};
    }
  }
  return best;
}

}  // namespace

std::vector<CoreChoice> core_choices(std::span<const LibraryTrial> trials) {
  std::vector<CoreChoice> choices;
  for (const GemmCell& cell : gemm_cells()) {
    std::optional<CoreChoice> choice;
    for (const LibraryTrial& trial : trials) {
      if (trial.chosen && is_of(trial, cell)) choice = CoreChoice{cell, trial, {}, 0.0};
    }
    if (!choice) continue;
    for (const LibraryTrial& trial : trials) {
      if (!trial.ambient || !is_of(trial, cell)) continue;
      choice->ambient = trial;
      const bool comparable = trial.shape && choice->chosen.shape &&
                              flops_of(*trial.shape) == flops_of(*choice->chosen.shape);
      if (trial.verified && comparable && choice->chosen.rate_flop_per_s > 0.0) {
        choice->ambient_over_chosen = trial.rate_flop_per_s / choice->chosen.rate_flop_per_s;
      }
    }
    choices.push_back(*std::move(choice));
  }
  return choices;
}

InstancePlan plan_instances(std::span<const LibraryTrial> trials, std::size_t most, double worth) {
  InstancePlan plan;
  const std::vector<CoreChoice> choices = core_choices(trials);
  const auto add = [&plan](const LibraryTrial& trial) {
    plan.instances.push_back({trial.setting, trial.core_name});
  };
  if (!choices.empty()) add(choices.front().chosen);
  while (!choices.empty() && plan.instances.size() < most) {
    const CoreChoice* worst = nullptr;
    double worst_share = 1.0 / worth;
    for (const CoreChoice& choice : choices) {
      const auto service = service_of(trials, choice, plan.instances);
      const double share = service ? service->share_of_chosen : 0.0;
      if (share < worst_share) {
        worst = &choice;
        worst_share = share;
      }
    }
    if (worst == nullptr) break;
    add(worst->chosen);
  }
  for (const CoreChoice& choice : choices) {
    if (auto service = service_of(trials, choice, plan.instances))
      plan.services.push_back(*service);
  }
  return plan;
}

}  // namespace perfbench
