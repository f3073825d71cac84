#pragma once

#include <optional>
#include <string>

#include "harness/core/plan/run_plan.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "harness/host/process/child_tasks.hpp"
#include "kernels/gemm/onednn/onednn.hpp"
#include "kernels/gemm/openblas/core_search.hpp"
#include "kernels/gemm/openblas/openblas_set.hpp"
#include "kernels/lighthouse/workload_registry.hpp"
#include "scenarios/audit/audit.hpp"
#include "tools/cli/context.hpp"
#include "tools/cli/workload_choice.hpp"

namespace perfbench {

/// Wires the kernels into the audit, which knows none: the library search in children, then the
/// catalogue of kernels and workloads with the library that won. Outlives the audit.
class Providers {
 public:
  /// `started_utc`: of the report; what a library search is remembered by. `file`: the workload
  /// "file".
  Providers(const Machine& machine,
            const RunPlan& plan,
            const Context& context,
            std::string started_utc,
            std::optional<WorkloadFile> file = std::nullopt);
  Providers(const Providers&) = delete;
  Providers& operator=(const Providers&) = delete;

  [[nodiscard]] AuditProviders audit_providers();

 private:
  LibraryOutcome search_library(const LibrarySearchStep& step, const Interruption& interruption);
  [[nodiscard]] CoreSearch search_cores(const LibrarySearchStep& step,
                                        const Interruption& interruption) const;
  [[nodiscard]] std::size_t blas_instances_that_fit(int threads) const;
  void load_libraries(const CoreSearch& search, MachineFacts& facts);
  [[nodiscard]] KernelSet kernels(const KernelRequest& request) const;
  [[nodiscard]] std::vector<KernelEntry> sweep() const;
  [[nodiscard]] WorkloadSources workload_sources() const;

  const Machine& machine_;
  const MachineShape& shape_;
  const RunPlan& plan_;
  const Context& context_;
  std::string started_utc_;
  std::optional<WorkloadFile> file_;
  Reading<OpenBlasSet> blas_;
  Reading<OneDnn> onednn_;
};

}  // namespace perfbench
