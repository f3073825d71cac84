#include "kernels/registry/kernel_registry.hpp"

#include <utility>

#include "kernels/peak/fma_peak.hpp"

namespace perfbench {
namespace {

bool matches(const KernelInfo& info, const KernelQuery& query) noexcept {
  return info.kind == query.kind && (query.name.empty() || info.name == query.name) &&
         (query.precision == Precision::kNone || info.precision == query.precision) &&
         (query.level == MemoryLevel::kNone || info.level == query.level);
}

}  // namespace

std::vector<KernelEntry> kernel_catalogue(const MachineShape& machine,
                                          const CatalogueOptions& options) {
  std::vector<KernelEntry> catalogue = peak_entries(machine);
  for (KernelEntry& entry : stream_entries(machine, options.stream))
    catalogue.push_back(std::move(entry));
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
