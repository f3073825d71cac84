#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/core/workload.hpp"
#include "kernels/gemm/linear/linear.hpp"
#include "kernels/gemm/onednn/onednn.hpp"
#include "kernels/gemm/openblas/openblas_set.hpp"
#include "kernels/lighthouse/ladder.hpp"

namespace perfbench {

/// What workloads are made of here. Everything works without OpenBLAS and oneDNN, by the packed
/// layers.
struct WorkloadSources {
  MachineShape machine;  ///< Its instruction sets, caches and available memory.
  Reading<OpenBlasSet> openblas = Reading<OpenBlasSet>::unavailable("OpenBLAS was not loaded");
  Reading<OneDnn> onednn = Reading<OneDnn>::unavailable("oneDNN was not loaded");
  std::uint64_t seed = 1;  ///< Of every workload's weights and inputs.
};

/// Sizes that a user may choose; 0: the rung's own.
struct WorkloadSizes {
  int gemm_size = 0;    ///< `gemm`: m = n = k.
  Bytes triad{0};       ///< `triad`: all samples together.
  Nanoseconds spin{0};  ///< `spin`: of one sample; 0: 100 us.
  int context = 0;      ///< `llm-decode`: tokens in the KV cache.
};

/// A workload with its ladder, the fixed rung included, smallest first.
struct WorkloadListing {
  std::string name;
  std::string description;
  std::vector<Rung> rungs;
};

/// `llm-decode`, `llm-prefill`, `detector`, `mobilenet`, `kws`, `gemm`, `triad`, `spin`, `null`.
/// Pure: the same on every machine.
[[nodiscard]] const std::vector<WorkloadListing>& workload_catalogue();

/// The listing of that name. Throws UsageError, which lists the names.
[[nodiscard]] const WorkloadListing& find_workload(std::string_view name);

struct WorkloadRequest {
  std::string name;
  std::string rung = "fixed";  ///< Or a rung's name; a fitted one is found by choose_rung() first.
  WorkloadSizes sizes;
};

/// The entry; cheap: make() and load() do the work. All instances that one entry makes share its
/// weights, and the choice of the fastest layer for each number of rows. Throws UsageError for a
/// name, rung or size that cannot be.
[[nodiscard]] WorkloadEntry workload_entry(const WorkloadSources& sources,
                                           const WorkloadRequest& request);

/// A user's own model: the text of a JSON file (kernels/README.md has the format). `file`: its name
/// in messages. Throws UsageError: not JSON, unknown or missing members, a name that is unknown or
/// goes in a circle, shapes that do not meet, sizes that cannot be, or more memory than 75 % of
/// what is available.
[[nodiscard]] WorkloadEntry json_workload_entry(const WorkloadSources& sources,
                                                const std::string& file,
                                                std::string_view text);

/// Size of the largest last-level cache that is told; nothing where no cache is.
[[nodiscard]] Bytes last_level_cache(const MachineShape& machine) noexcept;

/// The ways to carry out a layer on this machine: packed always, OpenBLAS and oneDNN where loaded.
[[nodiscard]] std::vector<std::shared_ptr<const LinearBackend>> linear_backends(
    const WorkloadSources& sources);

}  // namespace perfbench
