#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/plan/thread_choice.hpp"
#include "kernels/lighthouse/workload_registry.hpp"
#include "scenarios/audit/audit.hpp"

namespace perfbench {

/// A user's own workload: --workload-file.
struct WorkloadFile {
  std::string name;  ///< Of the file, without its folder.
  std::string text;
  std::string workload;  ///< As the model calls itself; check_file() finds it.
};

/// Reads it; throws InputError when it cannot be read or is larger than a description of layers
/// has any reason to be.
[[nodiscard]] WorkloadFile read_workload_file(const std::string& path);

/// The workload of this name and rung. "fitted" is the rung that this machine is given by the rule
/// of the workload's ladder: weights that stream from memory for the language models, else a
/// service time of at most 5 ms, predicted from a short look at the fixed rung on the one-core CPU.
/// Throws UsageError, in one sentence, for a name, a rung or a file that cannot be.
[[nodiscard]] WorkloadChoice choose_workload(const WorkloadSources& sources,
                                             const std::optional<WorkloadFile>& file,
                                             const std::string& name,
                                             const std::string& rung,
                                             const ThreadChoice& threads);

/// Whether there is such a workload, said before measuring: throws UsageError.
void check_workload(const MachineShape& machine, const std::string& name, const std::string& rung);

/// Whether the file describes a workload that fits into this machine; throws UsageError.
void check_file(const MachineShape& machine, WorkloadFile& file);

/// The workload's ladder, for a track to fit a rung from; nothing for one from a file.
[[nodiscard]] std::vector<FitRung> fit_ladder(const std::optional<WorkloadFile>& file,
                                              const std::string& name);

/// Every workload with its rungs, for a person.
[[nodiscard]] std::string workload_list();

/// Service time of one sample of a workload alone on one CPU: the median of a few executions after
/// loading it.
[[nodiscard]] Nanoseconds look_at_service(const WorkloadEntry& entry, int cpu);

}  // namespace perfbench
