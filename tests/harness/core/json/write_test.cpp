#include "harness/core/json/write.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "harness/core/json/parse.hpp"

namespace perfbench {
namespace {

TEST(WriteJson, IndentsObjectsAndKeepsPlainArraysOnOneLine) {
  JsonValue value;
  value.set("a", 1).set("list", JsonValue(JsonValue::Array{1, 2})).set("o", JsonValue::object());
  value.set("deep", JsonValue(JsonValue::Array{JsonValue().set("x", true)}));
  EXPECT_EQ(write_json(value, 2),
            "{\n  \"a\": 1,\n  \"list\": [1, 2],\n  \"o\": {},\n  \"deep\": [\n    {\n      \"x\": "
            "true\n    }\n  ]\n}");
  EXPECT_EQ(write_json(value, 0), R"({"a":1,"list":[1,2],"o":{},"deep":[{"x":true}]})");
}

TEST(WriteJson, WritesPlainValues) {
  EXPECT_EQ(write_json(JsonValue()), "null");
  EXPECT_EQ(write_json(JsonValue(false)), "false");
  EXPECT_EQ(write_json(JsonValue(-3)), "-3");
  EXPECT_EQ(write_json(JsonValue("x")), "\"x\"");
  EXPECT_EQ(write_json(JsonValue::array()), "[]");
}

TEST(WriteJson, TellsDoublesFromIntegers) {
  EXPECT_EQ(write_json(JsonValue(2.0)), "2.0");
  EXPECT_EQ(write_json(JsonValue(-0.0)), "-0.0");
  EXPECT_EQ(write_json(JsonValue(0.1)), "0.1");
  EXPECT_EQ(parse_json("2.0").kind(), JsonValue::Kind::kDouble);
  EXPECT_EQ(parse_json("2").kind(), JsonValue::Kind::kUint64);
}

TEST(WriteJson, NeverWritesWhatJsonLacks) {
  EXPECT_EQ(write_json(JsonValue(std::numeric_limits<double>::quiet_NaN())), "null");
  EXPECT_EQ(write_json(JsonValue(std::numeric_limits<double>::infinity())), "null");
  EXPECT_EQ(write_json(JsonValue(-std::numeric_limits<double>::infinity())), "null");
}

TEST(WriteJson, EscapesAndRepairsText) {
  EXPECT_EQ(write_json(JsonValue("a\"b\\c\n\t\x01\x1f/")), R"("a\"b\\c\n\t\u0001\u001f/")");
  EXPECT_EQ(write_json(JsonValue("\x7f")), R"("\u007f")");
  EXPECT_EQ(write_json(JsonValue(std::string("\0", 1))), R"("\u0000")");
  EXPECT_EQ(write_json(JsonValue("\xC2\xB5s")), "\"\xC2\xB5s\"");
  EXPECT_EQ(write_json(JsonValue("\xFF")), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(write_json(JsonValue().set("\xFF", 1), 0), "{\"\xEF\xBF\xBD\":1}");
}

TEST(RoundTrip, IntegersComeBackExactly) {
  for (const std::int64_t value : {std::int64_t{-1},
                                   std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(parse_json(write_json(JsonValue(value))).as_int64(), value);
  }
  for (const std::uint64_t value : {std::uint64_t{0},
                                    (std::uint64_t{1} << 53U) + 1,
                                    std::numeric_limits<std::uint64_t>::max()}) {
    EXPECT_EQ(parse_json(write_json(JsonValue(value))).as_uint64(), value);
  }
}

TEST(RoundTrip, DoublesComeBackBitForBit) {
  const auto check = [](double value) {
    const JsonValue back = parse_json(write_json(JsonValue(value)));
    ASSERT_EQ(back.kind(), JsonValue::Kind::kDouble) << value;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back.as_double()), std::bit_cast<std::uint64_t>(value))
        << value;
  };
  for (const double value : {0.0,
                             -0.0,
                             1.0,
                             1e22,
                             1e23,
                             5e-324,
                             2.2250738585072014e-308,
                             1.7976931348623157e308,
                             0x1p53,
                             0x1p63,
                             0x1p64,
                             1.0 / 3.0,
                             -123456.789e-300}) {
    check(value);
  }
  std::mt19937_64 engine(11);
  int finite = 0;
  while (finite < 20'000) {
    const auto value = std::bit_cast<double>(engine());
    if (!std::isfinite(value)) continue;
    check(value);
    ++finite;
  }
}

TEST(RoundTrip, ADocumentComesBackEqual) {
  JsonValue document;
  document.set("z", JsonValue())
      .set("a", "text \"\\\n\x01 \xE2\x82\xAC")
      .set("n", -1)
      .set("u", 1U)
      .set("d", 0.25);
  document.set("list", JsonValue(JsonValue::Array{1U, "x", JsonValue(), true, JsonValue::array()}));
  document.set("o", JsonValue().set("", JsonValue::object()));
  for (const int indent : {0, 1, 2, 8})
    EXPECT_EQ(parse_json(write_json(document, indent)), document);
}

}  // namespace
}  // namespace perfbench
