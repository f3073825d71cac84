#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/host/process/child_runner.hpp"
#include "kernels/gemm/openblas/core_choice.hpp"
#include "kernels/gemm/openblas/core_search.hpp"
#include "kernels/gemm/openblas/openblas.hpp"

namespace perfbench {

/// Every OpenBLAS of this process: one for each core type that wins somewhere, each with its own
/// kernels, buffers and pool. A light handle like OpenBlas; never empty.
class OpenBlasSet {
 public:
  OpenBlasSet(std::vector<OpenBlas> instances,
              std::vector<InstancePlan::Service> services,
              std::vector<std::string> notes);
  /// The one to use for calls of this kind; nullptr where no core type answers right. Points into
  /// this set.
  [[nodiscard]] const OpenBlas* best_for(BlasOperation operation,
                                         GemmClass shape_class) const noexcept;
  /// What that one reached in the search, flop/s on one core; 0 where there is none.
  [[nodiscard]] double rate_for(BlasOperation operation, GemmClass shape_class) const noexcept;
  /// Whether fixed weights are better kept row-major (transposed, as BLAS reads them) for skinny
  /// and vector calls of this operation.
  [[nodiscard]] bool prefers_transposed(BlasOperation operation) const noexcept;
  /// The first serves the most important cell.
  [[nodiscard]] const std::vector<OpenBlas>& instances() const noexcept { return instances_; }
  /// "OpenBLAS 0.3.21, cores SkylakeX, Haswell"
  [[nodiscard]] std::string label() const;
  /// Sentences for the report: which core types run, and which cells run otherwise than chosen.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  [[nodiscard]] const InstancePlan::Service* service_of(BlasOperation operation,
                                                        GemmClass shape_class) const noexcept;
  std::vector<OpenBlas> instances_;
  std::vector<InstancePlan::Service> services_;
  std::vector<std::string> notes_;
};

struct OpenBlasSetOptions {
  int threads = 1;       ///< Size of each pool, the caller included.
  std::size_t most = 3;  ///< Core types in this process.
  std::vector<std::string> file_names = openblas_file_names();
  /// Sets and removes variables of this process: the library reads them while it is loaded.
  std::function<void(const EnvironmentChanges&)> change_environment;
};

/// Loads what the search chose; to be called once in a process, by a thread that may use every
/// measured CPU, while no other thread of ours is started or reads the environment. A core type
/// that cannot be loaded beside the first costs its cells that choice, and a note says so.
[[nodiscard]] Reading<OpenBlasSet> load_openblas_set(const CoreSearch& search,
                                                     const OpenBlasSetOptions& options);

}  // namespace perfbench
