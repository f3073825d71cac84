#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/plan/thread_choice.hpp"
#include "harness/core/result/scenario.hpp"

namespace perfbench {

/// Which CPU issues the queries and which execute them.
struct ServingLayout {
  std::optional<int> generator_cpu;  ///< Absent: the executing thread issues too.
  std::vector<int> worker_cpus;      ///< One worker each, each on a physical core of its own.
  bool inline_execution = false;     ///< The issuing thread executes, on worker_cpus.front().
  std::string sentence;              ///< For the report: who runs where, and why not otherwise.

  /// All CPUs that are used, the generator's first.
  [[nodiscard]] std::vector<int> cpus() const;
};

/// One core of the chosen CPUs issues, the others execute, one worker a physical core, `workers` of
/// them at most (0: all). The generator gets the core that comes last in the choice, since the
/// first are the fastest, and no worker ever shares its core: what the generator's spinning takes
/// from an SMT sibling would be taken from the figure. All open loops, MultiStream and Offline get
/// the same workers for the same `workers`, so that their rates compare. SingleStream executes in
/// the issuing thread on the one-core CPU: it has one query at a time, and a hand-off would be part
/// of its latency. With one core everything is executed in the issuing thread, and the sentence
/// says so. Pure.
[[nodiscard]] ServingLayout choose_serving_layout(const MachineShape& shape,
                                                  const ThreadChoice& threads,
                                                  Scenario scenario,
                                                  int workers);

}  // namespace perfbench
