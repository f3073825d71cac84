#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// How a step changes an accumulator x, given the constants of peak_reference.hpp. Steps of an
/// iteration take turns: forth and back. All forms keep x bounded and far from denormal, and tell
/// from x how many iterations there were.
enum class PeakStep {
  kFusedTimesX,     ///< x <- m x + c, then x <- m x - c, rounded once (x86 FMA, Arm scalar)
  kSeparateTimesX,  ///< The same with a product that is rounded before the sum.
  kFusedPlusX,      ///< x <- x + m c, then x <- x - m d, rounded once (NEON has no other form)
  kFusedAndAdd,     ///< kFusedTimesX, and on the adders x <- x + c, then x <- x - m
  kDot,             ///< x <- x + a . b, then x <- x + a . d: each lane a dot product of its own
  kMatrix,          ///< The same with 2 x 2 accumulators of 2 x n and n x 2 matrices (Arm MMLA)
  kTile,            ///< The same with a matrix in each accumulator (AMX)
};

/// A hand-written loop of one ISA and precision. What it works on is laid out by the caller: the
/// constants, then `accumulators` and behind them `adders` vectors of `lanes` elements, which run()
/// loads once, steps and stores back.
struct PeakLoop {
  using Run = void (*)(void* state, const void* constants, std::uint64_t iterations) noexcept;

  Isa isa = Isa::kScalar;       ///< Width of the registers.
  Isa state_of = Isa::kScalar;  ///< ISA that must be usable: AVX-512 has forms on 256 bits.
  Precision precision = Precision::kNone;
  PeakStep step = PeakStep::kFusedTimesX;
  std::string_view instruction;  ///< Of the first step: "vfmadd213ps".
  std::string_view flag;  ///< That the identity must have beside the ISA, as /proc/cpuinfo spells.
  std::uint32_t accumulators = 0;
  std::uint32_t steps = 2;        ///< Of each accumulator in one iteration.
  std::uint32_t adders = 0;       ///< Accumulators that are added to, and nothing else.
  std::uint32_t adder_steps = 2;  ///< Of each adder in one iteration.
  std::uint32_t lanes = 0;        ///< Elements of one accumulator.
  std::uint32_t products = 1;     ///< Multiply-adds a step does on each element.
  /// `state` is aligned to 64 bytes; iterations is at least 1.
  Run run = nullptr;
  /// Asks the kernel for the registers where it grants them by request alone; false: it refuses.
  bool (*request_state)() noexcept = nullptr;
};

/// Bytes of one element of an accumulator: dot products of narrow numbers add up in 32 bits.
[[nodiscard]] constexpr std::uint32_t element_bytes(const PeakLoop& loop) noexcept {
  if (loop.precision == Precision::kFp64) return 8;
  return loop.precision == Precision::kFp16 ? 2 : 4;
}

/// Elements of all accumulators and adders.
[[nodiscard]] constexpr std::size_t element_count(const PeakLoop& loop) noexcept {
  return std::size_t{loop.accumulators + loop.adders} * loop.lanes;
}

/// KernelInfo::name: "fma", "mul_add", "fma_add", "dot" or "mmla".
[[nodiscard]] std::string_view kernel_name(PeakStep step) noexcept;

/// The loops of this build's architecture, narrowest first; empty where there are none. Of two with
/// the same ISA, precision and kernel the first that the CPU can run is the better.
[[nodiscard]] std::span<const PeakLoop> peak_loops() noexcept;

}  // namespace perfbench
