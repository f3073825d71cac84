#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// Whether a variable of this name changes what a library or the loader does to a figure:
/// OPENBLAS_*, OMP_*, GOTO_*, MKL_*, BLIS_*, DNNL_*, ONEDNN_*, KMP_*, GOMP_*, MALLOC_*, HWLOC_*,
/// GLIBC_TUNABLES, LD_PRELOAD, LD_LIBRARY_PATH, LD_AUDIT.
[[nodiscard]] bool is_ambient_variable(std::string_view name);

/// The value as it may stand in a report, which names no user: libraries by their file name, other
/// paths outside the system's own folders as "(path)", and only printable ASCII. Idempotent.
[[nodiscard]] std::string anonymous_value(std::string_view value);

/// Fact ambient_variables: the list of "NAME=value", empty when there is none.
void add_environment_facts(const std::map<std::string, std::string>& environment,
                           MachineFacts& facts);

}  // namespace perfbench
