#pragma once

#include "harness/core/workload.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// A server that stops on purpose.
struct StallScript {
  Nanoseconds every{2'000'000'000};
  Nanoseconds length{20'000'000};
};

/// The workload, whose first execution after each whole `every` since load() takes `length` longer,
/// busy. A driver that counts from the scheduled arrival shows in full what that does to those who
/// wait. The clock outlives what the entry makes.
[[nodiscard]] WorkloadEntry with_stalls(WorkloadEntry entry, StallScript script, Clock& clock);

}  // namespace perfbench
