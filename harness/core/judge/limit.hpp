#pragma once

#include <optional>
#include <string>

#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// A measured rate beside the documented limit of the core.
struct LimitQuestion {
  std::optional<double> per_core_cycle;  ///< Measured; absent without a clock.
  Reading<double> limit_per_core_cycle;  ///< Its source names the row.
  bool limit_may_refuse = false;
  double clock_uncertainty = 0.01;  ///< Relative, u.
};

/// With r = measured / limit:
/// - r <= 1 + u: VALID; above 1 with the note "within clock uncertainty".
/// - r > 1 + u: INVALID when the limit may refuse, since the row or the clock is wrong; otherwise
/// VALID with a warning.
/// - no limit known: VALID with the note "limit-unknown". The rate itself needs no limit to be
/// true.
/// - a limit but no clock: INCONCLUSIVE, because the check that could refuse the figure cannot be
/// made.
[[nodiscard]] Verdict judge_limit(const LimitQuestion& question);
[[nodiscard]] Verdict judge_limit(const Roof& roof);

/// Measured over limit as it may be printed: absent without a clock or a limit, and where the
/// figure is above the limit by more than the clock's uncertainty, since then one of the two is
/// wrong.
[[nodiscard]] std::optional<double> fraction_of_limit(const LimitQuestion& question);
[[nodiscard]] std::optional<double> fraction_of_limit(const Roof& roof);

/// A rate per physical core and clock cycle. `cores` counts physical cores, since SMT threads share
/// a limit. Absent without a clock.
[[nodiscard]] std::optional<double> per_core_cycle(double rate_per_s,
                                                   int cores,
                                                   const ClockReading& clock);

}  // namespace perfbench
