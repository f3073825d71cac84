#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/result/machine.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/host/process/child_runner.hpp"
#include "harness/host/process/child_tasks.hpp"

namespace perfbench {

/// Every name that OPENBLAS_CORETYPE takes on this architecture: for an exhaustive search.
[[nodiscard]] std::vector<std::string> openblas_core_names(Architecture architecture);

/// The names worth a trial on a CPU with `isas`: kernels of its widest vectors and of the next
/// narrower ones, which win where wide vectors cost clock. Finer differences (bf16, AMX, SVE) are
/// left to the trial: a hypervisor masks flags, a crash or a wrong answer in a child does not lie.
[[nodiscard]] std::vector<std::string> openblas_core_candidates(Architecture architecture,
                                                                const std::vector<Isa>& isas);

struct CoreSearchOptions {
  std::vector<std::string> candidates;  ///< openblas_core_candidates()
  int cpu = -1;             ///< The children pin themselves here; -1: where the caller may run.
  int ranking_size = 1024;  ///< Square size that ranks the field.
  int final_size = 2048;    ///< Square size that decides between the best.
  int finalists = 3;
  /// No further core type is begun after this; those that were tried decide. CoreSearch::untried
  /// names the rest.
  Nanoseconds at_most = Nanoseconds::max();
  int final_rounds = 2;  ///< The finalists run in turn so many times; the best of each counts.
  Nanoseconds ranking_budget{
      std::chrono::milliseconds(60)};  ///< Timing of one ranking child (at least two calls).
  Nanoseconds final_budget{
      std::chrono::milliseconds(200)};  ///< Timing of one finalist's child (at least two calls).
  std::vector<std::string> file_names;  ///< Empty: openblas_file_names().
};

/// What a search found. The ambient choice is what any program in this environment gets; the
/// fitting one is the fastest that answers right.
struct CoreSearch {
  std::vector<LibraryTrial> trials;
  Reading<std::string> version;       ///< Of the library, from the first child that loaded it.
  Reading<std::string> ambient_core;  ///< openblas_get_corename() under the ambient environment.
  Reading<std::string> fitting_core;  ///< The core name of the fastest verified setting.
  std::string fitting_setting;  ///< Its OPENBLAS_CORETYPE; empty: leave the choice to the library.
  std::vector<std::string> untried;  ///< Candidates for which no time was left.
  double ambient_over_fitting =
      0.0;  ///< Rate of the ambient choice over that of the fitting one; 0 where unknown.
  bool interrupted = false;
};

/// What to change in the environment before this process loads OpenBLAS for `threads` threads: the
/// fitting core type, the size of its pool, workers that sleep soon after a call, and none of the
/// ambient variables that change its blocks. Where fitting_core is not available the library must
/// not be loaded: no setting of it answered right.
[[nodiscard]] EnvironmentChanges openblas_load_environment(const CoreSearch& search, int threads);

/// Tries each candidate in a child process, one after the other: load, verify sgemm, time it. Takes
/// a few seconds.
[[nodiscard]] CoreSearch search_openblas_cores(const ChildRunner& runner,
                                               const CoreSearchOptions& options,
                                               const Interruption& interruption);

/// The child's side of the search; tools/cli hands it to run_child_task().
[[nodiscard]] ChildTask openblas_trial_task();

/// The warning for a report when the ambient choice costs more than 5 % or answers wrong; nothing
/// otherwise.
[[nodiscard]] std::optional<Warning> ambient_core_warning(const CoreSearch& search,
                                                          const Environment& ambient);

}  // namespace perfbench
