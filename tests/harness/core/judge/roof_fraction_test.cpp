#include "harness/core/judge/roof_fraction.hpp"

#include <gtest/gtest.h>

#include "harness/core/judge/roof_id.hpp"
#include "tests/harness/core/judge/reasons.hpp"

namespace perfbench {
namespace {

Roof compute_roof(double best) {
  Roof roof;
  roof.kind = RoofKind::kCompute;
  roof.precision = Precision::kFp32;
  roof.kernel = "fma";
  roof.rate.best = best;
  return roof;
}

Roof bandwidth_roof(double best) {
  Roof roof;
  roof.kind = RoofKind::kBandwidth;
  roof.level = MemoryLevel::kDram;
  roof.kernel = "read";
  roof.threads = 2;
  roof.rate.best = best;
  return roof;
}

Dot dot(double best, double intensity = 100) {
  Dot result;
  result.rate.best = best;
  result.intensity_flop_per_byte = intensity;
  return result;
}

TEST(RoofId, IsOneRoofsAlone) {
  Roof fma = compute_roof(1);
  fma.isa = Isa::kAvx512;
  EXPECT_EQ(roof_id(fma), "compute-fp32-fma-avx512-1t") << "of a report without teams";
  fma.team = "1c-e";
  EXPECT_EQ(roof_id(fma), "compute-fp32-fma-avx512-1c-e");
  Roof read = bandwidth_roof(1);
  read.isa = Isa::kAvx2Fma;
  read.team = "2c";
  EXPECT_EQ(roof_id(read), "bandwidth-dram-read-avx2-2c");
  read.epoch = 2;
  EXPECT_EQ(roof_id(read), "bandwidth-dram-read-avx2-2c-e2");
  Roof latency;
  latency.kind = RoofKind::kLatency;
  latency.level = MemoryLevel::kL2;
  latency.kernel = "chase";
  latency.team = "1c";
  EXPECT_EQ(roof_id(latency), "latency-l2-chase-1c");
}

TEST(Attainable, IsTheRoofOrTheBandwidthTimesTheIntensity) {
  EXPECT_DOUBLE_EQ(*attainable_flop_per_s(compute_roof(100), 3), 100);
  EXPECT_DOUBLE_EQ(*attainable_flop_per_s(compute_roof(100), 0), 100);
  EXPECT_DOUBLE_EQ(*attainable_flop_per_s(bandwidth_roof(100), 0.25), 25);
  EXPECT_FALSE(attainable_flop_per_s(bandwidth_roof(100), 0));
  Roof latency;
  latency.kind = RoofKind::kLatency;
  EXPECT_FALSE(attainable_flop_per_s(latency, 1));
}

TEST(JudgeDot, UnderItsRoofIsValid) {
  const Roof roof = compute_roof(100);
  EXPECT_DOUBLE_EQ(*roof_fraction(dot(98), &roof), 0.98);
  EXPECT_EQ(judge_dot(dot(98), &roof).validity, Validity::kValid);
  EXPECT_TRUE(judge_dot(dot(98), &roof).reasons.empty());
  EXPECT_EQ(judge_dot(dot(101.9), &roof).validity, Validity::kValid) << "two bests of windows";
}

TEST(JudgeDot, AboveItsRoofIsABugInOneOfTheTwo) {
  const Roof roof = compute_roof(100);
  const Verdict verdict = judge_dot(dot(103), &roof);
  EXPECT_EQ(verdict.validity, Validity::kInvalid);
  const Reason* reason = find_reason(verdict.reasons, "above-roof");
  ASSERT_NE(reason, nullptr);
  EXPECT_NE(
      reason->text.find("103.0 % of its roof compute-fp32-fma-scalar-1t: a bug in one of the two"),
      std::string::npos);
  EXPECT_EQ(find_reason(verdict.reasons, "roof-contended"), nullptr);
}

TEST(JudgeDot, AContendedRoofIsNamedAsTheLikelyCause) {
  Roof roof = compute_roof(100);
  roof.contended = true;
  const Verdict verdict = judge_dot(dot(130), &roof);
  EXPECT_EQ(verdict.validity, Validity::kInconclusive);
  EXPECT_NE(find_reason(verdict.reasons, "roof-contended"), nullptr);
  EXPECT_TRUE(judge_dot(dot(90), &roof).reasons.empty());
}

TEST(JudgeDot, AboveALowerBoundIsValid) {
  Roof roof = compute_roof(100);
  roof.lower_bound = true;
  roof.lower_bound_reason = "the CPU has AMX";
  const Verdict verdict = judge_dot(dot(500), &roof);
  EXPECT_EQ(verdict.validity, Validity::kValid);
  ASSERT_NE(find_reason(verdict.reasons, "above-lower-bound"), nullptr);
  EXPECT_NE(verdict.reasons[0].text.find("the CPU has AMX"), std::string::npos);
}

TEST(JudgeDot, CachesMayHoldAPartOfLessDataThanTheRoofs) {
  Roof roof = bandwidth_roof(100);
  roof.working_set = mib(512);  // Of each of two threads.
  Dot cold = dot(106, 1);
  cold.working_set = gib(1);
  EXPECT_EQ(judge_dot(cold, &roof).validity, Validity::kInvalid);
  cold.working_set = gib(1) - Bytes(1);
  const Verdict verdict = judge_dot(cold, &roof);
  EXPECT_EQ(verdict.validity, Validity::kValid);
  EXPECT_NE(find_reason(verdict.reasons, "above-roof-by-caches"), nullptr);
  cold.rate.best = 95;
  EXPECT_TRUE(judge_dot(cold, &roof).reasons.empty());
}

TEST(JudgeDot, WithoutARoofIsInconclusive) {
  Dot lonely = dot(10);
  lonely.roof = "compute-fp32-8t";
  EXPECT_FALSE(roof_fraction(lonely, nullptr));
  const Verdict verdict = judge_dot(lonely, nullptr);
  EXPECT_EQ(verdict.validity, Validity::kInconclusive);
  EXPECT_NE(verdict.reasons.at(0).text.find("compute-fp32-8t"), std::string::npos);
  const Roof empty = compute_roof(0);
  EXPECT_EQ(judge_dot(dot(10), &empty).validity, Validity::kInconclusive)
      << "a roof of 0 bounds nothing";
}

}  // namespace
}  // namespace perfbench
