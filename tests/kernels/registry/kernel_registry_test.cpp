#include "kernels/registry/kernel_registry.hpp"

#include <gtest/gtest.h>

#include "kernels/peak/loaded_clock.hpp"
#include "kernels/peak/peak_loop.hpp"

namespace perfbench {
namespace {

/// Every ISA that this build has an fp32 peak loop for.
MachineShape full_machine() {
  MachineShape machine;
  machine.cpus.resize(1);
  machine.caches = {
      {1, kib(32), Bytes(64), 1}, {2, mib(1), Bytes(64), 1}, {3, mib(16), Bytes(64), 1}};
  machine.memory_available = Reading<Bytes>::of(gib(8), "test");
  for (const PeakLoop& loop : peak_loops()) {
    if (loop.precision != Precision::kFp32) continue;
    if (machine.isas.empty() || machine.isas.back() != loop.isa) machine.isas.push_back(loop.isa);
  }
  return machine;
}

KernelQuery compute(Precision precision) {
  KernelQuery query;
  query.precision = precision;
  return query;
}

TEST(KernelCatalogue, HoldsPeaksAndDramStreams) {
  const MachineShape machine = full_machine();
  if (machine.isas.empty()) GTEST_SKIP() << "no peak loops for this architecture";
  const std::vector<KernelEntry> catalogue = kernel_catalogue(machine, {});

  const KernelEntry* fp32 = widest_kernel(catalogue, compute(Precision::kFp32));
  ASSERT_NE(fp32, nullptr);
  EXPECT_EQ(fp32->info.isa, machine.isas.back());
  EXPECT_EQ(fp32->info.name, "fma");
  const KernelEntry* fp64 = widest_kernel(catalogue, compute(Precision::kFp64));
  ASSERT_NE(fp64, nullptr);
  EXPECT_EQ(fp64->info.precision, Precision::kFp64);

  KernelQuery dram;
  dram.kind = RoofKind::kBandwidth;
  dram.level = MemoryLevel::kDram;
  for (const std::string_view name : {"read", "triad_nt", "triad"}) {
    dram.name = name;
    const KernelEntry* entry = widest_kernel(catalogue, dram);
    ASSERT_NE(entry, nullptr) << name;
    EXPECT_EQ(entry->info.name, name);
    EXPECT_TRUE(entry->make);
  }
}

TEST(KernelCatalogue, HoldsCacheLevelsAndChasesWhereAsked) {
  const MachineShape machine = full_machine();
  CatalogueOptions options;
  options.stream.levels = {{MemoryLevel::kL1, kib(24)}, {MemoryLevel::kL2, kib(512)}};
  options.stream.all_operations = true;
  KernelQuery query;
  query.kind = RoofKind::kLatency;
  EXPECT_EQ(widest_kernel(kernel_catalogue(machine, options), query), nullptr);
  options.latency = true;
  const std::vector<KernelEntry> catalogue = kernel_catalogue(machine, options);
  for (const MemoryLevel level : {MemoryLevel::kL1, MemoryLevel::kL2, MemoryLevel::kDram}) {
    query.level = level;
    ASSERT_NE(widest_kernel(catalogue, query), nullptr);
  }
  query.kind = RoofKind::kBandwidth;
  query.level = MemoryLevel::kL1;
  query.name = "copy";
  ASSERT_NE(widest_kernel(catalogue, query), nullptr);
  EXPECT_FALSE(widest_kernel(catalogue, query)->loaded_clock_chain) << "a copy leaves the clock";
  query.name = "triad";
  const KernelEntry* triad = widest_kernel(catalogue, query);
  ASSERT_NE(triad, nullptr);
  EXPECT_EQ(static_cast<bool>(triad->loaded_clock_chain),
            loaded_clock_chain(triad->info.isa) != nullptr);
}

TEST(KernelCatalogue, ANarrowerMachineHasANarrowerWidestKernel) {
  MachineShape machine = full_machine();
  if (machine.isas.size() < 2) GTEST_SKIP() << "this architecture has one ISA";
  machine.isas.pop_back();
  const std::vector<KernelEntry> catalogue = kernel_catalogue(machine, {});
  const KernelEntry* fp32 = widest_kernel(catalogue, compute(Precision::kFp32));
  ASSERT_NE(fp32, nullptr);
  EXPECT_EQ(fp32->info.isa, machine.isas.back());
}

TEST(WidestKernel, IsNullWhereNothingMatches) {
  const std::vector<KernelEntry> catalogue = kernel_catalogue(full_machine(), {});
  KernelQuery gather = compute(Precision::kFp32);
  gather.name = "gather";
  EXPECT_EQ(widest_kernel(catalogue, gather), nullptr);
  EXPECT_EQ(widest_kernel({}, {}), nullptr);
}

}  // namespace
}  // namespace perfbench
