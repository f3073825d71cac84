#include "tools/cli/values.hpp"

#include <gtest/gtest.h>

namespace perfbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ParseDuration, TakesWhatPeopleType) {
  EXPECT_EQ(parse_duration("90"), seconds(90));
  EXPECT_EQ(parse_duration("8m"), seconds(480));
  EXPECT_EQ(parse_duration("1h30m"), seconds(5400));
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
}

TEST(ParseDuration, RefusesTheRest) {
  for (const char* text : {"",
                           "0",
                           "0s",
                           "-5s",
                           "5x",
                           "m",
                           "1.5h",
                           "s5",
                           "5 s",
                           "9999999999999h",
                           "99999999999999999999"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(ParseDuration, ShortUnits) {
  EXPECT_EQ(parse_duration("200us"), std::chrono::microseconds(200));
  EXPECT_EQ(parse_duration("50ns"), Nanoseconds(50));
  EXPECT_EQ(parse_duration("1ms500us"), std::chrono::microseconds(1500));
}

TEST(ParseOffset, OneDecimalNumberOfSecondsOrAUnit) {
  EXPECT_EQ(parse_offset("0"), Nanoseconds(0));
  EXPECT_EQ(parse_offset("0.25"), std::chrono::milliseconds(250));
  EXPECT_EQ(parse_offset("1.5us"), Nanoseconds(1500));
  EXPECT_EQ(parse_offset("2m"), std::chrono::minutes(2));
  EXPECT_EQ(parse_offset("1e-9"), Nanoseconds(1));
  for (const char* text : {"", "-1", "-0", "nan", "inf", "1x", "1h30m", " 1", "1 ", "1e300", "s"}) {
    EXPECT_EQ(parse_offset(text), std::nullopt) << text;
  }
}

TEST(ParseBytes, PowersOf1024AndOf1000) {
  EXPECT_EQ(parse_bytes("512M"), mib(512));
  EXPECT_EQ(parse_bytes("2GiB"), gib(2));
  EXPECT_EQ(parse_bytes("1GB"), Bytes(1'000'000'000));
  EXPECT_EQ(parse_bytes("64"), Bytes(64));
  EXPECT_EQ(parse_bytes("0"), Bytes(0));
}

TEST(ParseBytes, RefusesTheRest) {
  for (const char* text : {"", "M", "-1M", "1X", "1 M", "99999999999T", "1.5G"}) {
    EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace perfbench
