#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/host/machine/machine_snapshot.hpp"

namespace perfbench {

/// The CPUID leaves that the probe looks at, of the calling CPU; leaf 0x1A of each CPU of `cpus` on
/// a hybrid processor. Never leaf 3, the serial number of old processors. Unavailable on other
/// architectures.
[[nodiscard]] Reading<std::vector<CpuidLeaf>> read_cpuid(const std::vector<int>& cpus);

/// XCR0: which register sets the kernel saves and a program may therefore use.
[[nodiscard]] Reading<std::uint64_t> read_xcr0();

/// Asks the kernel for the tile data of AMX (arch_prctl ARCH_REQ_XCOMP_PERM), which the process
/// keeps when it is granted; unavailable where the registers are not there to be asked for.
[[nodiscard]] Reading<bool> request_amx_permission(const Reading<std::uint64_t>& xcr0);

}  // namespace perfbench
