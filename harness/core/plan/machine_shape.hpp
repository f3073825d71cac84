#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

enum class CoreKind { kOnlyKind, kPerformance, kEfficiency };

/// One logical CPU that is online.
struct LogicalCpu {
  int os_index = 0;
  int core = 0;  ///< Physical core, unique over the machine.
  int package = 0;
  int numa_node = 0;
  CoreKind kind = CoreKind::kOnlyKind;
  bool allowed = true;  ///< In this process's affinity mask (cpusets included).
};

struct CacheShape {
  int level = 1;  ///< Data or unified caches only.
  Bytes size{0};
  Bytes line{64};
  int shared_by = 1;  ///< Logical CPUs.
};

enum class Architecture { kX86, kArm64, kOther };

/// Who the processor says it is; key of the limits table.
struct CpuIdentity {
  Architecture architecture = Architecture::kOther;
  std::string vendor;         ///< "AuthenticAMD", "GenuineIntel"; Arm: implementer as "0x41".
  int family = 0;             ///< Extended family added in; Arm: 0.
  int model = 0;              ///< Extended model added in; Arm: part number.
  int stepping = 0;           ///< Arm: revision.
  int hybrid_type = 0;        ///< Leaf 0x1A EAX bits 31:24 (0x40 Core, 0x20 Atom), 0 where none.
  int hybrid_generation = 0;  ///< Leaf 0x1A EAX bits 23:0.
  bool fp512 = false;         ///< AMD leaf 0x8000001A EAX bit 3.
  int sve_vector_bytes = 0;   ///< Arm: of this process's threads (PR_SVE_GET_VL); 0 where no SVE.
  std::vector<std::string> flags;  ///< As /proc/cpuinfo spells them, sorted.
};

/// Typed view of the machine that planning, kernels and scenarios need; made by host/machine, or by
/// a test.
struct MachineShape {
  std::vector<LogicalCpu> cpus;
  std::vector<CacheShape> caches;
  CpuIdentity identity;   ///< Of the first allowed CPU.
  std::vector<Isa> isas;  ///< Usable here: CPUID and XCR0, narrowest first.
  std::vector<std::string>
      isas_without_kernel;          ///< Offered by the CPU, no kernel of ours: "AMX-FP16", "SME".
  Reading<double> cpu_quota_cores;  ///< The tightest cgroup quota over the whole path.
  Reading<Bytes>
      memory_available;  ///< min(MemAvailable, cgroup limit minus usage, RLIMIT_AS minus used).
};

}  // namespace perfbench
