#include "harness/core/units/quantity.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <type_traits>

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a < b;
};
template <class A, class B>
concept Divisible = requires(A a, B b) {
  a / b;
};

TEST(Quantity, CountsExactlyUpToTwoToTheSixtyFour) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(Bytes(kMost).count(), kMost);
  EXPECT_EQ((Bytes(kMost - 1) + Bytes(1)).count(), kMost);
  EXPECT_EQ((Flops(10) - Flops(3)).count(), 7U);
  EXPECT_EQ((Flops(10) * 3).count(), 30U);
  EXPECT_EQ((3 * Flops(10)).count(), 30U);
  EXPECT_EQ((Flops(10) / 3).count(), 3U);
  EXPECT_EQ(Bytes().count(), 0U);
}

TEST(Quantity, PowersOfTwoAreNamedByTheirUnit) {
  EXPECT_EQ(kib(1).count(), 1024U);
  EXPECT_EQ(mib(1), kib(1024));
  EXPECT_EQ(gib(1).count(), std::uint64_t{1} << 30U);
  EXPECT_LT(Bytes(1'000'000'000), gib(1));
}

TEST(Quantity, KindsNeverMix) {
  EXPECT_TRUE((Addable<Bytes, Bytes>));
  EXPECT_FALSE((Addable<Bytes, Flops>));
  EXPECT_FALSE((Addable<Bytes, std::uint64_t>));
  EXPECT_TRUE((Comparable<Bytes, Bytes>));
  EXPECT_FALSE((Comparable<Bytes, Flops>));
  EXPECT_FALSE((Comparable<BytesPerSecond, FlopsPerSecond>));
  EXPECT_TRUE((Divisible<FlopsPerSecond, FlopsPerSecond>));
  EXPECT_FALSE((Divisible<FlopsPerSecond, BytesPerSecond>));
  EXPECT_FALSE((std::is_convertible_v<std::uint64_t, Bytes>));
  EXPECT_FALSE((std::is_convertible_v<double, FlopsPerSecond>));
}

TEST(Rate, ComesFromAQuantityOverADuration) {
  EXPECT_DOUBLE_EQ((Flops(32'000) / microseconds(1)).per_second(), 32e9);
  EXPECT_DOUBLE_EQ((Bytes(1) / milliseconds(2)).per_second(), 500.0);
  EXPECT_DOUBLE_EQ((Cycles(4'400'000) / milliseconds(1)).per_second(), 4.4e9);
  EXPECT_DOUBLE_EQ((Samples(0) / milliseconds(1)).per_second(), 0.0);
}

TEST(Rate, RatioOfTwoRatesOfOneKindIsAFraction) {
  const double fraction = FlopsPerSecond::per_second(30e9) / FlopsPerSecond::per_second(120e9);
  EXPECT_DOUBLE_EQ(fraction, 0.25);
  EXPECT_DOUBLE_EQ((FlopsPerSecond::per_second(10) * 1.5).per_second(), 15.0);
  EXPECT_LT(Hertz::per_second(1e9), Hertz::per_second(2e9));
}

TEST(RateDeathTest, OverNoTimeIsAProgrammersError) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)(Bytes(1) / Nanoseconds(0)), "a rate needs a positive duration");
  EXPECT_DEATH((void)(Bytes(1) / Nanoseconds(-1)), "a rate needs a positive duration");
}

TEST(Duration, ConvertsToSecondsAndBack) {
  EXPECT_DOUBLE_EQ(seconds(milliseconds(1500)), 1.5);
  EXPECT_EQ(from_seconds(0.25), milliseconds(250));
  EXPECT_EQ(from_seconds(-0.25), milliseconds(-250));
}

}  // namespace
}  // namespace perfbench
