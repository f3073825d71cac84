#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/gemm/openblas/core_choice.hpp"
#include "kernels/gemm/openblas/core_search.hpp"
#include "kernels/gemm/openblas/openblas_environment.hpp"

namespace perfbench {
namespace {

/// The share of the fitting rate below which an ambient setting is worth a warning: under the
/// spread of short trials on a shared machine, which is larger where memory binds.
constexpr double kWorthAWarning = 0.95;
constexpr double kWorthAWarningGemv = 0.90;

std::string percent(double fraction) {
  return std::to_string(std::lround(fraction * 100.0)) + " %";
}

std::string cell_text(const CoreChoice& choice) {
  std::string text(name_of(choice.cell.operation));
  text += ", " + std::string(name_of(choice.cell.shape_class));
  if (const auto& shape = choice.chosen.shape) {
    text += ", " + std::to_string(shape->m) + " x " + std::to_string(shape->n) + " x " +
            std::to_string(shape->k);
  }
  return text;
}

/// A search that was cut short or shared its CPU is wrong by more; a variable that matters costs
/// half.
constexpr double kBlurredLimit = 0.75;

/// Ambient over fitting rate against what is worth a warning: below 1 it is.
double severity(const CoreSearch& search, const CoreChoice& choice) {
  double limit = is_gemv(choice.cell.operation) ? kWorthAWarningGemv : kWorthAWarning;
  if (search.blurred()) limit = kBlurredLimit;
  return choice.ambient_over_chosen / limit;
}

/// What a setting costs in the cell that it serves worst, to be said beside the advice to set it;
/// empty where it costs nothing that is worth a word. Rates at two sizes do not compare, so a core
/// type that was not in a cell's final says nothing of that cell.
std::string side_effect(const CoreSearch& search, const std::string& setting) {
  double worst = kWorthAWarning;
  std::string text;
  for (const CoreChoice& choice : core_choices(search.trials)) {
    for (const LibraryTrial& trial : search.trials) {
      if (trial.setting != setting || trial.operation != choice.chosen.operation ||
          trial.shape_class != choice.chosen.shape_class || trial.rate_flop_per_s <= 0.0 ||
          trial.shape != choice.chosen.shape)
        continue;
      const double share = trial.rate_flop_per_s / choice.chosen.rate_flop_per_s;
      if (share >= worst) continue;
      worst = share;
      text = " That setting helps programs that mostly make such calls: it runs " +
             cell_text(choice) + " at " + percent(share) + " of what fits there.";
    }
  }
  return text;
}

std::string remedy(const CoreChoice& worst, const Environment& ambient) {
  if (!worst.chosen.setting.empty()) {
    return "export OPENBLAS_CORETYPE=" + worst.chosen.setting;
  }
  std::string text = "unset";
  for (const std::string& name : openblas_kernel_variables(ambient)) text += " " + name;
  return text;
}

}  // namespace

std::optional<Warning> ambient_core_warning(const CoreSearch& search, const Environment& ambient) {
  std::vector<CoreChoice> slower = core_choices(search.trials);
  slower.erase(std::remove_if(slower.begin(),
                              slower.end(),
                              [&search](const CoreChoice& c) {
                                return !c.ambient || severity(search, c) >= 1.0;
                              }),
               slower.end());
  if (slower.empty()) return std::nullopt;
  const CoreChoice& worst = *std::min_element(
      slower.begin(), slower.end(), [&search](const CoreChoice& a, const CoreChoice& b) {
        return severity(search, a) < severity(search, b);
      });
  const auto core_type = ambient.find(std::string(kOpenBlasCoreType));
  const bool variable = core_type != ambient.end();
  Warning warning;
  warning.id = variable ? "openblas-coretype-ambient" : "openblas-core-unfit";
  const std::string who = variable
                              ? "OPENBLAS_CORETYPE=" + core_type->second + " makes OpenBLAS run"
                              : "OpenBLAS by itself runs";
  if (worst.ambient->verified) {
    warning.what = who + " its kernels for " + worst.ambient->core_name + ", at " +
                   percent(worst.ambient_over_chosen) + " of the speed of those for " +
                   worst.chosen.core_name + " (" + cell_text(worst) + ").";
    if (slower.size() > 1) {
      warning.what += " So it is slower in " + std::to_string(slower.size()) +
                      " of the operations and shapes that were tried; this is the worst.";
    }
  } else {
    warning.what = who + " kernels that fail on this CPU (" + cell_text(worst) +
                   "): " + worst.ambient->failure + ".";
  }
  warning.why =
      "Every program here that uses OpenBLAS so is slowed in the same way. perfbench measures each "
      "operation and shape with the kernels that fit it.";
  if (!worst.chosen.setting.empty()) warning.why += side_effect(search, worst.chosen.setting);
  warning.remedy = remedy(worst, ambient);
  return warning;
}

}  // namespace perfbench
