#pragma once

#include <span>
#include <vector>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// The layers among the dots (kernel "linear ..", several implementations of one shape) as trials:
/// operation "linear m=4 n=4096 k=4096 on 1c", class "vector" for m = 1 and "skinny" beyond, and of
/// each operation the fastest chosen, which is what a workload of that shape would use. A dot was
/// verified before it was timed. Operations of one implementation alone leave no choice and are
/// left out. Pure.
[[nodiscard]] std::vector<LibraryTrial> layer_trials(std::span<const Dot> dots);

}  // namespace perfbench
