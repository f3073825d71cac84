#pragma once

#include <string>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/reading.hpp"

namespace perfbench {

/// The name of the core's microarchitecture ("Zen 4", "Sapphire Rapids", "Neoverse N1"), never the
/// nearest relative's. Unavailable for an unknown identity, for a hybrid model whose core type the
/// machine does not tell, and where the feature flags contradict the identity: then a hypervisor
/// masks it. The reason says which.
[[nodiscard]] Reading<std::string> microarchitecture_name(const CpuIdentity& identity);

/// "AuthenticAMD family 0x1A model 0x44", "implementer 0x41 part 0xD40".
[[nodiscard]] std::string describe_identity(const CpuIdentity& identity);

/// Lines of the machine's identity that contradict each other, in words; empty when none does. Only
/// rules that hold for every part of that name: Rocket Lake was never made with AMX.
[[nodiscard]] std::string identity_contradiction(const CpuIdentity& identity);

}  // namespace perfbench
