#include "harness/core/limits/fingerprint.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/harness/core/limits/identities.hpp"

namespace perfbench {
namespace {

Roof roof(std::string kernel, Precision precision, Isa isa, double per_cycle) {
  Roof roof;
  roof.kernel = std::move(kernel);
  roof.precision = precision;
  roof.isa = isa;
  roof.per_core_cycle = per_cycle;
  roof.rate.best = per_cycle * 4e9;
  return roof;
}

/// fp32 FMA and FMA+ADD on 256 and 512 bits, and bf16 on 512, per cycle. 0: not measured.
struct Peaks {
  double ymm = 0;
  double mix_ymm = 0;
  double zmm = 0;
  double mix_zmm = 0;
  double bf16 = 0;
};

std::vector<Roof> roofs(const Peaks& peaks) {
  std::vector<Roof> all;
  const auto add = [&all](const char* kernel, Precision precision, Isa isa, double figure) {
    if (figure > 0) all.push_back(roof(kernel, precision, isa, figure));
  };
  add("fma", Precision::kFp32, Isa::kAvx2Fma, peaks.ymm);
  add("fma_add", Precision::kFp32, Isa::kAvx2Fma, peaks.mix_ymm);
  add("fma", Precision::kFp32, Isa::kAvx512, peaks.zmm);
  add("fma_add", Precision::kFp32, Isa::kAvx512, peaks.mix_zmm);
  add("dot", Precision::kBf16, Isa::kAvx512, peaks.bf16);
  return all;
}

// Measured on two virtual machines (reference, limits.md 1.2), and what documents say of others.
constexpr Peaks kZen4{32.0, 48.0, 32.0, 48.0, 64.0};
constexpr Peaks kZen5{31.8, 47.7, 63.6, 95.3, 127.1};
constexpr Peaks kSapphireRapids{32.0, 36.0, 64.0, 48.0, 32.0};
constexpr Peaks kTwoUnitSkylake{32.0, 23.0, 63.0, 47.0, 0};
constexpr Peaks kOneUnitSkylake{32.0, 23.0, 32.0, 23.0, 0};
constexpr Peaks kHaswell{32.0, 23.9, 0, 0, 0};

using Names = std::vector<std::string>;

Names classes(const Peaks& peaks) { return fitting_classes(behaviour_of(roofs(peaks))); }

TEST(Fingerprint, NamesTheClassesThatBehaveSo) {
  EXPECT_EQ(classes(kZen4), Names{"Zen 4 or Zen 5 in 256-bit mode"});
  EXPECT_EQ(classes(kZen5), Names{"Zen 5"});
  EXPECT_EQ(classes(kSapphireRapids), Names{"Sapphire Rapids to Granite Rapids"});
  EXPECT_EQ(classes(kTwoUnitSkylake), Names{"Skylake-SP to Ice Lake-SP with two 512-bit units"});
  EXPECT_EQ(classes(kOneUnitSkylake),
            Names{"Skylake-SP with one 512-bit unit or Ice Lake client to Rocket Lake"});
  const Names narrow = classes(kHaswell);
  EXPECT_EQ(narrow.front(), "Haswell, Broadwell or Skylake client");
  EXPECT_GT(narrow.size(), 1U) << "one ratio alone does not tell those with shared pipes apart";
}

TEST(Fingerprint, AMissingPeakSaysNothing) {
  EXPECT_TRUE(fitting_classes({}).empty());
  Peaks only_mix = kZen4;
  only_mix.zmm = only_mix.mix_zmm = only_mix.bf16 = 0;  // AVX-512 cleared by a CPU template
  const Names names = classes(only_mix);
  EXPECT_NE(std::find(names.begin(), names.end(), "Zen 4 or Zen 5 in 256-bit mode"), names.end());
  EXPECT_NE(std::find(names.begin(), names.end(), "Zen 5"), names.end());
  const Fingerprint nothing = judge_fingerprint(amd(0x19, 0x11), {});
  EXPECT_EQ(nothing.outcome, FingerprintOutcome::kUndecided);
  EXPECT_FALSE(nothing.sentence.empty());
}

TEST(Fingerprint, AgreesWhereTheCoreBehavesAsItIsNamed) {
  const auto outcome = [](const CpuIdentity& id, const Peaks& peaks) {
    return judge_fingerprint(id, behaviour_of(roofs(peaks))).outcome;
  };
  EXPECT_EQ(outcome(amd(0x19, 0x11), kZen4), FingerprintOutcome::kAgrees);
  EXPECT_EQ(outcome(amd(0x1A, 0x44), kZen5), FingerprintOutcome::kAgrees);
  EXPECT_EQ(outcome(amd(0x1A, 0x24), kZen4), FingerprintOutcome::kAgrees);
  EXPECT_EQ(outcome(intel(0x8F), kSapphireRapids), FingerprintOutcome::kAgrees);
  EXPECT_EQ(outcome(intel(0x55, 4), kTwoUnitSkylake), FingerprintOutcome::kAgrees);
  EXPECT_EQ(outcome(intel(0x55, 4), kOneUnitSkylake), FingerprintOutcome::kAgrees);
  EXPECT_EQ(outcome(intel(0x3C), kHaswell), FingerprintOutcome::kAgrees);
  Peaks clocked_down = kTwoUnitSkylake;  // 512 bits at 0.8 of the clock, which is not known
  clocked_down.zmm *= 0.8;
  clocked_down.mix_zmm *= 0.8;
  EXPECT_EQ(outcome(intel(0x55, 4), clocked_down), FingerprintOutcome::kAgrees);
}

TEST(Fingerprint, ContradictsAnOlderNameOverNewerSilicon) {
  const Fingerprint found = judge_fingerprint(amd(0x19, 0x11), behaviour_of(roofs(kZen5)));
  EXPECT_EQ(found.outcome, FingerprintOutcome::kContradicts);
  EXPECT_EQ(found.sentence,
            "CPUID says Zen 4, behaviour says Zen 5 (zmm/ymm FMA 2.00, FMA+ADD/FMA 1.50, "
            "FMA+ADD/FMA with zmm 1.50, bf16/fp32 2.00)");
  EXPECT_EQ(judge_fingerprint(amd(0x1A, 0x44), behaviour_of(roofs(kZen4))).classes,
            Names{"Zen 4 or Zen 5 in 256-bit mode"});
  EXPECT_EQ(judge_fingerprint(intel(0x6A), behaviour_of(roofs(kSapphireRapids))).outcome,
            FingerprintOutcome::kContradicts);
  EXPECT_EQ(judge_fingerprint(intel(0xA7), behaviour_of(roofs(kTwoUnitSkylake))).outcome,
            FingerprintOutcome::kContradicts);
}

TEST(Fingerprint, NamesWhatIsUnderAMaskedIdentity) {
  const CpuIdentity masked = intel(0xA7, 1, {"amx_bf16", "amx_tile", "avx512_bf16", "avx512f"});
  std::vector<Roof> all = roofs(kSapphireRapids);
  all.push_back(roof("dot", Precision::kBf16, Isa::kAmx, 1023.6));
  const Behaviour behaviour = behaviour_of(all);
  EXPECT_TRUE(behaviour.runs_tiles);
  const Fingerprint found = judge_fingerprint(masked, behaviour);
  EXPECT_EQ(found.outcome, FingerprintOutcome::kNamed);
  EXPECT_EQ(found.classes, Names{"Sapphire Rapids to Granite Rapids"});
  EXPECT_NE(found.sentence.find("behaviour says Sapphire Rapids to Granite Rapids"),
            std::string::npos);
  const Fingerprint unknown = judge_fingerprint(amd(0x1A, 0x50), behaviour_of(roofs(kZen5)));
  EXPECT_EQ(unknown.outcome, FingerprintOutcome::kNamed);
  EXPECT_EQ(unknown.classes, Names{"Zen 5"});
}

TEST(Fingerprint, ABehaviourOfNoKnownCoreIsSaid) {
  Peaks odd = kZen4;
  odd.mix_ymm = 64;  // twice the FMA roof
  const Fingerprint found = judge_fingerprint(amd(0x19, 0x11), behaviour_of(roofs(odd)));
  EXPECT_EQ(found.outcome, FingerprintOutcome::kContradicts);
  EXPECT_TRUE(found.classes.empty());
  EXPECT_NE(found.sentence.find("no core that is known"), std::string::npos);
}

TEST(Fingerprint, TakesTheRoofsOfOneThreadAndTheirClocks) {
  std::vector<Roof> all = roofs(kZen5);
  for (Roof& one : all) one.threads = 2;
  EXPECT_TRUE(fitting_classes(behaviour_of(all)).empty());
  all = roofs(kZen5);
  for (Roof& one : all) one.rate.best = 1e9;  // the clocks of each window tell more
  EXPECT_EQ(fitting_classes(behaviour_of(all)), Names{"Zen 5"});
  all = roofs(kZen5);
  for (Roof& one : all) one.per_core_cycle.reset();
  EXPECT_EQ(fitting_classes(behaviour_of(all)), Names{"Zen 5"}) << "without clocks the rates";
  EXPECT_EQ(judge_fingerprint(arm("0x41", 0xD40), behaviour_of(all)).outcome,
            FingerprintOutcome::kUndecided);
}

}  // namespace
}  // namespace perfbench
