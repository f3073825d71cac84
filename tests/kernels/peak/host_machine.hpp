#pragma once

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif
#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "harness/core/plan/machine_shape.hpp"
#include "kernels/peak/peak_loop.hpp"
#include "tests/kernels/host_isas.hpp"

namespace perfbench::test {

/// Feature flags as the kernel tells them: /proc/cpuinfo on x86; on Arm the auxiliary vector, which
/// an emulator answers for the processor that it shows, where /proc/cpuinfo is the host's.
[[nodiscard]] inline std::vector<std::string> host_flags() {
  std::vector<std::string> flags;
#if defined(__x86_64__)
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (!line.starts_with("flags")) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    for (std::string word; words >> word;) flags.push_back(word);
    break;
  }
#elif defined(__aarch64__)
  // Linux, arch/arm64/include/uapi/asm/hwcap.h
  const auto take = [&flags](unsigned long word, unsigned bit, const char* name) {
    if (((word >> bit) & 1U) != 0) flags.emplace_back(name);
  };
  const unsigned long first = getauxval(AT_HWCAP);
  const unsigned long second = getauxval(AT_HWCAP2);
  take(first, 10, "asimdhp");
  take(first, 20, "asimddp");
  take(first, 22, "sve");
  take(second, 9, "svei8mm");
  take(second, 12, "svebf16");
  take(second, 13, "i8mm");
  take(second, 14, "bf16");
#endif
  std::sort(flags.begin(), flags.end());
  return flags;
}

/// What the processor under this test can run, asked of the compiler's detection and the kernel, in
/// which no code of ours takes part. AMX only where the kernel grants the tiles.
[[nodiscard]] inline MachineShape host_machine() {
  MachineShape machine;
  machine.identity.flags = host_flags();
  const auto has = [&machine](const char* flag) {
    const auto& flags = machine.identity.flags;
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
  };
  for (const PeakLoop& loop : peak_loops()) {
    bool usable = host_has(loop.isa);
    if (loop.isa == Isa::kAmx) usable = has("amx_tile") && loop.request_state();
    if (loop.isa == Isa::kSve) usable = has("sve");
    const bool new_one = machine.isas.empty() || machine.isas.back() != loop.isa;
    if (usable && new_one) machine.isas.push_back(loop.isa);
  }
  return machine;
}

}  // namespace perfbench::test
