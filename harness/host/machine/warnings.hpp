#pragma once

#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/machine.hpp"

namespace perfbench {

/// What makes figures of this machine fragile, each with its remedy: a pure function of what the
/// report says of the machine, so that it can be asked again of a saved one. Only what a fact
/// proves; a fact that is not available raises no warning, except where its absence is the point
/// (no counters, no cpufreq).
[[nodiscard]] std::vector<Warning> find_warnings(const MachineShape& shape,
                                                 const MachineFacts& facts);

/// The parts of it: settings of clock and power; who else uses the machine; what this process may
/// use; virtual machines and counters; variables of the environment.
[[nodiscard]] std::vector<Warning> clock_warnings(const MachineFacts& facts);
[[nodiscard]] std::vector<Warning> load_warnings(const MachineFacts& facts);
[[nodiscard]] std::vector<Warning> allowance_warnings(const MachineShape& shape,
                                                      const MachineFacts& facts);
[[nodiscard]] std::vector<Warning> platform_warnings(const MachineShape& shape,
                                                     const MachineFacts& facts);
[[nodiscard]] std::vector<Warning> environment_warnings(const MachineFacts& facts);

}  // namespace perfbench
