#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/gemm/linear/linear.hpp"

namespace perfbench {

/// What one backend reached with one shape on this machine.
struct LinearTrial {
  const LinearBackend* backend = nullptr;  ///< Not owned.
  LinearShape shape;
  bool verified = false;         ///< The answer was right.
  std::string failure;           ///< Why it was not, or did not run; empty else.
  double rate_flop_per_s = 0.0;  ///< Best of windows; 0 when it did not run.
};

/// The backend for a layer: the fastest of the trials nearest to it among those that were verified
/// and whose backend supports the shape. Near is the same precision, then m by ratio (what
/// separates the backends is the reuse of the weights), then n k by ratio. Null when there is none.
[[nodiscard]] const LinearBackend* best_linear(std::span<const LinearTrial> trials,
                                               const LinearShape& shape);

/// The trials as the report holds them, operation "linear m=4", class "vector" for m = 1 and
/// "skinny" beyond; `chosen` is what best_linear() takes for that trial's own shape.
[[nodiscard]] std::vector<LibraryTrial> library_trials(std::span<const LinearTrial> trials);

}  // namespace perfbench
