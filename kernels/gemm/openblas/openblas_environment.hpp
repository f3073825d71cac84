#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/host/process/child_runner.hpp"

namespace perfbench {

inline constexpr std::string_view kOpenBlasCoreType = "OPENBLAS_CORETYPE";
inline constexpr std::string_view kOpenBlasThreads = "OPENBLAS_NUM_THREADS";
inline constexpr std::string_view kOpenBlasThreadTimeout = "OPENBLAS_THREAD_TIMEOUT";

/// An environment in which OpenBLAS makes its own choice: every variable that it reads is removed,
/// and the pool has `threads` threads.
[[nodiscard]] EnvironmentChanges plain_openblas_environment(int threads);

/// What to change in the environment before this process loads OpenBLAS for `threads` threads: the
/// core type (empty: the library's own choice), the size of its pool, workers that sleep soon after
/// a call, and none of the ambient variables that change its blocks.
[[nodiscard]] EnvironmentChanges openblas_load_environment(const std::string& core_type,
                                                           int threads);

/// The names of the variables in `environment` that make OpenBLAS choose other kernels or blocks
/// than it would itself.
[[nodiscard]] std::vector<std::string> openblas_kernel_variables(const Environment& environment);

/// All of `environment` that OpenBLAS or its OpenMP runtime reads, as "NAME=value", sorted.
[[nodiscard]] std::vector<std::string> openblas_settings(const Environment& environment);

/// True when a variable is set that makes OpenBLAS choose other kernels or blocks than it would
/// itself.
[[nodiscard]] bool changes_openblas_kernels(const Environment& environment);

}  // namespace perfbench
