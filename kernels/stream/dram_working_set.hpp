#pragma once

#include <string>

#include "harness/core/plan/machine_shape.hpp"

namespace perfbench {

/// What a DRAM working set is sized for.
struct DramSizing {
  int team = 1;  ///< Threads that stream at the same time; each gets an equal part.
  /// Upper bound for the whole team, 0 for none but the memory's own.
  Bytes at_most{0};
};

/// How much memory a DRAM kernel streams through, and why so much.
struct DramWorkingSet {
  Bytes per_thread{0};  ///< A multiple of 2 MiB, arrays of one thread together.
  Bytes team{0};        ///< per_thread times the team.
  /// True when the whole is at least kTimesBeyondCache the last-level caches that the team can use,
  /// so that next to nothing of one pass is left in a cache when the next pass comes to it.
  bool beyond_caches = false;
  std::string
      note;  ///< One sentence for the report: the size with its reason, and what it falls short of.
};

/// Sizes the DRAM working set from the machine alone. The whole is kTimesBeyondCache the last-level
/// caches that the team can use: one cache for one thread; more where the machine has more of them
/// and the team has the threads; one for each thread of a guest, whose CPUs stand where the host
/// puts them. At most a quarter of the available memory and at most `sizing.at_most`; each thread
/// gets no less than 16 x its own level-2 cache, since below that a private cache would answer.
/// Where the machine does not tell its caches, each thread gets 256 MiB as far as memory allows,
/// and the note says so. Pure.
[[nodiscard]] DramWorkingSet dram_working_set(const MachineShape& machine,
                                              const DramSizing& sizing);

}  // namespace perfbench
