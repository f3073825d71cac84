#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/result/reading.hpp"

namespace perfbench {

/// One answer of the CPUID instruction.
struct CpuidLeaf {
  int cpu = 0;  ///< Logical CPU that answered; matters for leaf 0x1A on hybrid processors.
  std::uint32_t leaf = 0;
  std::uint32_t subleaf = 0;
  std::array<std::uint32_t, 4> registers{};  ///< EAX, EBX, ECX, EDX.
  friend bool operator==(const CpuidLeaf&, const CpuidLeaf&) = default;
};

/// What the machine tells by instruction or system call rather than by a file.
struct SystemFacts {
  Reading<std::string> hardware;        ///< uname -m: "x86_64", "aarch64".
  Reading<std::string> kernel_release;  ///< uname -r.
  Reading<std::string> kernel_version;  ///< uname -v.
  Reading<std::vector<int>> affinity;   ///< sched_getaffinity: CPUs this process may use.
  Reading<std::int64_t> timer_slack_ns;
  Reading<std::int64_t> page_size_bytes;
  Reading<std::int64_t> ticks_per_s;                ///< Unit of /proc/stat.
  Reading<std::int64_t> address_space_limit_bytes;  ///< RLIMIT_AS; -1 is "unlimited".
  Reading<bool> address_randomisation_off;          ///< personality(ADDR_NO_RANDOMIZE).
  Reading<std::vector<CpuidLeaf>> cpuid;            ///< x86 only.
  Reading<std::uint64_t> xcr0;                      ///< x86 only: XGETBV 0.
  /// x86 only: whether the kernel lets this process use the tiles of AMX when it asks for them.
  Reading<bool> amx_permission;
  Reading<std::uint64_t> hwcap;            ///< arm64 only: AT_HWCAP.
  Reading<std::uint64_t> hwcap2;           ///< arm64 only: AT_HWCAP2.
  Reading<std::int64_t> sve_vector_bytes;  ///< arm64 only: PR_SVE_GET_VL.
  /// Outcome of opening a counter of CPU cycles for this thread, user mode only: "counts" or the
  /// error's name ("ENOENT": no PMU; "EACCES": not permitted).
  Reading<std::string> cycles_event;
};

/// All that one probe read. Replaying it gives the same facts on any machine.
struct MachineSnapshot {
  enum class Origin {
    kCaptured,   ///< Of a real machine.
    kSynthetic,  ///< Written from the documented formats; no machine like it was seen.
  };
  Origin origin = Origin::kCaptured;
  std::string note;                                                  ///< In words, what it is.
  std::map<std::string, Reading<std::string>> files;                 ///< Path -> text.
  std::map<std::string, Reading<std::vector<std::string>>> folders;  ///< Path -> sorted names.
  SystemFacts system;
  std::map<std::string, std::string> environment;
  Reading<std::string> hwloc_xml;  ///< Topology as hwloc exports it; the sysfs files serve without.
};

}  // namespace perfbench
