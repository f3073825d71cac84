#pragma once

#include <span>
#include <vector>

#include "harness/core/plan/level_size.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// The cache levels as a latency sweep shows them: always L1, L2 and L3, in this order. `told` is
/// the largest size of that level in `told`, or the reason why there is none. `found` is the
/// largest working set that still behaves like the level, or the reason why the level cannot be
/// told from what lies beyond. `working_set` is where roofs of the level are measured: three
/// quarters of L1; half of L2, but at least 3 x L1 and at most 3/4 of L2; between 3 x L2 and half
/// of L3, in the middle of their logarithms, so that neither hits of L2 nor co-tenants who take a
/// part of a shared cache are measured along. It is 0 without `found`, and where L3 is so little
/// larger than L2 that no set lies in it alone. What the machine tells never decides: a guest's
/// caches are often fiction. `sweep` in any order; points without a positive size and latency are
/// left out. Pure.
///
/// A larger working set cannot be faster, and noise only slows down, so each point is first lowered
/// to the fastest of those behind it: spikes vanish, a lasting rise stays. Levels are what lies
/// before a step: a stretch in which latency grows by more than half an octave (in logarithms to
/// the base e, 0.55 an octave of size), 1.7 times in all. A slow rise, such as co-tenants who evict
/// lines bring about, is no step. Where half of all points stood a quarter too high, the sweep says
/// nothing.
[[nodiscard]] std::vector<CacheLevel> find_cache_levels(std::span<const SweepPoint> sweep,
                                                        std::span<const CacheShape> told);

/// Working sets of one thread of a team, for the levels that have one. L2 and L3 are divided among
/// the team's threads that may meet in one, which `told` says (where it says nothing of L3, all of
/// them meet), and left out where a thread's part would be at home in the level before.
[[nodiscard]] std::vector<LevelSize> level_sizes(std::span<const CacheLevel> levels,
                                                 std::span<const CacheShape> told,
                                                 int team_threads);

}  // namespace perfbench
