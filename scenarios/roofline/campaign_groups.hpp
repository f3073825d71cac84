#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/run_plan.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// A dot may take a tenth of a second a call; a turn of this length gives the roofs beside it tens
/// of windows in each round, and a round still passes within the seconds that a placement lasts.
inline constexpr Nanoseconds kCampaignTurn{40'000'000};

/// Kernels that are measured in turn, round by round.
struct KernelGroup {
  std::vector<KernelEntry> kernels;
  bool cached = false;  ///< Their data stay in a cache: they get RoofStep::per_cached_kernel.
};

/// Cuts the kernels of a step into groups: of compute roofs the widest instruction set with the
/// dots, then each narrower one (a wide instruction may lower the clock for a while); of memory
/// roofs each level, DRAM with the dots. A round of a group passes within about two seconds, the
/// least time for which a hypervisor was seen to leave a guest's CPUs alone; what is left goes into
/// groups of its own, with the roof that it will be held against in front. Kernels of other kinds
/// than the step's, and of a kScale step all but fp32 FMA and DRAM read, are left out. Pure.
[[nodiscard]] std::vector<KernelGroup> campaign_groups(const RoofStep& step,
                                                       const std::vector<KernelEntry>& kernels);

/// Memory that the kernels take together on a team of so many threads.
[[nodiscard]] Bytes group_memory(const std::vector<KernelEntry>& kernels, std::size_t threads);

/// The entry with the widest instruction set of the fp32 multiply-add peaks: the throughput
/// sentinel and the main compute roof.
[[nodiscard]] std::optional<KernelEntry> widest_fp32_fma(const std::vector<KernelEntry>& kernels);

/// DRAM read in the widest instruction set.
[[nodiscard]] std::optional<KernelEntry> widest_dram_read(const std::vector<KernelEntry>& kernels);

}  // namespace perfbench
