#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/host/affinity/memory_policy.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/measure/thread_team.hpp"

namespace perfbench {

/// Core-to-core latency between the team's CPUs at one moment, one way.
struct TeamLatency {
  Nanoseconds nearest{0};
  Nanoseconds farthest{0};
};

/// The threads that several groups of kernels are measured on, one group after the other: pinned,
/// bound to a node's memory where asked. What a group of DRAM kernels has touched stays until the
/// team ends, so kernels of one catalogue, which share their arrays by thread, pay the first touch
/// once. Belongs to one thread.
class MeasureTeam {
 public:
  /// `memory_node`: -1 leaves the placement of memory to the first touch. Throws ResourceError when
  /// a thread cannot be started; `clock` outlives the team.
  MeasureTeam(std::vector<int> cpus, int memory_node, Clock& clock);
  MeasureTeam(const MeasureTeam&) = delete;
  MeasureTeam& operator=(const MeasureTeam&) = delete;
  ~MeasureTeam();

  [[nodiscard]] ThreadTeam& threads() noexcept { return threads_; }
  /// Why the memory cannot come from the node that was asked for; empty when it does.
  [[nodiscard]] const std::string& memory_refusal() const noexcept { return memory_refusal_; }
  /// A quick ping-pong between the first CPU and up to three others, under a millisecond each,
  /// while the rest of the team sleeps. Unavailable for one CPU and for threads that are not
  /// pinned.
  [[nodiscard]] Reading<TeamLatency> core_to_core();
  /// Keeps the memory of kernels that have been measured.
  void keep(std::vector<std::unique_ptr<Kernel>> kernels);

 private:
  [[nodiscard]] Nanoseconds latency_to(int thread);

  Clock& clock_;
  ThreadTeam threads_;
  std::vector<std::unique_ptr<ScopedMemoryPolicy>> policies_;  ///< One a thread, owned by it.
  std::string memory_refusal_;
  std::vector<std::unique_ptr<Kernel>> kept_;
};

}  // namespace perfbench
