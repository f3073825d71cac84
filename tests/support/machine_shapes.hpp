#pragma once

#include <string>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"

namespace perfbench {

/// `cores` physical cores with `threads_per_core` logical CPUs each. As Linux numbers them, the
/// second threads of all cores come after the first ones.
[[nodiscard]] inline MachineShape machine_of(int cores, int threads_per_core = 1) {
  MachineShape shape;
  for (int thread = 0; thread < threads_per_core; ++thread) {
    for (int core = 0; core < cores; ++core) {
      LogicalCpu cpu;
      cpu.os_index = thread * cores + core;
      cpu.core = core;
      shape.cpus.push_back(cpu);
    }
  }
  CacheShape last_level;
  last_level.level = 3;
  last_level.size = mib(32);
  last_level.shared_by = cores * threads_per_core;
  shape.caches.push_back(last_level);
  shape.isas = {Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma};
  shape.cpu_quota_cores = Reading<double>::unavailable("no quota");
  shape.memory_available = Reading<Bytes>::of(gib(8), "a test");
  return shape;
}

}  // namespace perfbench
