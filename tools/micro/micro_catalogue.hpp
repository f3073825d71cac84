#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/level_size.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "tools/micro/micro_options.hpp"

namespace perfbench {

/// One kernel under the name that it has among the benchmarks.
struct MicroKernel {
  std::string name;  ///< "fma/fp32/avx512", "read/L1/avx512", "sgemm/2048/fp32/OpenBLAS"
  KernelEntry entry;
};

/// Working sets of the cache levels, as the flags say or else by the caches that the machine tells:
/// half of L1 and of L2; of L3 four times L2, at most half. A level that neither tells is left out.
[[nodiscard]] std::vector<LevelSize> micro_levels(const MachineShape& machine,
                                                  const MicroOptions& options);

/// Every kernel of the registry and of our packed layers, then those of the libraries that can be
/// loaded; `notes` says which can not and why. Loading happens here, and in no other place.
[[nodiscard]] std::vector<MicroKernel> micro_catalogue(const MachineShape& machine,
                                                       const MicroOptions& options,
                                                       std::vector<std::string>& notes);

/// Name for a regular expression, of what the kernel says of itself: spaces become slashes.
[[nodiscard]] std::string micro_name(const KernelInfo& info);

}  // namespace perfbench
