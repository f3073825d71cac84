#pragma once

#include <string_view>

#include "harness/host/process/child_runner.hpp"

namespace perfbench {

inline constexpr std::string_view kOpenBlasCoreType = "OPENBLAS_CORETYPE";
inline constexpr std::string_view kOpenBlasThreads = "OPENBLAS_NUM_THREADS";
inline constexpr std::string_view kOpenBlasThreadTimeout = "OPENBLAS_THREAD_TIMEOUT";

/// An environment in which OpenBLAS makes its own choice: every variable that it reads is removed,
/// and the pool has `threads` threads.
[[nodiscard]] EnvironmentChanges plain_openblas_environment(int threads);

/// True when a variable is set that makes OpenBLAS choose other kernels or blocks than it would
/// itself.
[[nodiscard]] bool changes_openblas_kernels(const Environment& environment);

}  // namespace perfbench
