#pragma once

#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

struct CoreToCoreOptions {
  int cpu_a = 0;
  int cpu_b = 1;
  int batches = 200;  ///< Timed one by one; best and median are over these.
  int round_trips_per_batch = 100;
  Nanoseconds time_limit{
      500'000'000};  ///< Gives up on more batches; a preempted peer must not hold the run.
};

struct CoreToCoreLatency {
  CoreToCore best;        ///< Best batch.
  Nanoseconds median{0};  ///< One way, of the median batch.
  int batches = 0;
};

/// Half a round trip of a cache line between two pinned threads: tags where the host has placed us.
/// A hypervisor's cache topology is fiction (two vCPUs "sharing" an L3 may sit on two sockets);
/// this latency is not. Unavailable when a thread cannot be pinned or the two CPUs are one.
[[nodiscard]] Reading<CoreToCoreLatency> measure_core_to_core(Clock& clock,
                                                              const CoreToCoreOptions& options);

}  // namespace perfbench
