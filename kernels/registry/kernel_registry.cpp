#include "kernels/registry/kernel_registry.hpp"

#include <iterator>
#include <utility>

#include "kernels/latency/chase_entries.hpp"
#include "kernels/peak/fma_peak.hpp"
#include "kernels/peak/loaded_clock.hpp"

namespace perfbench {
namespace {

bool matches(const KernelInfo& info, const KernelQuery& query) noexcept {
  return info.kind == query.kind && (query.name.empty() || info.name == query.name) &&
         (query.precision == Precision::kNone || info.precision == query.precision) &&
         (query.level == MemoryLevel::kNone || info.level == query.level);
}

/// The clock of a stream that multiplies or adds within the caches is that of vector arithmetic; in
/// DRAM the clock does not decide.
bool computes_in_cache(const KernelInfo& info) noexcept {
  const bool computes = info.name == "scale" || info.name == "add" || info.name == "triad";
  return computes && info.level != MemoryLevel::kDram;
}

void append(std::vector<KernelEntry> entries, std::vector<KernelEntry>& catalogue) {
  catalogue.insert(catalogue.end(),
                   std::make_move_iterator(entries.begin()),
                   std::make_move_iterator(entries.end()));
}

}  // namespace

std::vector<KernelEntry> kernel_catalogue(const MachineShape& machine,
                                          const CatalogueOptions& options) {
  std::vector<KernelEntry> catalogue = peak_entries(machine);
  std::vector<KernelEntry> streams = stream_entries(machine, options.stream);
  for (KernelEntry& entry : streams) {
    if (computes_in_cache(entry.info))
      entry.loaded_clock_chain = loaded_clock_chain(entry.info.isa);
  }
  append(std::move(streams), catalogue);
  if (options.latency) {
    append(chase_entries(machine, options.stream.levels, options.stream.sizing), catalogue);
  }
  return catalogue;
}

const KernelEntry* widest_kernel(std::span<const KernelEntry> catalogue,
                                 const KernelQuery& query) noexcept {
  const KernelEntry* widest = nullptr;
  for (const KernelEntry& entry : catalogue) {
    if (!matches(entry.info, query)) continue;
    // Isa's enumerators of one architecture stand narrowest first.
    if (widest == nullptr || entry.info.isa > widest->info.isa) widest = &entry;
  }
  return widest;
}

}  // namespace perfbench
