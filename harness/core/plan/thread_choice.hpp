#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"

namespace perfbench {

/// Which logical CPUs are measured, and why these.
struct ThreadChoice {
  /// One a thread, in the order in which threads are pinned. Whole cores first, performance cores
  /// before efficiency cores.
  std::vector<int> cpus;
  /// Where everything that is measured on one core runs; one of `cpus`.
  int one_core_cpu = -1;
  int allowed_cpus = 0;   ///< Logical CPUs in the affinity mask.
  int allowed_cores = 0;  ///< Physical cores among them.
  /// The chosen CPUs are of more than one kind of core, so that no single documented limit holds
  /// for their sum.
  bool mixed_kinds = false;
  std::string reason;  ///< In words, for the report: what was allowed and what bound the number.
  std::string one_core_reason;

  [[nodiscard]] int threads() const noexcept { return static_cast<int>(cpus.size()); }
};

/// Threads = min(physical cores in the affinity mask, cgroup quota rounded up). `asked` overrules
/// both the quota and "one a core", up to the allowed logical CPUs. Throws UsageError when `asked`
/// is below 1 or beyond them, and ResourceError when no CPU is allowed at all.
[[nodiscard]] ThreadChoice choose_threads(const MachineShape& shape,
                                          std::optional<std::int64_t> asked);

/// `cpus` and the other logical CPUs of their physical cores, ascending: where to watch for what
/// takes time from threads on `cpus`. A program on an SMT sibling halves the core and is invisible
/// on the measured CPU itself.
[[nodiscard]] std::vector<int> with_siblings(const MachineShape& shape,
                                             const std::vector<int>& cpus);

}  // namespace perfbench
