#pragma once

#include <span>
#include <vector>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// Where the read roof of each level meets the compute roof of each precision, for every team and
/// epoch that has both: flop per byte above which a kernel whose data come from there is bound by
/// arithmetic. DRAM first, then L3, L2, L1. Roofs above their limit form none. Pure.
[[nodiscard]] std::vector<RidgePoint> ridge_points(std::span<const Roof> roofs);

}  // namespace perfbench
