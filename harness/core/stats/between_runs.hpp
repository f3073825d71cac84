#pragma once

#include <span>

#include "harness/core/result/scenario.hpp"

namespace perfbench {

/// A figure of independent fresh-process runs: the geometric mean and its two-sided 95 % interval
/// by Student's t on logarithms, n - 1 degrees of freedom. The run is the unit: queries of several
/// runs pooled tell two equal machines apart in 75 to 80 % of comparisons. One run has no interval.
/// Where a run's figure is 0 or below, no logarithm can be taken: the arithmetic mean, without an
/// interval. No runs: 0.
[[nodiscard]] BetweenRuns between_runs(std::span<const double> figures);

}  // namespace perfbench
