#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/limits/core_limits.hpp"
#include "tests/harness/core/limits/identities.hpp"

namespace perfbench {
namespace {

void expect_limit(const CpuIdentity& identity, Isa isa, double fp64, double fp32, bool refuses) {
  const Reading<Limit> single = compute_limit(identity, Precision::kFp32, isa);
  const Reading<Limit> twice = compute_limit(identity, Precision::kFp64, isa);
  ASSERT_TRUE(single.available()) << single.reason();
  ASSERT_TRUE(twice.available()) << twice.reason();
  EXPECT_EQ(single.value().per_core_cycle, fp32) << single.source();
  EXPECT_EQ(twice.value().per_core_cycle, fp64) << twice.source();
  EXPECT_EQ(single.value().may_refuse, refuses) << single.source();
  EXPECT_EQ(single.source(), single.value().source);
}

TEST(ComputeLimit, IsTheTablesCell) {
  expect_limit(intel(0x3C), Isa::kAvx2Fma, 16, 32, true);
  expect_limit(intel(0xA7), Isa::kAvx512, 16, 32, true);
  expect_limit(intel(0x6A), Isa::kAvx512, 32, 64, true);
  expect_limit(intel(0x8F), Isa::kAvx512, 32, 64, true);
  expect_limit(intel(0xAD), Isa::kAvx512, 32, 64, false);
  expect_limit(hybrid(0x97, 0x20, 1), Isa::kAvx2Fma, 8, 16, true);
  expect_limit(hybrid(0xC6, 0x20, 3), Isa::kAvx2Fma, 16, 32, true);
  expect_limit(intel(0xAF), Isa::kAvx2Fma, 8, 16, false);
  expect_limit(amd(0x17, 0x01), Isa::kAvx2Fma, 8, 16, true);
  expect_limit(amd(0x19, 0x11), Isa::kAvx2Fma, 16, 32, true);
  expect_limit(amd(0x19, 0x11), Isa::kAvx512, 16, 32, true);
  expect_limit(amd(0x19, 0xA0), Isa::kAvx512, 16, 32, false);
  expect_limit(amd(0x1A, 0x02), Isa::kAvx512, 32, 64, true);
  expect_limit(amd(0x1A, 0x02), Isa::kAvx2Fma, 16, 32, true);
  expect_limit(amd(0x1A, 0x24), Isa::kAvx512, 16, 32, false);
  expect_limit(arm("0x41", 0xD03), Isa::kNeon, 4, 8, true);
  expect_limit(arm("0x41", 0xD0C), Isa::kNeon, 8, 16, true);
  expect_limit(arm("0x41", 0xD40), Isa::kNeon, 16, 32, true);
  expect_limit(arm("0x41", 0xD4F), Isa::kNeon, 16, 32, false);
  expect_limit(arm("0x46", 0x001), Isa::kNeon, 8, 16, true);
}

TEST(ComputeLimit, NamesItsRowAndSource) {
  EXPECT_EQ(compute_limit(amd(0x19, 0x11), Precision::kFp32, Isa::kAvx2Fma).source(),
            "Zen 4, FMA fp32 ymm: 32 flop/cycle (measured by us, InstLatX64; measured by us)");
}

TEST(ComputeLimit, IsAbsentWithAReasonWhereNoneIsDocumented) {
  const auto reason = [](const CpuIdentity& id, Precision precision, Isa isa) {
    return compute_limit(id, precision, isa).reason();
  };
  EXPECT_EQ(reason(intel(0x3C), Precision::kFp32, Isa::kAvx512),
            "no documented FMA fp32 limit for Haswell with AVX-512");
  EXPECT_EQ(reason(intel(0x3C), Precision::kFp32, Isa::kNeon), "Haswell has no neon");
  EXPECT_EQ(reason(arm("0x41", 0xD0C), Precision::kFp32, Isa::kAvx2Fma), "Neoverse N1 has no avx2");
  EXPECT_EQ(reason(arm("0x41", 0xD09), Precision::kFp32, Isa::kNeon),
            "no documented FMA fp32 limit for Cortex-A73");
  EXPECT_EQ(reason(amd(0x1A, 0x44), Precision::kBf16, Isa::kAvx512),
            "no limit is kept for the kernel fma in bf16");
  EXPECT_EQ(reason(amd(0x1A, 0x50), Precision::kFp32, Isa::kAvx512),
            "microarchitecture unknown (AuthenticAMD family 0x1A model 0x50)");
  EXPECT_EQ(reason(intel(0x3C), Precision::kFp32, Isa::kSse2),
            "no documented FMA fp32 limit on sse2 registers for Haswell");
}

/// 0 where there is none; the reason is then in the message of what compares.
double limit(const CpuIdentity& identity, Precision precision, Isa isa, const char* kernel) {
  const Reading<Limit> found = compute_limit(identity, precision, isa, kernel);
  return found.available() ? found.value().per_core_cycle : 0.0;
}

TEST(ComputeLimit, OfDotProductsIsTheTablesCell) {
  const auto bf16 = [](const CpuIdentity& id, Isa isa) {
    return limit(id, Precision::kBf16, isa, "dot");
  };
  const auto int8 = [](const CpuIdentity& id, Isa isa) {
    return limit(id, Precision::kInt8, isa, "dot");
  };
  EXPECT_EQ(bf16(amd(0x19, 0x11), Isa::kAvx512), 64);
  EXPECT_EQ(bf16(amd(0x19, 0x11), Isa::kAvx2Fma), 64);
  EXPECT_EQ(bf16(amd(0x1A, 0x44), Isa::kAvx512), 128);
  EXPECT_EQ(bf16(intel(0x6A), Isa::kAvx512), 0);
  EXPECT_EQ(bf16(intel(0x8F), Isa::kAmx), 1024);
  EXPECT_EQ(bf16(amd(0x1A, 0x44), Isa::kAmx), 0);
  EXPECT_EQ(bf16(arm("0x41", 0xD40), Isa::kNeon), 64);
  EXPECT_EQ(bf16(arm("0x41", 0xD0C), Isa::kNeon), 0);
  EXPECT_EQ(int8(amd(0x19, 0x11), Isa::kAvx512), 128);
  EXPECT_EQ(int8(amd(0x1A, 0x44), Isa::kAvx512), 256);
  EXPECT_EQ(int8(intel(0x6A), Isa::kAvx512), 256);
  EXPECT_EQ(int8(intel(0x6A), Isa::kAvx2Fma), 128);
  EXPECT_EQ(int8(hybrid(0x97, 0x20, 1), Isa::kAvx2Fma), 32);
  EXPECT_EQ(int8(intel(0x8F), Isa::kAmx), 2048);
  EXPECT_EQ(int8(arm("0x41", 0xD0C), Isa::kNeon), 64);
  EXPECT_EQ(limit(arm("0x41", 0xD40), Precision::kInt8, Isa::kNeon, "mmla"), 256);
  EXPECT_EQ(limit(arm("0x41", 0xD49), Precision::kBf16, Isa::kNeon, "mmla"), 64);
  EXPECT_EQ(limit(arm("0x41", 0xD40), Precision::kFp16, Isa::kNeon, "fma"), 64);
  EXPECT_EQ(limit(intel(0x8F), Precision::kFp16, Isa::kAvx512, "fma"), 128);
  EXPECT_TRUE(
      compute_limit(amd(0x1A, 0x44), Precision::kBf16, Isa::kAvx512, "dot").value().may_refuse);
  EXPECT_FALSE(
      compute_limit(intel(0x8F), Precision::kInt8, Isa::kAvx512, "dot").value().may_refuse);
}

TEST(ComputeLimit, OfFmaWithAddIsTheTablesCell) {
  const auto mix = [](const CpuIdentity& id, Isa isa) {
    return limit(id, Precision::kFp32, isa, "fma_add");
  };
  EXPECT_EQ(mix(intel(0x3C), Isa::kAvx2Fma), 24);
  EXPECT_EQ(mix(intel(0x8F), Isa::kAvx2Fma), 36);
  EXPECT_EQ(mix(intel(0x8F), Isa::kAvx512), 48);
  EXPECT_EQ(mix(amd(0x19, 0x11), Isa::kAvx512), 48);
  EXPECT_EQ(mix(amd(0x1A, 0x44), Isa::kAvx512), 96);
  EXPECT_EQ(mix(amd(0x1A, 0x44), Isa::kAvx2Fma), 48);
  EXPECT_EQ(limit(amd(0x1A, 0x44), Precision::kFp64, Isa::kAvx512, "fma_add"), 48);
  EXPECT_TRUE(
      compute_limit(amd(0x17, 0x31), Precision::kFp32, Isa::kAvx2Fma, "fma_add").value().may_refuse)
      << "never above 48, whatever is expected below";
  EXPECT_FALSE(
      compute_limit(intel(0x8F), Precision::kFp32, Isa::kAvx2Fma, "fma_add").value().may_refuse);
  EXPECT_EQ(mix(arm("0x41", 0xD40), Isa::kNeon), 0);
}

TEST(ComputeLimit, OfSeparateMultipliesAndAddsIsDerivedAndOnlyWarns) {
  const auto sse2 = [](const CpuIdentity& id, Precision precision) {
    return limit(id, precision, Isa::kSse2, "mul_add");
  };
  EXPECT_EQ(sse2(intel(0x3C), Precision::kFp32), 8) << "one add pipe: a pair a cycle";
  EXPECT_EQ(sse2(intel(0x8F), Precision::kFp32), 12) << "three pipes for two kinds";
  EXPECT_EQ(sse2(intel(0x8F), Precision::kFp64), 6);
  EXPECT_EQ(sse2(amd(0x19, 0x11), Precision::kFp32), 16) << "two pipes of each kind";
  EXPECT_EQ(sse2(amd(0x17, 0x01), Precision::kFp32), 16);
  EXPECT_EQ(limit(amd(0x19, 0x11), Precision::kFp64, Isa::kScalar, "mul_add"), 4);
  EXPECT_FALSE(
      compute_limit(amd(0x19, 0x11), Precision::kFp32, Isa::kSse2, "mul_add").value().may_refuse);
}

TEST(ComputeLimit, OfSveHoldsForItsVectorLength) {
  CpuIdentity v1 = arm("0x41", 0xD40, {"sve"});
  v1.sve_vector_bytes = 32;
  EXPECT_EQ(limit(v1, Precision::kFp32, Isa::kSve, "fma"), 32);
  EXPECT_EQ(limit(v1, Precision::kFp64, Isa::kSve, "fma"), 16);
  EXPECT_EQ(limit(v1, Precision::kFp16, Isa::kSve, "fma"), 64);
  EXPECT_EQ(limit(v1, Precision::kInt8, Isa::kSve, "dot"), 128);
  v1.sve_vector_bytes = 16;
  EXPECT_EQ(compute_limit(v1, Precision::kFp32, Isa::kSve, "fma").reason(),
            "the documented limit of FMA fp32 for Neoverse V1 is of SVE vectors of 256 bit, and "
            "here they have 128");
  EXPECT_EQ(limit(arm("0x41", 0xD0C), Precision::kFp32, Isa::kSve, "fma"), 0);
}

TEST(FmaUnits, DecideTheOtherOperationsOfTheirWidthToo) {
  const CpuIdentity cascade = intel(0x55, 7, {"avx512_vnni"});
  const auto at = [&](Precision precision, const char* kernel, ZmmOverYmm ratio) {
    const auto found = compute_limit(cascade, precision, Isa::kAvx512, kernel, ratio);
    return found.available() ? found.value().per_core_cycle : 0.0;
  };
  EXPECT_EQ(at(Precision::kInt8, "dot", std::nullopt), 0);
  EXPECT_EQ(at(Precision::kInt8, "dot", 1.9), 256);
  EXPECT_EQ(at(Precision::kInt8, "dot", 1.0), 128);
  EXPECT_EQ(at(Precision::kFp32, "fma_add", 1.9), 48);
  EXPECT_EQ(at(Precision::kFp32, "fma_add", 1.0), 24);
  const auto narrow = compute_limit(amd(0x1A, 0x44), Precision::kBf16, Isa::kAvx512, "dot", 1.0);
  EXPECT_EQ(narrow.value().per_core_cycle, 64) << "a Zen 5 in 256-bit mode";
  // One FMA unit of 512 bits runs a dot product as fast as two of 256.
  CpuIdentity unlocked = hybrid(0x97, 0x40, 1);
  EXPECT_EQ(
      compute_limit(unlocked, Precision::kBf16, Isa::kAvx512, "dot", 1.0).value().per_core_cycle,
      32);
}

TEST(FmaUnits, OfTheSkylakeLineComeFromTheMeasuredRatio) {
  const CpuIdentity skylake = intel(0x55, 4);
  EXPECT_FALSE(compute_limit(skylake, Precision::kFp32, Isa::kAvx512).available());
  EXPECT_TRUE(compute_limit(skylake, Precision::kFp32, Isa::kAvx2Fma).available())
      << "256 bits are not in doubt";
  const auto two = compute_limit(skylake, Precision::kFp32, Isa::kAvx512, 1.98);
  ASSERT_TRUE(two.available());
  EXPECT_EQ(two.value().per_core_cycle, 64);
  EXPECT_TRUE(two.value().may_refuse);
  const auto one = compute_limit(skylake, Precision::kFp64, Isa::kAvx512, 1.01);
  ASSERT_TRUE(one.available());
  EXPECT_EQ(one.value().per_core_cycle, 16);
  EXPECT_FALSE(one.value().may_refuse) << "the one-unit row is not certain";
  EXPECT_FALSE(compute_limit(skylake, Precision::kFp32, Isa::kAvx512, 1.4).available());
}

TEST(FmaUnits, ARatioThatSaysNothingGivesNoLimit) {
  for (const double ratio : {1.3, 1.5, 0.2, 4.0, 0.0, -1.0, std::nan("")}) {
    EXPECT_FALSE(compute_limit(intel(0x55, 4), Precision::kFp32, Isa::kAvx512, ratio).available())
        << ratio;
  }
}

TEST(FmaUnits, AZen5InNarrowModeGetsTheNarrowRow) {
  const CpuIdentity zen5 = amd(0x1A, 0x44);
  EXPECT_EQ(compute_limit(zen5, Precision::kFp32, Isa::kAvx512, 1.99).value().per_core_cycle, 64);
  const auto narrow = compute_limit(zen5, Precision::kFp32, Isa::kAvx512, 1.0);
  ASSERT_TRUE(narrow.available());
  EXPECT_EQ(narrow.value().per_core_cycle, 32);
  EXPECT_NE(narrow.source().find("256-bit mode"), std::string::npos);
}

TEST(FmaUnits, BehaviourThatFitsNoRowIsSaid) {
  const auto masked = compute_limit(amd(0x19, 0x11), Precision::kFp32, Isa::kAvx512, 2.0);
  EXPECT_EQ(masked.reason(),
            "CPUID says Zen 4, behaviour says two 512-bit FMA units (zmm/ymm ratio 2.00)");
  EXPECT_FALSE(compute_limit(intel(0x8F), Precision::kFp32, Isa::kAvx512, 1.0).available());
  EXPECT_TRUE(compute_limit(amd(0x19, 0x11), Precision::kFp32, Isa::kAvx512, 1.0).available());
}

TEST(CoreLimits, ListsEveryKnownCell) {
  const auto zen4 = find_core_limits(amd(0x19, 0x11));
  ASSERT_TRUE(zen4.available());
  EXPECT_EQ(zen4.value().microarchitecture, "Zen 4");
  bool seen = false;
  for (const LimitRow& row : zen4.value().rows) {
    EXPECT_GT(row.per_core_cycle, 0.0) << row.name;
    EXPECT_FALSE(row.unit.empty());
    if (row.name == "FMA fp32 zmm") {
      seen = true;
      EXPECT_EQ(row.per_core_cycle, 32.0);
      EXPECT_EQ(row.evidence, Evidence::kMeasured);
    }
  }
  EXPECT_TRUE(seen);
  const auto nothing = find_core_limits(arm("0x41", 0xD09));
  ASSERT_TRUE(nothing.available()) << "known by name, without one documented cell";
  EXPECT_TRUE(nothing.value().rows.empty());
}

TEST(CoreLimits, EveryRecognisedModelHasARow) {
  int known = 0;
  for (int model = 0; model <= 0xFF; ++model) {
    for (const int stepping : {0, 7, 0xB}) {
      const CpuIdentity id = intel(model, stepping);
      const auto limits = find_core_limits(id);
      known += limits.available() ? 1 : 0;
      if (!limits.available()) {
        EXPECT_FALSE(limits.reason().empty()) << "a recognised core without a row: model " << model;
      }
    }
    for (const int family : {0x17, 0x19, 0x1A}) {
      const auto limits = find_core_limits(amd(family, model));
      known += limits.available() ? 1 : 0;
      if (!limits.available()) {
        EXPECT_FALSE(limits.reason().empty()) << family << " " << model;
      }
    }
  }
  for (int part = 0; part <= 0xFFF; ++part) {
    for (const char* implementer : {"0x41", "0x46", "0x61", "0xC0"}) {
      const auto limits = find_core_limits(arm(implementer, part));
      known += limits.available() ? 1 : 0;
      if (!limits.available()) {
        EXPECT_FALSE(limits.reason().empty()) << implementer << " " << part;
      }
    }
  }
  EXPECT_GT(known, 300);
}

}  // namespace
}  // namespace perfbench
