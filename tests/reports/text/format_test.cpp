#include "reports/text/format.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace perfbench {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Format, ThreeSignificantDigits) {
  EXPECT_EQ(format_significant(0.0), "0");
  EXPECT_EQ(format_significant(1.0), "1.00");
  EXPECT_EQ(format_significant(63.62), "63.6");
  EXPECT_EQ(format_significant(999.4), "999");
  EXPECT_EQ(format_significant(999.6), "1,000");
  EXPECT_EQ(format_significant(12345.6), "12,300");
  EXPECT_EQ(format_significant(1234567.0), "1,230,000");
  EXPECT_EQ(format_significant(0.00123456), "0.00123");
  EXPECT_EQ(format_significant(-2.345), "-2.35");
  EXPECT_EQ(format_significant(9.996), "10.0");
  EXPECT_EQ(format_significant(1e300), "1.00e+300");
  EXPECT_EQ(format_significant(5e-324), "4.94e-324");
}

TEST(Format, WhatIsNoNumberSaysSo) {
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    EXPECT_EQ(format_significant(bad), "not a number");
    EXPECT_EQ(format_flop_rate(bad), "not a number");
    EXPECT_EQ(format_nanoseconds(bad), "not a number");
    EXPECT_EQ(format_percent(bad), "not a number");
    EXPECT_EQ(format_wait(bad), "not a number");
  }
}

TEST(Format, RatesInTheUnitThatFits) {
  EXPECT_EQ(format_flop_rate(273.6e9), "274 GFLOP/s");
  EXPECT_EQ(format_flop_rate(1.5e12), "1.50 TFLOP/s");
  EXPECT_EQ(format_flop_rate(999.7e9), "1.00 TFLOP/s") << "rounded before the unit is chosen";
  EXPECT_EQ(format_flop_rate(0.0), "0 FLOP/s");
  EXPECT_EQ(format_byte_rate(41.23e9), "41.2 GB/s");
  EXPECT_EQ(format_byte_rate(1e9), "1.00 GB/s") << "1 GB is 1e9 bytes";
  EXPECT_EQ(format_rate(RoofKind::kBandwidth, 2e9), "2.00 GB/s");
  EXPECT_EQ(format_rate(RoofKind::kCompute, 2e9), "2.00 GFLOP/s");
  EXPECT_EQ(format_rate(RoofKind::kLatency, 85.0), "85.0 ns");
}

TEST(Format, Times) {
  EXPECT_EQ(format_duration(Nanoseconds(48)), "48 ns");
  EXPECT_EQ(format_duration(Nanoseconds(999)), "999 ns");
  EXPECT_EQ(format_duration(Nanoseconds(1000)), "1.00 us");
  EXPECT_EQ(format_duration(Nanoseconds(150'234)), "150 us");
  EXPECT_EQ(format_duration(Nanoseconds(999'700)), "1.00 ms");
  EXPECT_EQ(format_duration(Nanoseconds(61'000'000'000)), "61.0 s");
  EXPECT_EQ(format_nanoseconds(12.345), "12.3 ns");
  EXPECT_EQ(format_hertz(4.3e9), "4.30 GHz");
}

TEST(Format, IntervalsTellTheirEndsApart) {
  EXPECT_EQ(format_interval(Nanoseconds(160'000), Nanoseconds(163'000)), "160 to 163 us");
  EXPECT_EQ(format_interval(Nanoseconds(151'620), Nanoseconds(152'310)), "151.6 to 152.3 us");
  EXPECT_EQ(format_interval(Nanoseconds(151'000), Nanoseconds(151'000)), "151 to 151 us");
  EXPECT_EQ(format_interval(Nanoseconds(990'000), Nanoseconds(1'200'000)), "0.990 to 1.20 ms");
}

TEST(Format, Waits) {
  EXPECT_EQ(format_wait(0.0), "0 s");
  EXPECT_EQ(format_wait(0.4), "less than 1 s");
  EXPECT_EQ(format_wait(45.4), "45 s");
  EXPECT_EQ(format_wait(59.6), "1 min");
  EXPECT_EQ(format_wait(80.0), "1 min 20 s");
  EXPECT_EQ(format_wait(3720.0), "1 h 2 min");
  EXPECT_EQ(format_wait(1e300), "not a number");
}

TEST(Format, BytesInBinaryUnits) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1,023 B");
  EXPECT_EQ(format_bytes(49152), "48 KiB");
  EXPECT_EQ(format_bytes(1048576), "1 MiB");
  EXPECT_EQ(format_bytes(8'000'000'000), "7.45 GiB");
  EXPECT_EQ(format_bytes(std::numeric_limits<std::uint64_t>::max()), "16,800,000 TiB");
}

TEST(Format, Percents) {
  EXPECT_EQ(format_percent(0.0), "0 %");
  EXPECT_EQ(format_percent(0.973), "97.3 %");
  EXPECT_EQ(format_percent(1.0), "100 %");
  EXPECT_EQ(format_percent(0.00001), "under 0.01 %");
  EXPECT_EQ(format_percent(0.0078), "0.780 %");
}

TEST(Format, Counts) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(1234567), "1,234,567");
}

}  // namespace
}  // namespace perfbench
