#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/core/workload.hpp"
#include "kernels/gemm/openblas/openblas.hpp"

namespace perfbench {

struct WorkloadOptions {
  Reading<OpenBlas> blas = Reading<OpenBlas>::unavailable("OpenBLAS was not loaded");
  Isa stream_isa = Isa::kScalar;  ///< Of `triad`: widest_stream_isa() of the machine.
  std::uint64_t seed = 1;         ///< Of every workload's data.
  Nanoseconds spin_duration{
      std::chrono::microseconds(100)};  ///< Of one sample of the workload `spin`.
};

/// The workloads that can be made here, each of a fixed size that never changes, so that two
/// machines compare: `gemm` (compute-bound), `triad` (bandwidth-bound), `spin` (takes a given time)
/// and `null` (takes none; the harness's own cost). One thread each.
[[nodiscard]] std::vector<WorkloadEntry> workload_catalogue(const WorkloadOptions& options);

/// A workload that cannot be made here, and why.
struct MissingWorkload {
  std::string name;
  std::string reason;
};
[[nodiscard]] std::vector<MissingWorkload> missing_workloads(const WorkloadOptions& options);

}  // namespace perfbench
