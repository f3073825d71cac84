#include "harness/core/judge/verdict_builder.hpp"

#include <gtest/gtest.h>

#include "harness/core/judge/wording.hpp"
#include "tests/harness/core/judge/reasons.hpp"

namespace perfbench {
namespace {

TEST(VerdictBuilder, TheWorstReasonDecidesInAnyOrder) {
  EXPECT_EQ(VerdictBuilder().build().validity, Validity::kValid);
  VerdictBuilder first;
  first.invalid({"a", "", ""}).inconclusive({"b", "", ""}).note({"c", "", ""});
  const Verdict verdict = std::move(first).build();
  EXPECT_EQ(verdict.validity, Validity::kInvalid);
  EXPECT_EQ(ids(verdict.reasons), (std::vector<std::string>{"a", "b", "c"}));
  VerdictBuilder second;
  second.note({"c", "", ""}).inconclusive({"b", "", ""});
  EXPECT_EQ(std::move(second).build().validity, Validity::kInconclusive);
}

TEST(Wording, PutsFiguresInReadableUnits) {
  EXPECT_EQ(judge::percent(0.0131), "1.3 %");
  EXPECT_EQ(judge::percent(0.0052, 2), "0.52 %");
  EXPECT_EQ(judge::number(63.94), "63.9");
  EXPECT_EQ(judge::duration(Nanoseconds(850)), "850 ns");
  EXPECT_EQ(judge::duration(Nanoseconds(12'500)), "12.5 us");
  EXPECT_EQ(judge::duration(std::chrono::milliseconds(340)), "340 ms");
  EXPECT_EQ(judge::duration(std::chrono::milliseconds(61'250)), "61.25 s");
}

}  // namespace
}  // namespace perfbench
