#include "harness/core/json/cursor.hpp"

#include <gtest/gtest.h>

#include "harness/core/json/parse.hpp"
#include "tests/harness/core/json/input_error.hpp"

namespace perfbench {
namespace {

TEST(JsonCursor, WalksAndNamesItsPlace) {
  const JsonValue document =
      parse_json(R"({"sections":{"scenarios":[{"queries":7},{"queries":"x"}]},"none":null})");
  const JsonCursor root(document);
  const JsonCursor scenarios = root.at("sections").at("scenarios");
  EXPECT_EQ(scenarios.path(), "sections.scenarios");
  EXPECT_EQ(scenarios.size(), 2U);
  EXPECT_EQ(scenarios.at(0).at("queries").as_uint64(), 7U);
  EXPECT_EQ(scenarios.elements()[1].path(), "sections.scenarios[1]");
  EXPECT_EQ(root.keys(), (std::vector<std::string>{"sections", "none"}));
  EXPECT_FALSE(root.find("none")) << "null is as absent as missing";
  EXPECT_FALSE(root.find("other"));
  EXPECT_TRUE(root.find("sections"));
  EXPECT_TRUE(root.at("none").is_null());
}

TEST(JsonCursor, ErrorsNameTheWholePath) {
  const JsonValue document = parse_json(R"({"a":{"list":[{"n":"x"},2]}})");
  const JsonCursor root(document);
  const JsonCursor list = root.at("a").at("list");
  EXPECT_EQ(input_error([&] { (void)list.at(0).at("n").as_int64(); }),
            "a.list[0].n: expected a whole number, found a string");
  EXPECT_EQ(input_error([&] { (void)list.at(2); }), "a.list[2]: missing");
  EXPECT_EQ(input_error([&] { (void)list.at("n"); }), "a.list: expected an object, found an array");
  EXPECT_EQ(input_error([&] { (void)list.find("n"); }),
            "a.list: expected an object, found an array");
  EXPECT_EQ(input_error([&] { (void)root.at(0); }), "document: expected an array, found an object");
  EXPECT_EQ(input_error([&] { (void)root.at("b"); }), "b: missing");
  EXPECT_EQ(input_error([&] { (void)root.as_string(); }),
            "document: expected a string, found an object");
  EXPECT_EQ(input_error([&] { (void)root.elements(); }),
            "document: expected an array, found an object");
  EXPECT_EQ(input_error([&] { (void)list.keys(); }), "a.list: expected an object, found an array");
  EXPECT_EQ(input_error([&] { (void)list.int64_array(); }),
            "a.list[0]: expected a whole number, found an object");
  EXPECT_EQ(input_error([&] { list.at(1).fail("must be odd"); }), "a.list[1]: must be odd");
}

TEST(JsonCursor, ReadsLongArraysAtOnce) {
  const JsonValue document =
      parse_json(R"({"ns":[1,2,3.0],"x":[1,2.5],"s":["a","b"],"b":true,"d":1.5})");
  const JsonCursor root(document);
  EXPECT_EQ(root.at("ns").int64_array(), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(root.at("x").double_array(), (std::vector<double>{1.0, 2.5}));
  EXPECT_EQ(root.at("s").string_array(), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(root.at("b").as_bool());
  EXPECT_EQ(root.at("d").as_double(), 1.5);
  EXPECT_EQ(input_error([&] { (void)root.at("x").int64_array(); }),
            "x[1]: expected a whole number within 64 bits");
}

}  // namespace
}  // namespace perfbench
