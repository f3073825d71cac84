#include "scenarios/roofline/layer_trials.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace perfbench {
namespace {

/// "OpenBLAS 0.3.21, core SkylakeX" -> "OpenBLAS".
std::string library_of(const std::string& implementation) {
  return implementation.substr(0, implementation.find(' '));
}

LibraryTrial trial_of(const Dot& dot) {
  LibraryTrial trial;
  trial.library = library_of(dot.implementation);
  trial.core_name = dot.implementation;
  trial.operation = dot.kernel + " on " + dot.team;
  trial.shape_class = dot.shape->m == 1 ? "vector" : "skinny";
  trial.shape = dot.shape;
  trial.verified = true;
  trial.rate_flop_per_s = dot.rate.best;
  return trial;
}

}  // namespace

std::vector<LibraryTrial> layer_trials(std::span<const Dot> dots) {
  std::map<std::string, std::vector<LibraryTrial>> operations;
  for (const Dot& dot : dots) {
    if (!dot.shape || dot.epoch != 0 || dot.kernel.rfind("linear", 0) != 0) continue;
    LibraryTrial trial = trial_of(dot);
    operations[trial.operation].push_back(std::move(trial));
  }
  std::vector<LibraryTrial> trials;
  for (auto& [operation, group] : operations) {
    if (group.size() < 2) continue;
    std::size_t best = 0;
    for (std::size_t i = 1; i < group.size(); ++i) {
      if (group[i].rate_flop_per_s > group[best].rate_flop_per_s) best = i;
    }
    group[best].chosen = true;
    for (LibraryTrial& trial : group) trials.push_back(std::move(trial));
  }
  return trials;
}

}  // namespace perfbench
