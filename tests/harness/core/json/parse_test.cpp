#include "harness/core/json/parse.hpp"

#include <gtest/gtest.h>

#include "tests/harness/core/json/input_error.hpp"

namespace perfbench {
namespace {

std::string error_of(std::string_view text, const JsonLimits& limits = {}) {
  return input_error([&] { (void)parse_json(text, limits); });
}

TEST(ParseJson, ReadsEveryKindInOrder) {
  const JsonValue value = parse_json(R"( {"z": [1, -2, 3.5, "x", true, null], "a": {}} )");
  EXPECT_EQ(value.as_object()[0].first, "z");
  EXPECT_EQ(value.as_object()[1].first, "a");
  const JsonValue::Array& list = value.at("z").as_array();
  ASSERT_EQ(list.size(), 6U);
  EXPECT_EQ(list[0].kind(), JsonValue::Kind::kUint64);
  EXPECT_EQ(list[1].as_int64(), -2);
  EXPECT_EQ(list[2].as_double(), 3.5);
  EXPECT_EQ(list[3].as_string(), "x");
  EXPECT_TRUE(list[4].as_bool());
  EXPECT_TRUE(list[5].is_null());
  EXPECT_EQ(parse_json("7").as_uint64(), 7U);
  EXPECT_EQ(parse_json(R"("\u20ac\ud83d\ude00\u0000")").as_string(),
            std::string("\xE2\x82\xAC\xF0\x9F\x98\x80\0", 8));
}

TEST(ParseJson, NamesLineAndColumnOfBrokenSyntax) {
  EXPECT_EQ(error_of("{\n  \"a\": nul\n}").substr(0, 17), "line 2, column 11");
  EXPECT_EQ(error_of("{").substr(0, 6), "line 1");
  EXPECT_NE(error_of("[1,]"), "no error");
  EXPECT_NE(error_of("[1] x"), "no error");
  EXPECT_NE(error_of("{'a':1}"), "no error");
  EXPECT_NE(error_of("[01]"), "no error");
  EXPECT_NE(error_of("[NaN]"), "no error");
  EXPECT_NE(error_of("[Infinity]"), "no error");
  EXPECT_NE(error_of("// x\n1"), "no error");
  EXPECT_EQ(error_of("{\"a\":1}"), "no error");
}

TEST(ParseJson, AnEmptyDocumentIsNamedSo) {
  EXPECT_EQ(error_of(""), "the document is empty");
  EXPECT_EQ(error_of(" \n\t"), "the document is empty");
}

TEST(ParseJson, RefusesANameTwiceInOneObject) {
  EXPECT_EQ(error_of(R"({"a":1,"b":{"a":1},"a":2})"), "the name \"a\" stands twice in one object");
  EXPECT_EQ(error_of(R"({"a":1,"b":{"a":1}})"), "no error");
  EXPECT_EQ(error_of("{\"\\u001b: x\":1,\"\\u001b: x\":2}"),
            "the name \"?: x\" stands twice in one object");
}

TEST(ParseJson, RefusesNumbersBeyondDouble) {
  EXPECT_NE(error_of("[1e999]"), "no error");
  EXPECT_NE(error_of("[-1e999]"), "no error");
  EXPECT_NE(error_of("[" + std::string(5000, '9') + "]"), "no error");
  EXPECT_EQ(parse_json("1e-999").as_double(), 0.0);
  EXPECT_EQ(parse_json("18446744073709551616").as_double(), 0x1p64) << "beyond uint64";
}

TEST(ParseJson, RefusesBadUtf8) {
  EXPECT_NE(error_of("[\"\xFF\"]"), "no error");
  EXPECT_NE(error_of("[\"\xC0\x80\"]"), "no error");
  EXPECT_NE(error_of("[\"\xED\xA0\x80\"]"), "no error");
  EXPECT_NE(error_of(R"(["\ud800"])"), "no error") << "half a surrogate pair";
  EXPECT_NE(error_of("[\"a\nb\"]"), "no error") << "a raw control character";
}

TEST(ParseJson, MessagesHoldNoBytesOfTheDocument) {
  const std::string error = error_of("[\"\x1b[31m\xFF");
  EXPECT_EQ(error.find('\x1b'), std::string::npos) << error;
  for (const char c : error) EXPECT_TRUE(c >= ' ' && c <= '~');
}

TEST(ParseJsonLimits, HoldOnBothSides) {
  const JsonLimits limits{.bytes = 40, .depth = 3, .string_bytes = 4, .elements = 6};
  EXPECT_EQ(error_of("[[[1]]]", limits), "no error");
  EXPECT_EQ(error_of("[[[[1]]]]", limits), "arrays and objects are nested deeper than 3 levels");
  EXPECT_EQ(error_of(R"({"a":{"b":{"c":[]}}})", limits),
            "arrays and objects are nested deeper than 3 levels");
  EXPECT_EQ(error_of(R"(["abcd"])", limits), "no error");
  EXPECT_EQ(error_of(R"(["abcde"])", limits), "a string is longer than 4 bytes");
  EXPECT_EQ(error_of(R"({"abcde":1})", limits), "a string is longer than 4 bytes");
  EXPECT_EQ(error_of("[1,2,3,4,5]", limits), "no error");
  EXPECT_EQ(error_of("[1,2,3,4,5,6]", limits), "the document holds more than 6 values");
  EXPECT_EQ(error_of("[" + std::string(38, ' ') + "]", limits), "no error");
  EXPECT_EQ(error_of("[" + std::string(39, ' ') + "]", limits),
            "the document has 41 bytes, more than 40 bytes");
}

}  // namespace
}  // namespace perfbench
