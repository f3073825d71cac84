#include "kernels/gemm/openblas/openblas_environment.hpp"

#include <algorithm>
#include <array>
#include <string>

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

/// How the names of all of them begin, OpenMP's and the loader's included: what a remembered search
/// depends on.
constexpr std::array<std::string_view, 6> kPrefixes = {
    "OPENBLAS_", "GOTO_", "GOTOBLAS_", "OMP_", "GOMP_", "LD_LIBRARY_PATH"};

}  // namespace

EnvironmentChanges plain_openblas_environment(int threads) {
  EnvironmentChanges changes;
  for (const Variable& variable : kVariables) changes[std::string(variable.name)] = std::nullopt;
  changes[std::string(kOpenBlasThreads)] = std::to_string(threads);
  return changes;
}

EnvironmentChanges openblas_load_environment(const std::string& core_type, int threads) {
  EnvironmentChanges changes = plain_openblas_environment(threads);
  if (!core_type.empty()) changes[std::string(kOpenBlasCoreType)] = core_type;
  // Its workers wait for the next call in a busy loop, 2^28 ticks (a tenth of a second) where the
  // build says nothing else, and would take the CPU from whatever is measured next; 2^16 ticks of
  // an x86 counter are some 25 us, still longer than a pause between two calls in a row.
  changes[std::string(kOpenBlasThreadTimeout)] = "16";
  return changes;
}

std::vector<std::string> openblas_kernel_variables(const Environment& environment) {
  std::vector<std::string> names;
  for (const Variable& variable : kVariables) {
    if (variable.kernels && environment.count(std::string(variable.name)) != 0)
      names.emplace_back(variable.name);
  }
  return names;
}

std::vector<std::string> openblas_settings(const Environment& environment) {
  std::vector<std::string> settings;
  for (const auto& [name, value] : environment) {
    const bool read =
        std::any_of(kPrefixes.begin(), kPrefixes.end(), [&name = name](std::string_view prefix) {
          return name.starts_with(prefix);
        });
    if (!read) continue;
    settings.push_back(name);
    settings.back().append("=").append(value);
  }
  return settings;
}

bool changes_openblas_kernels(const Environment& environment) {
  return !openblas_kernel_variables(environment).empty();
}

}  // namespace perfbench
