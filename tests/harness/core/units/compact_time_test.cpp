#include "harness/core/units/compact_time.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace perfbench {
namespace {

Nanoseconds through(std::int64_t ns) { return CompactTime(Nanoseconds(ns)).duration(); }

TEST(CompactTime, IsExactBelow268Milliseconds) {
  for (const std::int64_t ns : {0LL, 1LL, 999LL, 1'000'003LL, (1LL << 27) + 1, (1LL << 28) - 1}) {
    EXPECT_EQ(through(ns), Nanoseconds(ns));
    EXPECT_EQ(CompactTime(Nanoseconds(ns)).code(), static_cast<std::uint32_t>(ns));
  }
}

TEST(CompactTime, IsShortByLessThan1e8thAbove) {
  // Minutes, hours, and every power of two with its neighbours.
  for (int bit = 28; bit < 58; ++bit) {
    for (const std::int64_t by : {-1LL, 0LL, 1LL, 12'345LL}) {
      const std::int64_t ns = (std::int64_t{1} << bit) + by;
      const std::int64_t short_by = ns - through(ns).count();
      EXPECT_GE(short_by, 0) << ns;
      EXPECT_LT(static_cast<double>(short_by), 1e-8 * static_cast<double>(ns)) << ns;
    }
  }
}

TEST(CompactTime, OrdersAsTheDurations) {
  std::int64_t ns = 1;
  CompactTime before(Nanoseconds(0));
  while (ns < (std::int64_t{1} << 57)) {
    const CompactTime time((Nanoseconds(ns)));
    EXPECT_GT(time, before);
    before = time;
    ns += ns / 1000 + 1;
  }
}

TEST(CompactTime, EveryCodeIsTheCodeOfItsDuration) {
  for (std::uint64_t code = 0; code <= UINT32_MAX; code += 65'537) {
    const CompactTime time = CompactTime::from_code(static_cast<std::uint32_t>(code));
    EXPECT_EQ(CompactTime(time.duration()).code(), time.code());
  }
  const CompactTime last = CompactTime::from_code(UINT32_MAX);
  EXPECT_EQ(CompactTime(last.duration()), last);
}

TEST(CompactTime, ClampsWhatItCannotHold) {
  EXPECT_EQ(CompactTime(Nanoseconds(-5)).code(), 0U);
  EXPECT_EQ(CompactTime(Nanoseconds::max()).code(), UINT32_MAX);
}

}  // namespace
}  // namespace perfbench
