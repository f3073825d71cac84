#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/core/result/verdict.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// What else the machine did while something was measured. Fractions are of the wall time of the
/// window; of the measured CPUs and their SMT siblings only where a CPU is meant.
struct Disturbance {
  Nanoseconds wall{0};
  Reading<double>
      foreign_cpu_cores;  ///< CPU time of others on the measured CPUs, in cores (busy minus own).
  /// The same on the one measured CPU that had most of it, as a fraction of its time: what quiet is
  /// judged by, since the sum grows with the number of CPUs.
  Reading<double> foreign_worst_cpu = Reading<double>::unavailable("not told by CPU");
  Reading<double>
      steal_fraction;     ///< /proc/stat steal of the measured CPU that lost most, of its time.
  Reading<double> share;  ///< CPU time over wall time of the measured thread, the worst thread.
  Reading<double>
      gap_loss_fraction;  ///< Gap test: time lost in gaps over time watched, the worst CPU.
  Reading<std::int64_t>
      quota_throttled;  ///< Periods in which a cgroup quota stopped us, over the whole path.
  Reading<std::int64_t> voluntary_switches;
  Reading<std::int64_t> involuntary_switches;
  Reading<std::int64_t> minor_faults;
  Reading<std::int64_t> major_faults;
};

/// Gaps in the time line of a spinning thread (sysjitter's method): the machine's own noise floor.
struct NoiseFloor {
  Nanoseconds watched{0};
  int cpu = -1;
  double loss_fraction = 0.0;  ///< Sum of gaps over time watched.
  double gaps_per_second = 0.0;
  Nanoseconds threshold{0};  ///< A pause longer than this is a gap.
  Nanoseconds gap_p50{0};
  Nanoseconds gap_p99{0};
  Nanoseconds gap_max{0};
  std::uint64_t gaps = 0;
};

/// Quiet has one definition (harness/core/judge/quiet.hpp); a needed reading that is missing makes
/// it disturbed, and a reason says which.
enum class Quietness { kQuiet, kDisturbed };

struct QuietVerdict {
  Quietness quietness = Quietness::kDisturbed;
  std::vector<Reason> reasons;
};

}  // namespace perfbench
