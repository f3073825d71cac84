#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

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

/// The ping-pong alone, between two threads that are there already and pinned to different CPUs:
/// one calls answer() and the other time(), once each, in any order. Serves once.
class PingPong {
 public:
  /// Returns when the other side has ended.
  void answer() noexcept;
  /// One way of each batch, in order. cpu_a and cpu_b of the options do not matter.
  [[nodiscard]] std::vector<Nanoseconds> time(Clock& clock, const CoreToCoreOptions& options);

 private:
  void play(int round_trips) noexcept;

  /// 128 bytes, since Intel's neighbour prefetch and Apple's lines work on pairs of 64.
  alignas(128) std::atomic<std::uint64_t> line_{0};
  alignas(128) std::uint64_t turn_ = 0;
};

/// Half a round trip of a cache line between two pinned threads: tags where the host has placed us.
/// A hypervisor's cache topology is fiction (two vCPUs "sharing" an L3 may sit on two sockets);
/// this latency is not. Unavailable when a thread cannot be pinned or the two CPUs are one.
[[nodiscard]] Reading<CoreToCoreLatency> measure_core_to_core(Clock& clock,
                                                              const CoreToCoreOptions& options);

}  // namespace perfbench
