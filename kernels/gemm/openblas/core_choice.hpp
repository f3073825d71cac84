#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/result/roofline.hpp"
#include "kernels/gemm/openblas/gemm_cell.hpp"

namespace perfbench {

/// What was found for one operation and shape class.
struct CoreChoice {
  GemmCell cell;
  LibraryTrial chosen;  ///< What this CPU can: verified.
  /// What a program in this environment gets; verified or not. Absent where it was not tried.
  std::optional<LibraryTrial> ambient;
  /// Rate of the ambient trial over that of the chosen one, at one shape; 0 where it failed or is
  /// not known.
  double ambient_over_chosen = 0.0;
};

/// The choices that a list of trials holds, in the order of gemm_cells(); cells without a chosen
/// trial are left out.
[[nodiscard]] std::vector<CoreChoice> core_choices(std::span<const LibraryTrial> trials);

/// The core types that one process loads, each in a copy of the library of its own, and which of
/// them serves a cell.
struct InstancePlan {
  struct Instance {
    std::string setting;    ///< OPENBLAS_CORETYPE; empty: the library's own choice.
    std::string core_name;  ///< What the library must then say it runs.
  };
  struct Service {
    GemmCell cell;
    std::size_t instance = 0;  ///< Index into instances.
    double rate_flop_per_s = 0.0;
    double share_of_chosen = 1.0;  ///< 1 where the instance is the chosen one.
  };
  std::vector<Instance> instances;  ///< The first is the chosen one of the most important cell.
  std::vector<Service> services;    ///< Only cells in which one of the instances answers right.
};

/// A choice must be this much faster than what is loaded already to be worth a copy of the library.
inline constexpr double kWorthACopy = 1.02;

/// Copies of the library cost memory and start time, so one is added only for a choice that is
/// `worth` times faster in its cell than what is loaded already, the worst served cell first, and
/// no more than `most`. A smaller `most` gives the beginning of the same instances.
[[nodiscard]] InstancePlan plan_instances(std::span<const LibraryTrial> trials,
                                          std::size_t most,
                                          double worth = kWorthACopy);

}  // namespace perfbench
