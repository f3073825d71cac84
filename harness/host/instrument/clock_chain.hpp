#pragma once

#include <cstdint>
#include <functional>

#include "harness/core/result/roofline.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// Additions of one loop of the chain. Each waits for the one before, and takes one core cycle on
/// every core in reference tables of instruction latencies (register operands: newer Intel cores
/// fold an add-immediate at rename and would read up to 6 times too high).
inline constexpr std::uint64_t kAddsPerLoop = 100;

/// Runs `loops` x kAddsPerLoop dependent additions: inline assembly on x86-64 and arm64.
void run_add_chain(std::uint64_t loops) noexcept;

struct ClockChainOptions {
  int pairs = 101;  ///< Of windows n and 2n.
  Nanoseconds window{
      50'000};  ///< Of n; 50 to 100 us is short beside a timer tick's period of 1 to 4 ms.
  /// A window whose wall time exceeds its thread CPU time by more than this was preempted: dropped
  /// and counted.
  double preemption_tolerance = 0.01;
  std::function<void(std::uint64_t)> chain = run_add_chain;
};

/// A few milliseconds, for use around windows.
[[nodiscard]] ClockChainOptions quick_clock_chain();

struct ClockChainResult {
  ClockReading reading;  ///< Median; the uncertainty is the quartile distance over the median, at
                         ///< least 0.2 %.
  double quartile_low_hz = 0.0;
  double quartile_high_hz = 0.0;
  int pairs = 0;  ///< Kept.
  int dropped =
      0;  ///< Pairs with a preempted window, or whose longer window was not the longer one.
};

/// The actual core clock of the CPU that the calling thread runs on (pin it first): additions over
/// time(2n) - time(n), so that what a window costs besides the chain cancels. The chain sees
/// frequency, not stolen throughput: an SMT sibling or a stolen time slice leaves it unchanged;
/// keep a ThroughputSentinel beside it.
[[nodiscard]] ClockChainResult measure_clock_chain(Clock& clock,
                                                   const ClockChainOptions& options = {});

}  // namespace perfbench
