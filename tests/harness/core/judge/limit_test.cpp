#include "harness/core/judge/limit.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/harness/core/judge/reasons.hpp"

namespace perfbench {
namespace {

LimitQuestion question(double measured, bool may_refuse = true) {
  LimitQuestion q;
  q.per_core_cycle = measured;
  q.limit_per_core_cycle = Reading<double>::of(32, "Zen 4, FMA fp32 ymm");
  q.limit_may_refuse = may_refuse;
  q.clock_uncertainty = 0.01;
  return q;
}

TEST(JudgeLimit, BelowItIsValidWithoutAWord) {
  const Verdict verdict = judge_limit(question(31.5));
  EXPECT_EQ(verdict.validity, Validity::kValid);
  EXPECT_TRUE(verdict.reasons.empty());
  EXPECT_DOUBLE_EQ(*fraction_of_limit(question(31.5)), 31.5 / 32);
}

TEST(JudgeLimit, WithinTheClocksUncertaintyIsValidAndSaid) {
  const Verdict verdict = judge_limit(question(32.2));
  EXPECT_EQ(verdict.validity, Validity::kValid);
  ASSERT_NE(find_reason(verdict.reasons, "limit-within-clock"), nullptr);
  EXPECT_DOUBLE_EQ(*fraction_of_limit(question(32.2)), 32.2 / 32);
}

TEST(JudgeLimit, AboveACertainLimitIsInvalid) {
  const Verdict verdict = judge_limit(question(61));
  EXPECT_EQ(verdict.validity, Validity::kInvalid);
  const Reason* reason = find_reason(verdict.reasons, "above-limit");
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(reason->text,
            "61 per core and cycle is 1.91x above the documented limit of Zen 4, FMA fp32 ymm: the "
            "limit row is wrong "
            "for this CPU or the clock is wrong");
  EXPECT_FALSE(reason->remedy.empty());
  EXPECT_FALSE(fraction_of_limit(question(61)));
}

TEST(JudgeLimit, AboveAnUncertainLimitOnlyWarns) {
  const Verdict verdict = judge_limit(question(61, false));
  EXPECT_EQ(verdict.validity, Validity::kValid);
  EXPECT_NE(find_reason(verdict.reasons, "above-uncertain-limit"), nullptr);
  EXPECT_FALSE(fraction_of_limit(question(61, false))) << "one of the two is wrong: no fraction";
}

TEST(JudgeLimit, TheUncertaintyOfTheClockMovesTheBorder) {
  LimitQuestion q = question(33);
  EXPECT_EQ(judge_limit(q).validity, Validity::kInvalid);
  q.clock_uncertainty = 0.05;
  EXPECT_EQ(judge_limit(q).validity, Validity::kValid);
  q.clock_uncertainty = -1.0;
  EXPECT_EQ(judge_limit(q).validity, Validity::kInvalid);
  q.per_core_cycle = 32;
  EXPECT_EQ(judge_limit(q).validity, Validity::kValid);
}

TEST(JudgeLimit, NoLimitKnownLeavesTheRateValid) {
  LimitQuestion q = question(61);
  q.limit_per_core_cycle = Reading<double>::unavailable("microarchitecture unknown (x)");
  const Verdict verdict = judge_limit(q);
  EXPECT_EQ(verdict.validity, Validity::kValid);
  const Reason* reason = find_reason(verdict.reasons, "limit-unknown");
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(reason->text, "no limit known: microarchitecture unknown (x)");
  EXPECT_FALSE(fraction_of_limit(q));
  q.per_core_cycle.reset();
  EXPECT_EQ(judge_limit(q).validity, Validity::kValid)
      << "nothing to check, with or without a clock";
}

TEST(JudgeLimit, ALimitWithoutAClockIsInconclusive) {
  LimitQuestion q = question(0);
  q.per_core_cycle.reset();
  const Verdict verdict = judge_limit(q);
  EXPECT_EQ(verdict.validity, Validity::kInconclusive);
  EXPECT_NE(find_reason(verdict.reasons, "limit-unchecked"), nullptr);
  EXPECT_FALSE(fraction_of_limit(q));
}

TEST(JudgeLimit, NonsenseOfAStoredFileIsInconclusive) {
  LimitQuestion q = question(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(judge_limit(q).validity, Validity::kInconclusive);
  q = question(30);
  q.limit_per_core_cycle = Reading<double>::of(0, "x");
  EXPECT_EQ(judge_limit(q).validity, Validity::kInconclusive);
  EXPECT_FALSE(fraction_of_limit(q));
}

TEST(JudgeLimit, OfARoofReadsItsFields) {
  Roof roof;
  roof.per_core_cycle = 61;
  roof.limit_per_core_cycle = Reading<double>::of(32, "row");
  roof.limit_may_refuse = true;
  EXPECT_EQ(judge_limit(roof).validity, Validity::kInvalid);
  roof.per_core_cycle = 16;
  EXPECT_EQ(judge_limit(roof).validity, Validity::kValid);
  EXPECT_DOUBLE_EQ(*fraction_of_limit(roof), 0.5);
}

TEST(PerCoreCycle, DividesByCoresAndClock) {
  ClockReading clock;
  EXPECT_FALSE(per_core_cycle(1e11, 1, clock));
  clock.hz = Reading<double>::of(4e9, "chain");
  EXPECT_DOUBLE_EQ(*per_core_cycle(128e9, 1, clock), 32.0);
  EXPECT_DOUBLE_EQ(*per_core_cycle(256e9, 2, clock), 32.0);
  EXPECT_FALSE(per_core_cycle(1e11, 0, clock));
  clock.hz = Reading<double>::of(0, "chain");
  EXPECT_FALSE(per_core_cycle(1e11, 1, clock));
}

}  // namespace
}  // namespace perfbench
