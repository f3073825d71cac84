#include "harness/core/judge/roof_choice.hpp"

#include <algorithm>

#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/plan/beyond_cache.hpp"

namespace perfbench {
namespace {

bool stands_at(const Roof& roof, const TeamEpoch& where) {
  return roof.epoch == where.epoch && team_id(roof.team, roof.threads) == where.team;
}

/// Of two roofs that answer the same question.
const Roof* better(const Roof* a, const Roof& b) {
  if (a == nullptr) return &b;
  const bool b_wider = static_cast<int>(b.isa) > static_cast<int>(a->isa);
  const Roof& wide = b_wider ? b : *a;
  const Roof& narrow = b_wider ? *a : b;
  return narrow.rate.best > wide.rate.best * (1.0 + kRoofTolerance) ? &narrow : &wide;
}

template <class Wanted>
const Roof* best_of(std::span<const Roof> roofs, const TeamEpoch& where, Wanted wanted) {
  const Roof* found = nullptr;
  for (const Roof& roof : roofs) {
    if (may_bind(roof) && stands_at(roof, where) && wanted(roof)) found = better(found, roof);
  }
  return found;
}

std::optional<Bytes> size_of(const CacheLevel& level) {
  if (level.found.available()) return level.found.value();
  if (level.told.available()) return level.told.value();
  return std::nullopt;
}

/// Of all caches of the level that a team's threads use; the last level may be shared by all.
Bytes size_for(const CacheLevel& level, Bytes one, int threads) {
  const bool shared = level.level == MemoryLevel::kL3;
  return shared ? one : static_cast<std::uint64_t>(std::max(1, threads)) * one;
}

/// The farthest level with a size, and that size.
std::optional<std::pair<MemoryLevel, Bytes>> last_cache(std::span<const CacheLevel> levels,
                                                        int threads) {
  std::optional<std::pair<MemoryLevel, Bytes>> last;
  for (const CacheLevel& level : levels) {
    const std::optional<Bytes> size = size_of(level);
    if (size && (!last || level.level > last->first)) {
      last = {level.level, size_for(level, *size, threads)};
    }
  }
  return last;
}

/// What fits into the team's own caches comes from no memory, whatever the last level is said to
/// be.
Bytes private_caches(std::span<const CacheLevel> levels, int threads) {
  Bytes largest{0};
  for (const CacheLevel& level : levels) {
    const std::optional<Bytes> size = size_of(level);
    if (!size || level.level >= MemoryLevel::kL3) continue;
    largest = std::max(largest, size_for(level, *size, threads));
  }
  return largest;
}

bool above(const Dot& dot, const Roof* roof) {
  return roof_fraction(dot, roof).value_or(0.0) > 1.0 + kRoofTolerance;
}

}  // namespace

bool may_bind(const Roof& roof) noexcept {
  return roof.verdict.validity != Validity::kInvalid && roof.rate.best > 0.0;
}

TeamEpoch team_epoch(const Roof& roof) { return {team_id(roof.team, roof.threads), roof.epoch}; }

TeamEpoch team_epoch(const Dot& dot) { return {team_id(dot.team, dot.threads), dot.epoch}; }

const Roof* compute_roof(std::span<const Roof> roofs, Precision precision, const TeamEpoch& where) {
  return best_of(roofs, where, [precision](const Roof& roof) {
    return roof.kind == RoofKind::kCompute && roof.precision == precision &&
           roof.kernel != "fma_add";
  });
}

const Roof* read_roof(std::span<const Roof> roofs, MemoryLevel level, const TeamEpoch& where) {
  return best_of(roofs, where, [level](const Roof& roof) {
    return roof.kind == RoofKind::kBandwidth && roof.level == level &&
           level != MemoryLevel::kNone && roof.kernel == "read";
  });
}

MemoryLevel data_level(Bytes working_set, int threads, std::span<const CacheLevel> levels) {
  if (working_set.count() == 0) return MemoryLevel::kDram;
  MemoryLevel nearest = MemoryLevel::kDram;
  for (const CacheLevel& level : levels) {
    // What is only told may be fiction, and has no roof of its own to be held against.
    if (!level.found.available()) continue;
    if (working_set <= size_for(level, level.found.value(), threads) && level.level < nearest) {
      nearest = level.level;
    }
  }
  return nearest;
}

RoofsOver roofs_over(const Dot& dot,
                     std::span<const Roof> roofs,
                     std::span<const CacheLevel> levels) {
  const TeamEpoch where = team_epoch(dot);
  RoofsOver over;
  over.compute = compute_roof(roofs, dot.precision, where);
  over.level = data_level(dot.working_set, dot.threads, levels);
  over.memory = read_roof(roofs, over.level, where);
  if (over.level != MemoryLevel::kDram || dot.working_set.count() == 0) return over;
  const auto last = last_cache(levels, dot.threads);
  if (!last || !above(dot, over.memory) || dot.working_set >= kTimesBeyondCache * last->second) {
    return over;
  }
  const Roof* of_cache = read_roof(roofs, last->first, where);
  if (of_cache == nullptr && dot.working_set > private_caches(levels, dot.threads)) return over;
  over.level = last->first;
  over.memory = of_cache;
  return over;
}

const Roof* binding_roof(const Dot& dot,
                         std::span<const Roof> roofs,
                         std::span<const CacheLevel> levels) {
  const RoofsOver over = roofs_over(dot, roofs, levels);
  if (over.compute == nullptr || over.memory == nullptr) {
    return over.compute != nullptr ? over.compute : over.memory;
  }
  const auto by_compute = attainable_flop_per_s(*over.compute, dot.intensity_flop_per_byte);
  const auto by_memory = attainable_flop_per_s(*over.memory, dot.intensity_flop_per_byte);
  return by_memory && (!by_compute || *by_memory < *by_compute) ? over.memory : over.compute;
}

}  // namespace perfbench
