#pragma once

#include <string>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/plan/thread_choice.hpp"

namespace perfbench {

/// Threads that measure together: which CPUs they are pinned to and whose memory they touch.
struct Team {
  /// Part of a roof's id. "1c" one core, "4c" four physical cores with a thread each, "4c8t" all
  /// their SMT threads, "1c-p" / "1c-e" one core of a kind, "8c-e" all of a kind, "4c-n0" the cores
  /// of NUMA node 0, "4c-n0-m1" the same on node 1's memory.
  std::string id;
  std::string words;      ///< "one core", "2 cores", "node 0, memory of node 1"
  std::vector<int> cpus;  ///< One pinned thread each, in this order.
  int memory_node = -1;   ///< Node that the memory must come from; -1: first touch decides.
  [[nodiscard]] int threads() const noexcept { return static_cast<int>(cpus.size()); }
};

/// How far the placements are measured.
enum class TeamScope {
  kOneAndAll,  ///< One core, and all of the chosen CPUs.
  kScale,      ///< Besides: 2, 4, 8 .. cores, SMT threads, each kind of core, each NUMA node with
               ///< local and remote memory.
};

/// Teams in the order of importance: one core, all chosen CPUs, then the scope's others. Each
/// stands once: where two would have the same CPUs and memory the first is kept. Pure.
[[nodiscard]] std::vector<Team> choose_teams(const MachineShape& shape,
                                             const ThreadChoice& threads,
                                             TeamScope scope);

}  // namespace perfbench
