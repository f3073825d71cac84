#include "scenarios/roofline/campaign_groups.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>

namespace perfbench {
namespace {

constexpr Nanoseconds kMostOfARound{2'000'000'000};
/// Two slices, and the wait until the library's threads sleep.
constexpr Nanoseconds kPoolTurn{120'000'000};

/// Roofs that answer the same question: one per ISA. A multiply and an add stand in for an FMA
/// where there is none.
using Question = std::tuple<Precision, MemoryLevel, std::string>;

Question question_of(const KernelInfo& info) {
  return {info.precision, info.level, info.name == "mul_add" ? "fma" : info.name};
}

bool is_wider(const KernelEntry& a, const KernelEntry& b) {
  return static_cast<int>(a.info.isa) > static_cast<int>(b.info.isa);
}

template <class Wanted>
std::optional<KernelEntry> widest(const std::vector<KernelEntry>& kernels, Wanted wanted) {
  std::optional<KernelEntry> found;
  for (const KernelEntry& entry : kernels) {
    if (entry.info.is_roof && wanted(entry.info) && (!found || is_wider(entry, *found))) {
      found = entry;
    }
  }
  return found;
}

bool is_fp32_fma(const KernelInfo& info) {
  return info.kind == RoofKind::kCompute && info.precision == Precision::kFp32 &&
         (info.name == "fma" || info.name == "mul_add");
}

bool is_dram_read(const KernelInfo& info) {
  return info.kind == RoofKind::kBandwidth && info.level == MemoryLevel::kDram &&
         info.name == "read";
}

bool is_cache(MemoryLevel level) {
  return level == MemoryLevel::kL1 || level == MemoryLevel::kL2 || level == MemoryLevel::kL3;
}

bool in_scope(const RoofStep& step, const KernelInfo& info) {
  if (info.kind != step.kind) return false;
  if (step.scope != RoofScope::kScale) return true;
  return info.is_roof && (is_fp32_fma(info) || is_dram_read(info));
}

Nanoseconds turn_of(const KernelEntry& entry) {
  return entry.info.threads > 1 ? kPoolTurn : kCampaignTurn;
}

/// What a dot is held against, among the roofs of the step: its arithmetic, or reading.
const KernelEntry* reference_of(const KernelEntry& dot, const std::vector<KernelEntry>& roofs) {
  const KernelEntry* found = nullptr;
  for (const KernelEntry& roof : roofs) {
    const bool fits =
        dot.info.kind == RoofKind::kBandwidth
            ? is_dram_read(roof.info)
            : roof.info.precision == dot.info.precision && roof.info.name != "fma_add";
    if (fits && (found == nullptr || is_wider(roof, *found))) found = &roof;
  }
  return found;
}

/// Appends groups of the roofs and then the dots, none of whose rounds is too long.
void append_in_turn(const std::vector<KernelEntry>& roofs,
                    const std::vector<KernelEntry>& dots,
                    bool cached,
                    std::vector<KernelGroup>& groups) {
  KernelGroup group{{}, cached};
  Nanoseconds round{0};
  const auto close = [&] {
    if (!group.kernels.empty()) groups.push_back(std::move(group));
    group = {{}, cached};
    round = Nanoseconds(0);
  };
  const auto take = [&](const KernelEntry& entry) {
    group.kernels.push_back(entry);
    round += turn_of(entry);
  };
  std::set<const KernelEntry*> references;  // In the open group.
  for (const KernelEntry& roof : roofs) {
    if (!group.kernels.empty() && round + turn_of(roof) > kMostOfARound) close();
    take(roof);
  }
  const bool all_roofs_here = group.kernels.size() == roofs.size();
  if (!all_roofs_here && !dots.empty()) close();
  if (all_roofs_here) {
    for (const KernelEntry& roof : roofs) references.insert(&roof);
  }
  for (const KernelEntry& dot : dots) {
    if (!group.kernels.empty() && round + turn_of(dot) > kMostOfARound) {
      close();
      references.clear();
    }
    const KernelEntry* reference = reference_of(dot, roofs);
    if (reference != nullptr && references.insert(reference).second) take(*reference);
    take(dot);
  }
  close();
}

/// The widest of each question together, then the others, one vector an instruction set.
std::vector<std::vector<KernelEntry>> by_width(const std::vector<KernelEntry>& roofs,
                                               bool narrower_isas) {
  std::map<Question, Isa> widest_isa;
  for (const KernelEntry& entry : roofs) {
    Isa& isa = widest_isa.try_emplace(question_of(entry.info), entry.info.isa).first->second;
    isa = std::max(isa, entry.info.isa);
  }
  std::vector<std::vector<KernelEntry>> widths(1);
  std::map<Isa, std::vector<KernelEntry>, std::greater<>> narrower;
  for (const KernelEntry& entry : roofs) {
    if (entry.info.isa == widest_isa.at(question_of(entry.info))) {
      widths.front().push_back(entry);
    } else if (narrower_isas) {
      narrower[entry.info.isa].push_back(entry);
    }
  }
  for (auto& [isa, entries] : narrower) widths.push_back(std::move(entries));
  return widths;
}

}  // namespace

std::vector<KernelGroup> campaign_groups(const RoofStep& step,
                                         const std::vector<KernelEntry>& kernels) {
  std::vector<KernelEntry> roofs;
  std::vector<KernelEntry> dots;
  for (const KernelEntry& entry : kernels) {
    if (!in_scope(step, entry.info)) continue;
    (entry.info.is_roof ? roofs : dots).push_back(entry);
  }
  std::vector<KernelGroup> groups;
  const std::vector<std::vector<KernelEntry>> widths = by_width(roofs, step.narrower_isas);
  for (std::size_t i = 0; i < widths.size(); ++i) {
    std::map<MemoryLevel, std::vector<KernelEntry>> levels;
    for (const KernelEntry& entry : widths[i]) levels[entry.info.level].push_back(entry);
    // The dots go with the last level, DRAM, or with compute's only one.
    const MemoryLevel with_dots = levels.empty() ? MemoryLevel::kNone : levels.rbegin()->first;
    levels.try_emplace(with_dots);
    for (const auto& [level, entries] : levels) {
      const bool takes_dots = i == 0 && level == with_dots;
      append_in_turn(entries,
                     takes_dots ? dots : std::vector<KernelEntry>{},
                     is_cache(level) && !(takes_dots && !dots.empty()),
                     groups);
    }
  }
  return groups;
}

Bytes group_memory(const std::vector<KernelEntry>& kernels, std::size_t threads) {
  Bytes bytes{0};
  std::map<std::string, Bytes> shared;
  for (const KernelEntry& entry : kernels) {
    const std::uint64_t instances = entry.info.threads > 1 ? 1 : threads;
    const Bytes all = instances * entry.working_set;
    if (entry.shares_memory.empty()) {
      bytes = bytes + all;
    } else {
      shared[entry.shares_memory] = std::max(shared[entry.shares_memory], all);
    }
  }
  for (const auto& [word, size] : shared) bytes = bytes + size;
  return bytes;
}

std::optional<KernelEntry> widest_fp32_fma(const std::vector<KernelEntry>& kernels) {
  return widest(kernels, is_fp32_fma);
}

std::optional<KernelEntry> widest_dram_read(const std::vector<KernelEntry>& kernels) {
  return widest(kernels, is_dram_read);
}

}  // namespace perfbench
