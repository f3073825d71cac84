#pragma once

#include "harness/core/workload.hpp"

namespace perfbench {

/// `spin`: a sample is busy until the steady clock says that `duration` has passed, so the latency
/// that a driver reports is known beforehand. It does no work that is counted.
[[nodiscard]] WorkloadEntry spin_workload(Nanoseconds duration);

/// `null`: a sample takes no time; what a driver reports is its own cost.
[[nodiscard]] WorkloadEntry null_workload();

}  // namespace perfbench
