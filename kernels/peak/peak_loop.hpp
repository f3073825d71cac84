#pragma once

#include <cstdint>
#include <span>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// How one step changes an accumulator x, given the constants m and c. `sign` is + in the first
/// step of an iteration and - in the second. Both forms stay near 1 in magnitude: the first tends
/// to +-c/(1+m), the second returns.
enum class PeakStep {
  kFusedTimesX,     ///< x <- m x + sign c, rounded once (x86 FMA, Arm scalar)
  kSeparateTimesX,  ///< x <- m x, then x <- x + sign c, each rounded
  kFusedPlusX,      ///< x <- x + sign (m c), rounded once (NEON has no other form)
};

/// A hand-written loop of one ISA and precision. What it works on is laid out by the caller: the
/// constants m and c, then `accumulators` vectors of `lanes` elements, which run() loads once,
/// steps 2 x iterations times and stores back.
struct PeakLoop {
  Isa isa = Isa::kScalar;
  Precision precision = Precision::kNone;
  PeakStep step = PeakStep::kFusedTimesX;
  std::uint32_t accumulators = 0;
  std::uint32_t lanes = 0;  ///< Elements of one accumulator.
  /// `state` is aligned to 64 bytes; iterations is at least 1.
  void (*run)(void* state, const void* constants, std::uint64_t iterations) noexcept = nullptr;
};

/// Steps of every accumulator in one iteration of PeakLoop::run.
inline constexpr std::uint32_t kPeakStepsPerIteration = 2;

/// The loops of this build's architecture, narrowest first; empty where there are none.
[[nodiscard]] std::span<const PeakLoop> peak_loops() noexcept;

}  // namespace perfbench
