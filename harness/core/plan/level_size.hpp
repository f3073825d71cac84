#pragma once

#include <vector>

#include "harness/core/result/roofline.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Working set of one thread for the kernels of a level, all arrays together.
struct LevelSize {
  MemoryLevel level = MemoryLevel::kNone;
  Bytes per_thread{0};
};

}  // namespace perfbench
