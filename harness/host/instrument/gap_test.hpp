#pragma once

#include <span>
#include <vector>

#include "harness/core/progress.hpp"
#include "harness/core/result/disturbance.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/clock/clock_cost.hpp"

namespace perfbench {

struct GapTestOptions {
  Nanoseconds duration{1'000'000'000};
  Nanoseconds threshold{200};  ///< See gap_threshold().
  Nanoseconds read_cost{
      0};  ///< Taken off each gap, so that a gap is the time that was lost; ClockCost::cost_p50.
};

/// 200 ns, or five clock reads where the clock is slow (under emulation, with a clock source other
/// than the TSC).
[[nodiscard]] Nanoseconds gap_threshold(const ClockCost& cost) noexcept;

/// Spins reading the clock on the calling thread and calls every pause above the threshold a gap
/// (sysjitter's method). `cpu` is only written into the result. Stops early, with what it has, when
/// `interruption` is requested.
[[nodiscard]] NoiseFloor watch_gaps(Clock& clock,
                                    int cpu,
                                    const GapTestOptions& options,
                                    const Interruption* interruption = nullptr);

/// All given CPUs at once, one pinned thread each. A CPU whose thread cannot be pinned is
/// unavailable.
[[nodiscard]] std::vector<Reading<NoiseFloor>> gap_test(Clock& clock,
                                                        std::span<const int> cpus,
                                                        const GapTestOptions& options,
                                                        const Interruption* interruption = nullptr);

}  // namespace perfbench
