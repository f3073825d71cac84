#include "kernels/gemm/openblas/openblas_environment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "kernels/gemm/openblas/core_search.hpp"

namespace perfbench {
namespace {

/// What OpenBLAS reads while it is loaded (driver/others/openblas_env.c, parameter.c, dynamic.c;
/// 0.3.20 to 0.3.30).
struct Variable {
  std::string_view name;
  bool kernels;  ///< Changes the kernels or their blocks, not only threads.
};
constexpr std::array kVariables = {Variable{"OPENBLAS_CORETYPE", true},
                                   Variable{"OPENBLAS_L2_SIZE", true},
                                   Variable{"OPENBLAS_BLOCK_FACTOR", true},
                                   Variable{"OPENBLAS_NUM_THREADS", false},
                                   Variable{"OPENBLAS_DEFAULT_NUM_THREADS", false},
                                   Variable{"GOTO_NUM_THREADS", false},
                                   Variable{"OPENBLAS_THREAD_TIMEOUT", false},
                                   Variable{"OPENBLAS_ADAPTIVE", false},
                                   Variable{"OPENBLAS_MAIN_FREE", false},
                                   Variable{"GOTOBLAS_MAIN_FREE", false},
                                   Variable{"OPENBLAS_VERBOSE", false}};

/// The cost from which an ambient setting is worth a warning; above the spread of short trials on a
/// shared machine.
constexpr double kWorthAWarning = 0.95;

std::string percent(double fraction) {
  return std::to_string(std::lround(fraction * 100.0)) + " %";
}

}  // namespace

EnvironmentChanges plain_openblas_environment(int threads) {
  EnvironmentChanges changes;
  for (const Variable& variable : kVariables) changes[std::string(variable.name)] = std::nullopt;
  changes[std::string(kOpenBlasThreads)] = std::to_string(threads);
  return changes;
}

bool changes_openblas_kernels(const Environment& environment) {
  return std::any_of(
      kVariables.begin(), kVariables.end(), [&environment](const Variable& variable) {
        return variable.kernels && environment.count(std::string(variable.name)) != 0;
      });
}

std::optional<Warning> ambient_core_warning(const CoreSearch& search, const Environment& ambient) {
  if (!search.fitting_core.available()) return std::nullopt;
  const auto trial = std::find_if(search.trials.begin(),
                                  search.trials.end(),
                                  [](const LibraryTrial& candidate) { return candidate.ambient; });
  if (trial == search.trials.end()) return std::nullopt;
  if (trial->verified && search.ambient_over_fitting >= kWorthAWarning) return std::nullopt;

  const auto core_type = ambient.find(std::string(kOpenBlasCoreType));
  const bool variable = core_type != ambient.end();
  Warning warning;
  warning.id = variable ? "openblas-coretype-ambient" : "openblas-core-unfit";
  const std::string who = variable
                              ? "OPENBLAS_CORETYPE=" + core_type->second + " makes OpenBLAS run"
                              : "OpenBLAS by itself runs";
  if (trial->verified) {
    warning.what = who + " its kernels for " + trial->core_name + ", at " +
                   percent(search.ambient_over_fitting) + " of the speed of those for " +
                   search.fitting_core.value() + " (" + trial->operation + ").";
  } else {
    warning.what = who + " kernels that fail on this CPU: " + trial->failure + ".";
  }
  warning.why =
      "Every program here that uses OpenBLAS is slowed in the same way. perfbench measures with "
      "the kernels for " +
      search.fitting_core.value() + ".";
  if (search.fitting_setting.empty()) {
    std::string remedy = "unset";
    for (const Variable& candidate : kVariables) {
      if (candidate.kernels && ambient.count(std::string(candidate.name)) != 0)
        remedy += " " + std::string(candidate.name);
    }
    warning.remedy = remedy;
  } else {
    warning.remedy = "export OPENBLAS_CORETYPE=" + search.fitting_setting;
  }
  return warning;
}

}  // namespace perfbench
