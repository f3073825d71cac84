#pragma once

#include <span>
#include <vector>

#include "harness/core/plan/level_size.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// The cache levels as a latency sweep shows them. Always L1, L2 and L3, in this order: `told` is
/// the largest size of that level in `told` or the reason why there is none; `found` the largest
/// working set that still behaves like the level, or the reason why the level cannot be told from
/// its neighbours; `working_set` where roofs of the level are measured, 0 without `found`: three
/// quarters of L1; at least 3 x L1 and at most 3/4 of L2; at least 3 x L2 and at most half of L3,
/// so that co-tenants who take a part of a shared cache are not measured along. The told sizes
/// never decide. `sweep` in any order; points without a positive latency are left out. Pure.
[[nodiscard]] std::vector<CacheLevel> find_cache_levels(std::span<const SweepPoint> sweep,
                                                        std::span<const CacheShape> told);

/// Working sets of one thread of a team, for the levels that were found: a level that by `told` is
/// shared by several CPUs is divided among the team's threads that can meet in one (L3 where
/// nothing is told too, L1 never).
[[nodiscard]] std::vector<LevelSize> level_sizes(std::span<const CacheLevel> levels,
                                                 std::span<const CacheShape> told,
                                                 int team_threads);

}  // namespace perfbench
