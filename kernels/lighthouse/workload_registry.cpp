#include "kernels/lighthouse/workload_registry.hpp"

#include "kernels/lighthouse/gemm_workload.hpp"
#include "kernels/lighthouse/spin_workload.hpp"
#include "kernels/lighthouse/triad_workload.hpp"

namespace perfbench {

std::vector<WorkloadEntry> workload_catalogue(const WorkloadOptions& options) {
  std::vector<WorkloadEntry> entries;
  if (options.blas.available())
    entries.push_back(gemm_workload(options.blas.value(), options.seed));
  entries.push_back(triad_workload(options.stream_isa));
  entries.push_back(spin_workload(options.spin_duration));
  entries.push_back(null_workload());
  return entries;
}

std::vector<MissingWorkload> missing_workloads(const WorkloadOptions& options) {
  std::vector<MissingWorkload> missing;
  if (!options.blas.available()) missing.push_back(MissingWorkload{"gemm", options.blas.reason()});
  return missing;
}

}  // namespace perfbench
