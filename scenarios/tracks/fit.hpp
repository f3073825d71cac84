#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// One size of a workload's ladder, as the fitting sees it.
struct FitRung {
  std::string name;
  Flops flops{0};  ///< Of one sample.
  Bytes bytes{0};  ///< Of one sample; tells where flops are 0.
};

/// A rung that was measured: the median of a sample alone.
struct FitTime {
  std::string rung;
  Nanoseconds service{0};
};

/// A rung and the sentence that says why.
struct FitChoice {
  std::string rung;            ///< Empty: nothing could be measured.
  Nanoseconds service{0};      ///< As it was measured.
  bool reached = true;         ///< False: even the smallest rung takes longer than the target.
  std::string sentence;        ///< The rule with its figures.
  std::vector<FitTime> times;  ///< In order of trial.
};

/// The fitting rule, of what was measured: the rung with the longest service time within the
/// target; where none is, the one with the shortest. Pure.
[[nodiscard]] FitChoice choose_fit(std::span<const FitTime> measured, Nanoseconds target);

/// Measures a rung: the median service time of a sample alone, 0 when it could not be.
using RungTimer = std::function<Nanoseconds(std::string_view rung)>;

/// Fits `ladder`, ascending in work, at least one rung, to the target by at most kFitTrials
/// measurements: each at the largest rung whose work promises to be within the target, by the rate
/// of the last one, until that rung is within it and the next one is, or promises to be, above it.
/// What could not be measured ends the fitting.
[[nodiscard]] FitChoice fit_rung(std::span<const FitRung> ladder,
                                 Nanoseconds target,
                                 const RungTimer& time_rung);

inline constexpr int kFitTrials = 5;

}  // namespace perfbench
