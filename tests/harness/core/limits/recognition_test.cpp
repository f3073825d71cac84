#include <gtest/gtest.h>

#include "harness/core/limits/core_limits.hpp"
#include "harness/core/limits/microarchitecture.hpp"
#include "tests/harness/core/limits/identities.hpp"

namespace perfbench {
namespace {

std::string name_or_reason(const CpuIdentity& identity) {
  const Reading<std::string> name = microarchitecture_name(identity);
  return name.available() ? name.value() : name.reason();
}

TEST(Recognition, NamesTheCoreByFamilyAndModel) {
  EXPECT_EQ(name_or_reason(intel(0x3C)), "Haswell");
  EXPECT_EQ(name_or_reason(intel(0x4F)), "Broadwell");
  EXPECT_EQ(name_or_reason(intel(0xA7)), "Rocket Lake");
  EXPECT_EQ(name_or_reason(intel(0x6A)), "Ice Lake-SP");
  EXPECT_EQ(name_or_reason(intel(0x8F)), "Sapphire Rapids");
  EXPECT_EQ(name_or_reason(intel(0xAD)), "Granite Rapids");
  EXPECT_EQ(name_or_reason(amd(0x17, 0x01)), "Zen 1");
  EXPECT_EQ(name_or_reason(amd(0x17, 0x71)), "Zen 2");
  EXPECT_EQ(name_or_reason(amd(0x19, 0x21)), "Zen 3");
  EXPECT_EQ(name_or_reason(amd(0x19, 0x11)), "Zen 4");
  EXPECT_EQ(name_or_reason(amd(0x19, 0xA0)), "Zen 4c");
  EXPECT_EQ(name_or_reason(amd(0x1A, 0x44)), "Zen 5");
  EXPECT_EQ(name_or_reason(amd(0x1A, 0x24)), "Zen 5 (256-bit)");
  EXPECT_EQ(name_or_reason(amd(0x1A, 0x11)), "Zen 5c");
  EXPECT_EQ(name_or_reason(arm("0x41", 0xD0C)), "Neoverse N1");
  EXPECT_EQ(name_or_reason(arm("0x41", 0xD4F)), "Neoverse V2");
  EXPECT_EQ(name_or_reason(arm("0x61", 0x23)), "Firestorm (Apple M1)");
  EXPECT_EQ(name_or_reason(arm("0xc0", 0xAC3)), "AmpereOne") << "hex digits in either case";
}

TEST(Recognition, TellsTheSkylakeLineByStepping) {
  EXPECT_EQ(name_or_reason(intel(0x55, 4)), "Skylake-SP");
  EXPECT_EQ(name_or_reason(intel(0x55, 7)), "Cascade Lake");
  EXPECT_EQ(name_or_reason(intel(0x55, 0xB)), "Cooper Lake");
  EXPECT_EQ(name_or_reason(intel(0x55, 9)),
            "microarchitecture unknown (GenuineIntel family 6 model 0x55)");
}

TEST(Recognition, AHybridModelNeedsItsCoreType) {
  EXPECT_EQ(name_or_reason(hybrid(0x97, 0x40, 1)), "Golden Cove");
  EXPECT_EQ(name_or_reason(hybrid(0x97, 0x20, 1)), "Gracemont");
  EXPECT_EQ(name_or_reason(hybrid(0xB7, 0x40, 1)), "Raptor Cove");
  EXPECT_EQ(name_or_reason(hybrid(0xB5, 0x40, 2)), "Redwood Cove")
      << "the generation beats the model number";
  EXPECT_EQ(name_or_reason(hybrid(0xC5, 0x40, 3)), "Lion Cove");
  EXPECT_EQ(name_or_reason(hybrid(0xC5, 0x20, 3)), "Skymont");
  EXPECT_EQ(name_or_reason(hybrid(0xC5, 0x20, 2)), "Crestmont");
  EXPECT_EQ(name_or_reason(hybrid(0x97, 0, 0)),
            "GenuineIntel family 6 model 0x97 is a model with P and E cores, and CPUID leaf 0x1A "
            "does not say which "
            "this one is");
  EXPECT_EQ(name_or_reason(hybrid(0xC5, 0x40, 4)),
            "microarchitecture unknown (GenuineIntel family 6 model 0xC5, hybrid core type 64 "
            "generation 4)");
  EXPECT_EQ(name_or_reason(intel(0xBE)), "Gracemont") << "E cores alone need no core type";
}

TEST(Recognition, NeverFallsBackToTheNearestRelative) {
  EXPECT_EQ(name_or_reason(amd(0x1A, 0x50)),
            "microarchitecture unknown (AuthenticAMD family 0x1A model 0x50)");
  EXPECT_EQ(name_or_reason(intel(0xCC)),
            "microarchitecture unknown (GenuineIntel family 6 model 0xCC)");
  EXPECT_EQ(name_or_reason(arm("0x41", 0xD99)),
            "microarchitecture unknown (implementer 0x41 part 0xD99)");
  EXPECT_EQ(name_or_reason(amd(6, 0xA7)),
            "microarchitecture unknown (AuthenticAMD family 6 model 0xA7)");
  CpuIdentity hygon = amd(0x18, 0x01);
  hygon.vendor = "HygonGenuine";
  EXPECT_EQ(name_or_reason(hygon),
            "microarchitecture unknown (HygonGenuine family 0x18 model 0x01)");
  EXPECT_EQ(name_or_reason(CpuIdentity{}), "no limits are known for this architecture");
}

TEST(Recognition, FlagsThatContradictTheModelMaskTheIdentity) {
  const CpuIdentity masked = intel(
      0xA7,
      1,
      {"amx_bf16", "amx_int8", "amx_tile", "avx2", "avx512_bf16", "avx512_fp16", "avx512f", "fma"});
  EXPECT_EQ(name_or_reason(masked),
            "CPUID GenuineIntel family 6 model 0xA7 says Rocket Lake, but the CPU has amx_bf16, "
            "amx_int8, amx_tile, "
            "avx512_bf16 and 1 more, which no Rocket Lake has: a hypervisor masks the identity");
  EXPECT_EQ(identity_contradiction(masked), name_or_reason(masked));
  EXPECT_FALSE(find_core_limits(masked).available());
  EXPECT_FALSE(compute_limit(masked, Precision::kFp32, Isa::kAvx512).available());
  EXPECT_FALSE(bandwidth_limit(masked, MemoryLevel::kL1, "read").available());
  EXPECT_EQ(compute_limit(masked, Precision::kFp32, Isa::kAvx512).reason(), name_or_reason(masked));
}

TEST(Recognition, EveryContradictionRuleHasItsCounterexample) {
  const auto check = [](const CpuIdentity& identity, bool contradicted) {
    EXPECT_EQ(!identity_contradiction(identity).empty(), contradicted)
        << describe_identity(identity) << " with " << identity.flags.front();
  };
  check(intel(0xA7, 1, {"avx512f", "avx512_vnni", "avx512_vbmi2"}), false);
  check(intel(0x3C, 3, {"avx512f"}), true);
  check(intel(0x9E, 3, {"avx2"}), false);
  check(intel(0x55, 7, {"avx512_bf16"}), true);
  check(intel(0x55, 0xB, {"avx512_bf16"}), false);
  check(intel(0x6A, 6, {"avx_vnni"}), true);
  check(intel(0x6A, 6, {"avx512_bitalg"}), false);
  check(intel(0x8F, 8, {"amx_tile", "avx512_fp16", "avx512_bf16", "avx_vnni"}), false);
  check(intel(0x8F, 8, {"amx_fp16"}), true);
  check(intel(0xAD, 1, {"amx_fp16", "amx_tile"}), false);
  check(amd(0x19, 0x21, {"avx512f"}), true);
  check(amd(0x19, 0x11, {"avx512f", "avx512_bf16", "avx512_vnni"}), false);
  check(amd(0x19, 0x11, {"avx_vnni"}), true);
  check(amd(0x1A, 0x44, {"avx_vnni", "avx512_vp2intersect"}), false);
  check(amd(0x1A, 0x44, {"avx512_fp16"}), true);
  check(amd(0x1A, 0x44, {"amx_tile"}), true);
  check(arm("0x41", 0xD0C, {"sve"}), true);
  check(arm("0x41", 0xD0C, {"asimddp", "asimdhp"}), false);
  check(arm("0x41", 0xD40, {"sve"}), false);
}

TEST(Recognition, MissingFlagsAreNoContradiction) {
  EXPECT_EQ(name_or_reason(amd(0x19, 0x11, {"avx2", "fma"})), "Zen 4")
      << "a CPU template may clear AVX-512";
}

}  // namespace
}  // namespace perfbench
