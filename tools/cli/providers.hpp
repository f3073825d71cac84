#pragma once

#include <optional>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/plan/run_plan.hpp"
#include "harness/host/process/child_tasks.hpp"
#include "kernels/gemm/openblas/core_search.hpp"
#include "kernels/gemm/openblas/openblas.hpp"
#include "scenarios/audit/audit.hpp"
#include "tools/cli/context.hpp"

namespace perfbench {

/// Wires the kernels into the audit, which knows none: the library search in children, then the
/// catalogue of kernels and workloads with the library that won. Outlives the audit.
class Providers {
 public:
  Providers(const MachineShape& shape, const RunPlan& plan, const Context& context);
  Providers(const Providers&) = delete;
  Providers& operator=(const Providers&) = delete;

  [[nodiscard]] AuditProviders audit_providers();

 private:
  LibraryOutcome search_library(const LibrarySearchStep& step, const Interruption& interruption);
  [[nodiscard]] KernelSet kernels(const KernelRequest& request) const;
  [[nodiscard]] WorkloadSet workloads() const;
  [[nodiscard]] std::vector<LeftOut> missing_library(const std::string& what) const;

  const MachineShape& shape_;
  const RunPlan& plan_;
  const Context& context_;
  Reading<OpenBlas> blas_;
};

/// Every task that a child process of ours can be asked for.
[[nodiscard]] std::vector<ChildTask> child_tasks();

}  // namespace perfbench
