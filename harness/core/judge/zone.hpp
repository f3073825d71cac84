#pragma once

#include <span>
#include <string>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// Within this factor of the ridge both roofs are near, and either may bind.
inline constexpr double kRidgeMargin = 1.25;
/// Below this part of what its roof allows, something else than the roof holds a kernel back.
inline constexpr double kFarFromRoof = 0.7;

/// What binds a dot, in two sentences with their figures: which roof, on which side of the ridge
/// its intensity lies, how much of the roof it gets; and what would lift it. Pure, of what the
/// report stores.
[[nodiscard]] std::string dot_zone(const Dot& dot,
                                   std::span<const Roof> roofs,
                                   std::span<const CacheLevel> levels);

}  // namespace perfbench
