#pragma once

#include <filesystem>
#include <string>

#include "harness/core/plan/machine_shape.hpp"
#include "kernels/gemm/openblas/core_search.hpp"

namespace perfbench {

/// Where searches are remembered, and what else than the search's options a memory holds for.
struct CoreMemory {
  std::filesystem::path folder;  ///< openblas_memory_folder(); empty: nothing is remembered.
  CpuIdentity identity;          ///< Of the CPU that the children run on.
  std::string microcode;         ///< As the machine tells it; empty where it does not.
  std::string now_utc;           ///< ISO 8601: when a search of this run was made.
  bool refresh = false;          ///< Search anew and remember that.
};

/// $XDG_CACHE_HOME/perfbench or ~/.cache/perfbench by the XDG Base Directory Specification, which
/// ignores relative paths; empty where the environment names neither.
[[nodiscard]] std::filesystem::path openblas_memory_folder(const Environment& environment);

/// search_openblas_cores(), or what an earlier one found for the same CPU, microcode, environment
/// variables of the library and options, if the library's file is still the same and each chosen
/// core type still answers right in its cells, which a child proves anew. Whatever else stands in
/// the memory's file, a search is made and the file replaced. A folder that cannot be written is no
/// error: the next run searches again. Not remembered is a search that was cut short, or had to
/// share its CPU with other processes (CoreSearch::cpu_share).
[[nodiscard]] CoreSearch find_openblas_cores(const ChildRunner& runner,
                                             const CoreSearchOptions& options,
                                             const CoreMemory& memory,
                                             const Interruption& interruption);

}  // namespace perfbench
