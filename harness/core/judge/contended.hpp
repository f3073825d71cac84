#pragma once

#include <optional>
#include <vector>

#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// A typical window this far below the best one shared the machine with something.
inline constexpr double kContendedMedianOverBest = 0.9;
/// The FMA sentinel between the windows, over its own best: below, the core itself was slowed. A
/// single step of the clock is no contention: after streaming from memory a server core was seen to
/// move between 3.59 and 3.79 GHz (0.947), while a shared core shows half or less.
inline constexpr double kContendedSentinel = 0.9;

struct Contention {
  bool contended = false;
  std::vector<Reason> reasons;
};

/// `sentinel_ratio`: median of the sentinel's rates during the measurement over their best; absent
/// where none ran. A summary without windows (best 0) is not contended. `disturbance` is that of
/// the series: a process that halves every window alike leaves their median near their best, so
/// what else ran, steal, share and quota count too (by the definition of quiet; the gap test does
/// not, it is the machine's floor, and a reading that is missing says nothing).
[[nodiscard]] Contention judge_contended(const WindowSummary& summary,
                                         RoofKind kind,
                                         std::optional<double> sentinel_ratio = std::nullopt,
                                         const Disturbance& disturbance = {});

}  // namespace perfbench
