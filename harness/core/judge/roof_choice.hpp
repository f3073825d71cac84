#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// The physical-limit guard: a figure above a documented limit that may refuse stays in the report
/// under its verdict INVALID, and is no roof to hold anything against.
[[nodiscard]] bool may_bind(const Roof& roof) noexcept;

/// Roofs hold for a team in one placement epoch.
struct TeamEpoch {
  std::string team;  ///< team_id()
  int epoch = 0;
};
[[nodiscard]] TeamEpoch team_epoch(const Roof& roof);
[[nodiscard]] TeamEpoch team_epoch(const Dot& dot);

/// The roof that matrix products of this precision are judged by: fused multiply-adds or dot
/// products, never the FMA+ADD mix, which no product can reach. The widest instruction set, unless
/// a narrower one is faster by more than two bests differ by (a clock that wide vectors lower).
[[nodiscard]] const Roof* compute_roof(std::span<const Roof> roofs,
                                       Precision precision,
                                       const TeamEpoch& where);
/// "read" of the level, chosen likewise. Null for kNone.
[[nodiscard]] const Roof* read_roof(std::span<const Roof> roofs,
                                    MemoryLevel level,
                                    const TeamEpoch& where);

/// The level that data of this size come from when a kernel rotates through them: the nearest cache
/// that holds them all, of those that the sweep found (what is only told may be fiction). L1 and L2
/// are each thread's own, L3 is shared. kDram for an unknown size (0) and where no level was found.
[[nodiscard]] MemoryLevel data_level(Bytes working_set,
                                     int threads,
                                     std::span<const CacheLevel> levels);

/// The two roofs over a dot: compute of its precision and read of the level that its data come
/// from. Data less than kTimesBeyondCache the last cache, found or only told, may stay there in
/// part, so a dot that is faster than DRAM allows is held against that cache where it was measured
/// or private caches hold them all; else DRAM, and judge_dot() knows. Null where none was measured
/// for its team and epoch.
struct RoofsOver {
  const Roof* compute = nullptr;
  const Roof* memory = nullptr;
  MemoryLevel level = MemoryLevel::kNone;  ///< Of `memory`, or where it should have been.
};
[[nodiscard]] RoofsOver roofs_over(const Dot& dot,
                                   std::span<const Roof> roofs,
                                   std::span<const CacheLevel> levels);

/// The roof of the two that allows less at the dot's intensity; null when there is none.
[[nodiscard]] const Roof* binding_roof(const Dot& dot,
                                       std::span<const Roof> roofs,
                                       std::span<const CacheLevel> levels);

}  // namespace perfbench
