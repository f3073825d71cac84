#pragma once

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/plan/run_plan.hpp"
#include "harness/core/result/reading.hpp"
#include "kernels/gemm/onednn/onednn.hpp"
#include "kernels/gemm/openblas/openblas_set.hpp"
#include "scenarios/audit/audit.hpp"

namespace perfbench {

/// What the kernels of a step are made from. Outlives the call.
struct KernelSources {
  const MachineShape& shape;
  const KernelSizes& sizes;
  const Reading<OpenBlasSet>& blas;
  const Reading<OneDnn>& onednn;
};

/// The kernels that a step of the roofline measures: roofs of its kind from the catalogue, and the
/// dots that stand under them. A library that is missing is told once by what it would have given.
[[nodiscard]] KernelSet kernels_for(const KernelRequest& request, const KernelSources& sources);

}  // namespace perfbench
