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
#include "kernels/gemm/openblas/core_trial.hpp"

namespace perfbench {

/// Every name that OPENBLAS_CORETYPE takes on this architecture: for an exhaustive search.
[[nodiscard]] std::vector<std::string> openblas_core_names(Architecture architecture);

/// The names worth a trial on a CPU with `isas`: kernels of its widest vectors and of the next
/// narrower ones, which win where wide vectors cost clock or where the wider kernels pack more.
/// Finer differences (bf16, AMX, SVE) are left to the trial: a hypervisor masks flags, a crash or a
/// wrong answer in a child does not lie.
[[nodiscard]] std::vector<std::string> openblas_core_candidates(Architecture architecture,
                                                                const std::vector<Isa>& isas);

/// A cell with the shapes that it is tried at.
struct SearchCell {
  GemmCell cell;
  MatrixShape ranking;  ///< Ranks the field.
  MatrixShape final;    ///< Decides between the best.
  /// The shape that ranks the field decides between the best as well.
  [[nodiscard]] bool one_shape() const noexcept {
    return ranking.m == final.m && ranking.n == final.n && ranking.k == final.k;
  }
};

/// Every cell at ranking_shape() and final_shape().
[[nodiscard]] std::vector<SearchCell> openblas_search_cells();

struct CoreSearchOptions {
  std::vector<std::string> candidates;  ///< openblas_core_candidates()
  int cpu = -1;  ///< The children pin themselves here; -1: where the caller may run.
  std::vector<SearchCell> cells = openblas_search_cells();
  int finalists = 3;  ///< Of each cell.
  /// No further core type is begun after this; those that were tried decide. CoreSearch::untried
  /// names the rest.
  Nanoseconds at_most = Nanoseconds::max();
  int final_rounds = 2;  ///< The finalists run in turn so many times; the best of each counts.
  Nanoseconds budget{std::chrono::milliseconds(25)};  ///< CPU time of one cell in a child.
  std::vector<std::string> file_names;                ///< Empty: openblas_file_names().
};

/// CoreSearch::cpu_share from which near equals are told apart. (A measured thread of a quiet run
/// has 0.98.)
inline constexpr double kUnblurredShare = 0.95;

/// What a search found, for each operation and shape class: core_choices(trials). The ambient
/// choice is what any program in this environment gets; the chosen one is the fastest that answers
/// right.
struct CoreSearch {
  /// By cell in the order of gemm_cells(), then as they were tried. A setting that ran in no cell
  /// has one trial, in the first of them.
  std::vector<LibraryTrial> trials;
  Reading<std::string> version;  ///< Of the library, from the first child that loaded it.
  LibraryFile file;
  Reading<std::string> ambient_core;  ///< openblas_get_corename() under the ambient environment.
  Reading<std::string> fitting_core;  ///< Chosen in the most important cell that has a choice.
  std::vector<std::string> untried;   ///< Candidates for which no time was left.
  /// "measured now", or "remembered from 2026-11-24T20:05:31Z".
  std::string origin = "measured now";
  /// CPU time over wall time of everything that was timed: below 1 other processes had a part of
  /// the CPU, and what they left in the caches blurs the choice between near equals. 0: nothing
  /// was timed.
  double cpu_share = 0.0;
  bool complete = false;  ///< Every candidate was tried and the best compared in turn.
  bool interrupted = false;
  /// Not to be trusted to a few percent: cut short, or its CPU shared.
  [[nodiscard]] bool blurred() const noexcept { return !complete || cpu_share < kUnblurredShare; }
};

/// Tries each candidate in a child process, one after the other: load, verify and time each cell.
/// A child that crashes or hangs is followed by one for each cell, so that only the guilty ones are
/// lost. Takes a few seconds.
[[nodiscard]] CoreSearch search_openblas_cores(const ChildRunner& runner,
                                               const CoreSearchOptions& options,
                                               const Interruption& interruption);

/// The child's side of the search; tools/cli hands it to run_child_task().
[[nodiscard]] ChildTask openblas_trial_task();

/// The warning for a report when the ambient choice costs more than 5 % in some cell or answers
/// wrong, by the worst one; nothing otherwise.
[[nodiscard]] std::optional<Warning> ambient_core_warning(const CoreSearch& search,
                                                          const Environment& ambient);

}  // namespace perfbench
