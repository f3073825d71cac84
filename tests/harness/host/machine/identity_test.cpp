#include <gtest/gtest.h>

#include <algorithm>

#include "harness/host/machine/cpu_identity.hpp"
#include "harness/host/machine/isa.hpp"
#include "tests/harness/host/machine/machine_support.hpp"

namespace perfbench {
namespace {

using test::add_file;

class Identity : public ::testing::Test {
 protected:
  MachineSnapshot snapshot_ = test::empty_snapshot();

  void take(const std::string& fixture) {
    snapshot_ = read_capture(test::capture_text("synthetic/" + fixture + ".json"));
  }
  CpuIdentity identity(int cpu = 0) {
    SnapshotFiles files(snapshot_);
    ProbeContext context{files, snapshot_.system, snapshot_.environment};
    return read_cpu_identity(context, cpu);
  }
  InstructionSets sets() {
    SnapshotFiles files(snapshot_);
    const ProbeContext context{files, snapshot_.system, snapshot_.environment};
    return find_instruction_sets(context, identity());
  }
};

TEST_F(Identity, ExtendedFamilyAndModelAreAddedIn) {
  take("server_two_socket_amd");
  EXPECT_EQ(identity().vendor, "AuthenticAMD");
  EXPECT_EQ(identity().family, 0x17);
  EXPECT_EQ(identity().model, 0x31);
  take("wsl2");
  EXPECT_EQ(identity().vendor, "GenuineIntel");
  EXPECT_EQ(identity().family, 6);
  EXPECT_EQ(identity().model, 0x9E);
  EXPECT_EQ(identity().stepping, 9);
}

TEST_F(Identity, WithoutCpuidTheKernelsWordIsTaken) {
  take("server_two_socket_amd");
  const auto by_cpuid = identity();
  snapshot_.system.cpuid = Reading<std::vector<CpuidLeaf>>::unavailable("not asked");
  EXPECT_EQ(identity().vendor, by_cpuid.vendor);
  EXPECT_EQ(identity().family, by_cpuid.family);
  EXPECT_EQ(identity().model, by_cpuid.model);
  snapshot_.system.hardware = Reading<std::string>::unavailable("not asked");
  EXPECT_EQ(identity().architecture, Architecture::kX86);
}

TEST_F(Identity, EachCpuOfAHybridTellsItsOwnKind) {
  take("laptop_hybrid_intel");
  EXPECT_EQ(identity(0).hybrid_type, 0x40);
  EXPECT_EQ(identity(0).hybrid_generation, 1);
  EXPECT_EQ(identity(8).hybrid_type, 0x20);
}

TEST_F(Identity, ArmIsReadPerCpuFromMidrElseFromCpuinfo) {
  take("board_arm_big_little");
  EXPECT_EQ(identity(0).vendor, "0x41");
  EXPECT_EQ(identity(0).model, 0xD05);
  EXPECT_EQ(identity(4).model, 0xD0B);
  snapshot_.files.erase("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");
  EXPECT_EQ(identity(0).vendor, "0x41");
  EXPECT_EQ(identity(0).model, 0xD05);
}

TEST_F(Identity, Fp512IsTheBitOfItsLeaf) {
  take("container_cpu_quota");
  EXPECT_FALSE(identity().fp512);
  auto leaves = snapshot_.system.cpuid.value();
  for (CpuidLeaf& leaf : leaves) {
    if (leaf.leaf == 0x8000001AU) leaf.registers[0] = 0xE;
  }
  snapshot_.system.cpuid = Reading<std::vector<CpuidLeaf>>::of(leaves, "cpuid");
  EXPECT_TRUE(identity().fp512);
}

TEST_F(Identity, AVectorSetNeedsTheKernelsState) {
  take("container_cpu_quota");
  EXPECT_EQ(sets().usable.back(), Isa::kAvx512);
  snapshot_.system.xcr0 = Reading<std::uint64_t>::of(0x7, "xgetbv");  // no ZMM state
  EXPECT_EQ(sets().usable.back(), Isa::kAvx2Fma);
  snapshot_.system.xcr0 = Reading<std::uint64_t>::of(0x3, "xgetbv");  // no YMM state
  EXPECT_EQ(sets().usable.back(), Isa::kSse2);
  snapshot_.system.xcr0 = Reading<std::uint64_t>::unavailable("no XGETBV");
  EXPECT_EQ(sets().usable.back(), Isa::kSse2);
}

TEST_F(Identity, NarrowestFirst) {
  take("container_cpu_quota");
  EXPECT_EQ(sets().usable,
            (std::vector<Isa>{Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512}));
}

TEST_F(Identity, FlagsServeWithoutCpuid) {
  take("container_cpu_quota");
  snapshot_.system.cpuid = Reading<std::vector<CpuidLeaf>>::unavailable("not asked");
  EXPECT_EQ(sets().usable.back(), Isa::kAvx512);
  EXPECT_EQ(sets().source, "/proc/cpuinfo");
  take("board_arm_big_little");
  EXPECT_EQ(sets().usable, (std::vector<Isa>{Isa::kScalar, Isa::kNeon}));
  EXPECT_TRUE(sets().without_kernel.empty());
  EXPECT_EQ(sets().source, "getauxval(AT_HWCAP)");
  snapshot_.system.hwcap = Reading<std::uint64_t>::unavailable("not asked");
  EXPECT_EQ(sets().usable, (std::vector<Isa>{Isa::kScalar, Isa::kNeon}));
  EXPECT_EQ(sets().source, "/proc/cpuinfo");
  add_file(snapshot_, "/proc/cpuinfo", "processor\t: 0\nFeatures\t: asimd sve sve2 sme");
  EXPECT_EQ(sets().usable, (std::vector<Isa>{Isa::kScalar, Isa::kNeon, Isa::kSve}));
  EXPECT_EQ(sets().without_kernel, (std::vector<std::string>{"SVE2", "SME"}));
}

TEST_F(Identity, TheVectorsOfArmAreTheKernelsWord) {
  take("board_arm_big_little");
  const std::uint64_t neon = snapshot_.system.hwcap.value();
  snapshot_.system.hwcap = Reading<std::uint64_t>::of(neon | 1U << 22U, "getauxval(AT_HWCAP)");
  snapshot_.system.hwcap2 =
      Reading<std::uint64_t>::of(1U << 1U | 1U << 14U | 1U << 23U, "getauxval(AT_HWCAP2)");
  snapshot_.system.sve_vector_bytes = Reading<std::int64_t>::of(32, "prctl(PR_SVE_GET_VL)");
  EXPECT_EQ(sets().usable, (std::vector<Isa>{Isa::kScalar, Isa::kNeon, Isa::kSve}));
  EXPECT_EQ(sets().without_kernel, (std::vector<std::string>{"SVE2", "SME"}));
  EXPECT_EQ(identity().sve_vector_bytes, 32);
  // An emulator's /proc/cpuinfo is that of the machine around it.
  add_file(snapshot_, "/proc/cpuinfo", "processor\t: 0\nflags\t: sse2");
  const std::vector<std::string> flags = identity().flags;
  for (const char* flag : {"asimd", "bf16", "sve", "sve2"}) {
    EXPECT_TRUE(std::binary_search(flags.begin(), flags.end(), flag)) << flag;
  }
}

TEST_F(Identity, MatrixTilesNeedTheirStateToo) {
  take("container_cpu_quota");
  auto leaves = snapshot_.system.cpuid.value();
  for (CpuidLeaf& leaf : leaves) {
    if (leaf.leaf == 7) leaf.registers[3] |= 1U << 24U;
  }
  snapshot_.system.cpuid = Reading<std::vector<CpuidLeaf>>::of(leaves, "cpuid");
  EXPECT_TRUE(sets().without_kernel.empty());
  snapshot_.system.xcr0 = Reading<std::uint64_t>::of(0x600e7, "xgetbv");
  EXPECT_EQ(sets().without_kernel, std::vector<std::string>{"AMX"}) << "nobody asked the kernel";
  EXPECT_EQ(sets().usable.back(), Isa::kAvx512);
  snapshot_.system.amx_permission = Reading<bool>::of(false, "test");
  EXPECT_EQ(sets().without_kernel, std::vector<std::string>{"AMX"}) << "the kernel refused";
  snapshot_.system.amx_permission = Reading<bool>::of(true, "test");
  EXPECT_TRUE(sets().without_kernel.empty());
  EXPECT_EQ(sets().usable,
            (std::vector<Isa>{Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512, Isa::kAmx}));
  snapshot_.system.xcr0 = Reading<std::uint64_t>::of(0xe7, "xgetbv");
  EXPECT_EQ(sets().usable.back(), Isa::kAvx512) << "a grant without the state is worth nothing";
}

TEST_F(Identity, ExtensionsOfTheTilesAreNamed) {
  take("container_cpu_quota");
  auto leaves = snapshot_.system.cpuid.value();
  std::erase_if(leaves, [](const CpuidLeaf& leaf) { return leaf.leaf == 7 && leaf.subleaf == 1; });
  for (CpuidLeaf& leaf : leaves) {
    if (leaf.leaf == 7) leaf.registers[3] |= 1U << 24U;
  }
  leaves.push_back({0, 7, 1, {1U << 21U, 0, 0, 1U << 8U}});
  snapshot_.system.cpuid = Reading<std::vector<CpuidLeaf>>::of(leaves, "cpuid");
  EXPECT_TRUE(sets().without_kernel.empty()) << "no tiles in XCR0";
  snapshot_.system.xcr0 = Reading<std::uint64_t>::of(0x600e7, "xgetbv");
  snapshot_.system.amx_permission = Reading<bool>::of(true, "test");
  EXPECT_EQ(sets().without_kernel, (std::vector<std::string>{"AMX-FP16", "AMX-COMPLEX"}));
}

TEST_F(Identity, NothingToReadIsNoValue) {
  EXPECT_EQ(identity().architecture, Architecture::kOther);
  EXPECT_EQ(sets().usable, std::vector<Isa>{Isa::kScalar});
  const Machine machine = MachineProbe(snapshot_).probe();
  for (const Fact& fact : machine.facts.facts) {
    const bool from_the_archive =
        fact.name == "ambient_variables" || fact.name.starts_with("instruction_sets");
    EXPECT_EQ(fact.reading.available(), from_the_archive) << fact.name;
    if (!fact.reading.available()) {
      EXPECT_FALSE(fact.reading.reason().empty()) << fact.name;
    }
  }
}

}  // namespace
}  // namespace perfbench
