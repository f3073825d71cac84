#include "harness/host/machine/cpuid.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#endif

namespace perfbench {

#if defined(__x86_64__)
namespace {

constexpr std::uint32_t kOsxsaveBit = 1U << 27U;     // leaf 1 ECX: XGETBV may be used
constexpr std::uint32_t kHypervisorBit = 1U << 31U;  // leaf 1 ECX
constexpr std::uint32_t kHybridBit = 1U << 15U;      // leaf 7 EDX
constexpr std::uint32_t kHypervisorLeaf = 0x40000000U;

CpuidLeaf ask(int cpu, std::uint32_t leaf, std::uint32_t subleaf) {
  CpuidLeaf answer{cpu, leaf, subleaf, {}};
  auto& r = answer.registers;
  __cpuid_count(leaf, subleaf, r[0], r[1], r[2], r[3]);
  return answer;
}

bool pin_this_thread(int cpu) {
  cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(cpu) + 1);
  if (set == nullptr) return false;
  const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpu) + 1);
  CPU_ZERO_S(bytes, set);
  CPU_SET_S(static_cast<std::size_t>(cpu), bytes, set);
  const bool pinned = sched_setaffinity(0, bytes, set) == 0;
  CPU_FREE(set);
  return pinned;
}

}  // namespace

Reading<std::vector<CpuidLeaf>> read_cpuid(const std::vector<int>& cpus) {
  const int here = cpus.empty() ? 0 : cpus.front();
  std::vector<CpuidLeaf> leaves{ask(here, 0, 0)};
  const std::uint32_t highest = leaves.front().registers[0];
  std::uint32_t features = 0;
  bool hybrid = false;
  if (highest >= 1) {
    leaves.push_back(ask(here, 1, 0));
    features = leaves.back().registers[2];
  }
  if (highest >= 7) {
    leaves.push_back(ask(here, 7, 0));
    hybrid = (leaves.back().registers[3] & kHybridBit) != 0;
    leaves.push_back(ask(here, 7, 1));
  }
  if ((features & kHypervisorBit) != 0) leaves.push_back(ask(here, kHypervisorLeaf, 0));
  leaves.push_back(ask(here, 0x80000000U, 0));
  const std::uint32_t highest_extended = leaves.back().registers[0];
  for (const std::uint32_t leaf : {0x80000001U, 0x80000008U, 0x8000001AU}) {
    if (leaf <= highest_extended) leaves.push_back(ask(here, leaf, 0));
  }
  if (hybrid && highest >= 0x1A) {
    // A thread of its own is pinned to each CPU in turn and ends: no mask has to be restored.
    std::thread([&leaves, &cpus] {
      for (const int cpu : cpus) {
        if (pin_this_thread(cpu)) leaves.push_back(ask(cpu, 0x1A, 0));
      }
    }).join();
  }
  return Reading<std::vector<CpuidLeaf>>::of(std::move(leaves), "cpuid");
}

Reading<std::uint64_t> read_xcr0() {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
  std::uint32_t d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kOsxsaveBit) == 0) {
    return Reading<std::uint64_t>::unavailable("the kernel does not offer XGETBV");
  }
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return Reading<std::uint64_t>::of((static_cast<std::uint64_t>(high) << 32U) | low, "xgetbv");
}

Reading<bool> request_amx_permission(const Reading<std::uint64_t>& xcr0) {
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM, Documentation/x86/xstate.rst
  constexpr unsigned kTileData = 18;           // state component of XCR0
  if (((xcr0.value_or(0) >> kTileData) & 1U) == 0) {
    return Reading<bool>::unavailable("XCR0 has no tile data");
  }
  const bool granted = syscall(SYS_arch_prctl, kRequestPermission, long{kTileData}) == 0;
  return Reading<bool>::of(granted, "arch_prctl(ARCH_REQ_XCOMP_PERM)");
}

#else

Reading<std::vector<CpuidLeaf>> read_cpuid(const std::vector<int>&) {
  return Reading<std::vector<CpuidLeaf>>::unavailable("CPUID is an x86 instruction");
}

Reading<std::uint64_t> read_xcr0() {
  return Reading<std::uint64_t>::unavailable("XGETBV is an x86 instruction");
}

Reading<bool> request_amx_permission(const Reading<std::uint64_t>&) {
  return Reading<bool>::unavailable("AMX is an extension of x86");
}

#endif

}  // namespace perfbench
