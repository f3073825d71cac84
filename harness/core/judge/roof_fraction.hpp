#pragma once

#include <optional>
#include <string>

#include "harness/core/result/roofline.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// Roof and kernel are bests of many windows measured in turn; two such bests of one machine differ
/// by less than this.
inline constexpr double kRoofTolerance = 0.02;

/// A kernel's rate over the roof that binds it.
struct RoofQuestion {
  std::optional<double> fraction;  ///< Best over best; absent when that roof was not measured.
  std::string roof;                ///< roof_id() of the roof.
  bool roof_is_lower_bound = false;
  std::string lower_bound_reason;
  bool contended = false;  ///< Roof or kernel.
  /// The kernel rotates through less data than the memory roof does, so caches may hold a part of
  /// them.
  bool partly_cached = false;
};

/// A kernel above its roof by more than the tolerance is INVALID: a bug in one of the two. Not so
/// where the roof is a lower bound, since the library can use an instruction set that no roof
/// kernel of ours has, nor where caches may hold a part of its data: VALID, and said so. Without a
/// roof INCONCLUSIVE.
[[nodiscard]] Verdict judge_roof_fraction(const RoofQuestion& question);

/// The rate a roof allows a kernel of this intensity, in flop/s: a compute roof's best, or
/// intensity times a bandwidth roof's best. Absent for a latency roof and for a bandwidth roof
/// under an intensity that is not positive.
[[nodiscard]] std::optional<double> attainable_flop_per_s(const Roof& roof,
                                                          double intensity_flop_per_byte);

/// The dot against `roof` (nullptr: not measured), recomputed from the best rates.
[[nodiscard]] std::optional<double> roof_fraction(const Dot& dot, const Roof* roof);
[[nodiscard]] Verdict judge_dot(const Dot& dot, const Roof* roof);

}  // namespace perfbench
