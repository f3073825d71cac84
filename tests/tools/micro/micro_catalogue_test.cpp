#include "tools/micro/micro_catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/host/machine/machine_probe.hpp"
#include "tests/support/machine_shapes.hpp"

namespace perfbench {
namespace {

MachineShape machine_with_caches(Bytes l1, Bytes l2, Bytes l3) {
  MachineShape machine = machine_of(2);
  machine.caches.clear();
  for (int level = 1; level <= 3; ++level) {
    CacheShape cache;
    cache.level = level;
    cache.size = level == 1 ? l1 : (level == 2 ? l2 : l3);
    machine.caches.push_back(cache);
  }
  return machine;
}

Bytes size_at(const std::vector<LevelSize>& levels, MemoryLevel level) {
  for (const LevelSize& size : levels) {
    if (size.level == level) return size.per_thread;
  }
  return Bytes(0);
}

TEST(MicroLevels, ComeFromTheCachesThatTheMachineTells) {
  const std::vector<LevelSize> levels =
      micro_levels(machine_with_caches(kib(48), mib(2), mib(480)), {});
  EXPECT_EQ(size_at(levels, MemoryLevel::kL1), kib(24));
  EXPECT_EQ(size_at(levels, MemoryLevel::kL2), mib(1));
  EXPECT_EQ(size_at(levels, MemoryLevel::kL3), mib(8));
  EXPECT_EQ(
      size_at(micro_levels(machine_with_caches(kib(32), mib(2), mib(6)), {}), MemoryLevel::kL3),
      mib(3));
}

TEST(MicroLevels, FlagsGoBeforeAndZeroLeavesALevelOut) {
  MicroOptions options;
  options.l1_kib = 16;
  options.l3_kib = 0;
  const std::vector<LevelSize> levels =
      micro_levels(machine_with_caches(kib(48), mib(2), mib(32)), options);
  EXPECT_EQ(size_at(levels, MemoryLevel::kL1), kib(16));
  EXPECT_EQ(levels.size(), 2U);
}

TEST(MicroLevels, AMachineThatTellsNoCachesHasNone) {
  MachineShape machine = machine_of(2);
  machine.caches.clear();
  EXPECT_TRUE(micro_levels(machine, {}).empty());
}

TEST(MicroName, IsMadeForAFilter) {
  KernelInfo info;
  info.name = "read";
  info.variant = "avx512, whatever";
  info.kind = RoofKind::kBandwidth;
  info.precision = Precision::kFp64;
  info.isa = Isa::kAvx512;
  info.level = MemoryLevel::kL2;
  EXPECT_EQ(micro_name(info), "read/L2/avx512");
  info.kind = RoofKind::kCompute;
  info.name = "fma";
  info.level = MemoryLevel::kNone;
  EXPECT_EQ(micro_name(info), "fma/fp64/avx512");
  info.name = "sgemm 2048";
  info.precision = Precision::kFp32;
  info.variant = "OpenBLAS 0.3.21, core SkylakeX";
  info.is_roof = false;
  EXPECT_EQ(micro_name(info), "sgemm/2048/fp32/OpenBLAS");
}

TEST(MicroCatalogue, EveryKernelOfThisMachineHasANameOfItsOwn) {
  const Machine machine = MachineProbe(MachineProbeOptions{}).probe();
  std::vector<std::string> notes;
  const std::vector<MicroKernel> kernels = micro_catalogue(machine.shape, {}, notes);
  std::set<std::string> names;
  for (const MicroKernel& kernel : kernels) {
    EXPECT_TRUE(names.insert(kernel.name).second) << kernel.name << " stands twice";
    EXPECT_EQ(kernel.name.find(' '), std::string::npos) << kernel.name;
  }
  // Of every room: a peak, a stream, a chase, and layers of our own.
  for (const char* part : {"/fp32/", "read/DRAM/", "chase/DRAM", "/packed"}) {
    EXPECT_TRUE(std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name.find(part) != std::string::npos;
    })) << part;
  }
}

}  // namespace
}  // namespace perfbench
