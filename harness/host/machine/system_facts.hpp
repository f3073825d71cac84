#pragma once

#include <cstdint>

#include "harness/host/machine/machine_snapshot.hpp"

namespace perfbench {

/// Asks the running machine. Leaves the caller's affinity alone: CPUs of a hybrid processor are
/// asked from a thread of its own.
[[nodiscard]] SystemFacts read_system_facts();

/// All facts unavailable for this reason; for a copied tree, which can answer none of them.
[[nodiscard]] SystemFacts no_system_facts(const std::string& reason);

/// The answer of any CPU to this leaf, or nullptr when it was not asked.
[[nodiscard]] const CpuidLeaf* find_leaf(const SystemFacts& system,
                                         std::uint32_t leaf,
                                         std::uint32_t subleaf = 0) noexcept;
/// The answer of this CPU.
[[nodiscard]] const CpuidLeaf* find_leaf_of_cpu(const SystemFacts& system,
                                                int cpu,
                                                std::uint32_t leaf) noexcept;

}  // namespace perfbench
