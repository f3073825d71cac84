#include "kernels/latency/chase_entries.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "kernels/latency/chase_arena.hpp"
#include "kernels/latency/chase_kernel.hpp"

namespace perfbench {
namespace {

/// For all threads together: to lay a cycle takes some 50 ns a line, 0.4 s for this much.
constexpr Bytes kMostDram = mib(512);

DramWorkingSet dram_set(const MachineShape& machine, DramSizing sizing) {
  if (sizing.at_most.count() == 0 || sizing.at_most > kMostDram) sizing.at_most = kMostDram;
  return dram_working_set(machine, sizing);
}

}  // namespace

std::vector<KernelEntry> chase_entries(const MachineShape& machine,
                                       const std::vector<LevelSize>& levels,
                                       const DramSizing& sizing) {
  const DramWorkingSet dram = dram_set(machine, sizing);
  std::vector<KernelInfo> infos;
  std::vector<Bytes> sizes;
  for (const LevelSize& level : levels) {
    sizes.push_back(whole_pages(level.per_thread));
    infos.push_back(chase_info("chase", level.level, sizes.back()));
  }
  sizes.push_back(dram.per_thread);
  infos.push_back(chase_info("chase", MemoryLevel::kDram, dram.per_thread));
  infos.back().may_hold_cache_hits = !dram.beyond_caches;

  const Bytes largest = *std::max_element(sizes.begin(), sizes.end());
  const auto pool =
      std::make_shared<ChaseArenaPool>([largest] { return std::make_shared<ChaseArena>(largest); });
  const std::vector<ChasePlace> places = place_chases(sizes);
  std::vector<KernelEntry> entries;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    KernelEntry entry;
    entry.info = infos[i];
    entry.working_set = sizes[i];
    entry.shares_memory = "chase arena";
    entry.make = [info = infos[i], place = places[i], pool] {
      return std::make_unique<ChaseKernel>(info, place, pool);
    };
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace perfbench
