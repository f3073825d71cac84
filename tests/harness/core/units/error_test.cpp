#include "harness/core/units/error.hpp"

#include <gtest/gtest.h>

#include "harness/core/result/reading.hpp"

namespace perfbench {
namespace {

TEST(Error, CarriesOneSentenceAndARemedy) {
  const InputError error("report.json ends after 12 bytes", "write it again");
  EXPECT_STREQ(error.what(), "report.json ends after 12 bytes");
  EXPECT_EQ(error.remedy(), "write it again");
  EXPECT_TRUE(UsageError("x").remedy().empty());
}

TEST(Error, TheFamilyIsCaughtByItsBase) {
  EXPECT_THROW(throw UsageError("x"), Error);
  EXPECT_THROW(throw InputError("x"), Error);
  EXPECT_THROW(throw ResourceError("x"), Error);
}

TEST(Reading, HoldsAValueWithItsSourceOrAReason) {
  const auto value = Reading<int>::of(0, "/proc/x");
  EXPECT_TRUE(value.available());
  EXPECT_EQ(value.value(), 0);
  EXPECT_EQ(value.source(), "/proc/x");
  EXPECT_EQ(value.reason(), "");
  const auto none = Reading<int>::unavailable("no /proc/x");
  EXPECT_FALSE(none.available());
  EXPECT_EQ(none.reason(), "no /proc/x");
  EXPECT_EQ(none.value_or(7), 7);
  EXPECT_NE(value, none);
}

TEST(Reading, ThatNobodyMadeSaysSo) { EXPECT_EQ(Reading<int>().reason(), "never read"); }

TEST(ReadingDeathTest, AnAbsentValueIsNeverReadAsZero) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)Reading<int>::unavailable("x").value(),
               "value\\(\\) of a reading that is not available");
}

}  // namespace
}  // namespace perfbench
