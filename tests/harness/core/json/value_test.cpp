#include "harness/core/json/value.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <type_traits>

#include "tests/harness/core/json/input_error.hpp"

namespace perfbench {
namespace {

constexpr auto kMaxInt = std::numeric_limits<std::int64_t>::max();
constexpr auto kMinInt = std::numeric_limits<std::int64_t>::min();
constexpr auto kMaxUint = std::numeric_limits<std::uint64_t>::max();

JsonValue machine() {
  JsonValue facts;
  facts.set("cpus", 2).set("name", "box").set("x", "text");
  JsonValue roofs;
  roofs.push_back(JsonValue().set("kernel", "fma")).push_back(JsonValue().set("kernel", "read"));
  return JsonValue().set("machine", JsonValue().set("facts", facts)).set("roofs", roofs);
}

TEST(JsonValue, KnowsItsKind) {
  EXPECT_EQ(JsonValue().kind(), JsonValue::Kind::kNull);
  EXPECT_EQ(JsonValue(nullptr).kind(), JsonValue::Kind::kNull);
  EXPECT_EQ(JsonValue(true).kind(), JsonValue::Kind::kBool);
  EXPECT_EQ(JsonValue(1).kind(), JsonValue::Kind::kInt64);
  EXPECT_EQ(JsonValue(1U).kind(), JsonValue::Kind::kUint64);
  EXPECT_EQ(JsonValue(1.0F).kind(), JsonValue::Kind::kDouble);
  EXPECT_EQ(JsonValue("x").kind(), JsonValue::Kind::kString);
  EXPECT_EQ(JsonValue::array().kind(), JsonValue::Kind::kArray);
  EXPECT_EQ(JsonValue::object().kind(), JsonValue::Kind::kObject);
  EXPECT_FALSE((std::is_constructible_v<JsonValue, int*>)) << "a pointer would become true";
}

TEST(JsonValue, KeepsTheOrderOfMembersAndReplacesInPlace) {
  JsonValue value;
  value.set("z", 1).set("a", 2).set("z", 3);
  ASSERT_EQ(value.size(), 2U);
  EXPECT_EQ(value.as_object()[0].first, "z");
  EXPECT_EQ(value.as_object()[0].second.as_int64(), 3);
  EXPECT_EQ(value.as_object()[1].first, "a");
}

TEST(JsonValue, FindsAndMisses) {
  const JsonValue value = machine();
  ASSERT_NE(value.find("machine"), nullptr);
  EXPECT_EQ(value.find("x"), nullptr);
  EXPECT_EQ(JsonValue(1).find("x"), nullptr);
  EXPECT_EQ(JsonValue(1).size(), 0U);
}

TEST(JsonValue, IsReachedByPath) {
  const JsonValue value = machine();
  EXPECT_EQ(value.get_int64("machine.facts.cpus"), 2);
  EXPECT_EQ(value.get_string("roofs[1].kernel"), "read");
  EXPECT_EQ(&value.at(""), &value);
  EXPECT_EQ(JsonValue().push_back(JsonValue().push_back(7)).get_int64("[0][0]"), 7);
}

TEST(JsonValue, ErrorsNameThePath) {
  const JsonValue value = machine();
  EXPECT_EQ(input_error([&] { (void)value.get_double("machine.facts.x"); }),
            "machine.facts.x: expected a number, found a string");
  EXPECT_EQ(input_error([&] { (void)value.at("machine.fact.x"); }), "machine.fact: missing");
  EXPECT_EQ(input_error([&] { (void)value.at("roofs[2].kernel"); }), "roofs[2]: missing");
  EXPECT_EQ(input_error([&] { (void)value.at("machine[0]"); }), "machine[0]: missing");
  EXPECT_EQ(input_error([&] { (void)value.get_bool("machine"); }),
            "machine: expected a bool, found an object");
  EXPECT_EQ(input_error([&] { (void)value.get_string("roofs"); }),
            "roofs: expected a string, found an array");
  EXPECT_EQ(input_error([&] { (void)value.get_uint64("machine.facts.name"); }),
            "machine.facts.name: expected a whole number, found a string");
}

TEST(JsonValue, GettersRefuseEveryOtherKind) {
  EXPECT_EQ(input_error([] { (void)JsonValue().as_bool(); }), "expected a bool, found null");
  EXPECT_EQ(input_error([] { (void)JsonValue(1).as_string(); }),
            "expected a string, found a number");
  EXPECT_EQ(input_error([] { (void)JsonValue("x").as_array(); }),
            "expected an array, found a string");
  EXPECT_EQ(input_error([] { (void)JsonValue(true).as_object(); }),
            "expected an object, found a bool");
  EXPECT_EQ(input_error([] { (void)JsonValue(true).as_double(); }),
            "expected a number, found a bool");
  EXPECT_EQ(input_error([] { (void)JsonValue("1").as_int64(); }),
            "expected a whole number, found a string");
}

TEST(JsonValue, IntegersConvertOnlyExactly) {
  EXPECT_EQ(JsonValue(2.0).as_int64(), 2);
  EXPECT_EQ(JsonValue(-2.0).as_int64(), -2);
  EXPECT_EQ(JsonValue(5).as_uint64(), 5U);
  EXPECT_EQ(JsonValue(5U).as_int64(), 5);
  EXPECT_EQ(JsonValue(kMaxUint).as_uint64(), kMaxUint);
  EXPECT_EQ(JsonValue(-0x1p63).as_int64(), kMinInt);
  const std::string signed_error = "expected a whole number within 64 bits";
  EXPECT_EQ(input_error([] { (void)JsonValue(2.5).as_int64(); }), signed_error);
  EXPECT_EQ(input_error([] { (void)JsonValue(kMaxUint).as_int64(); }), signed_error);
  EXPECT_EQ(input_error([] { (void)JsonValue(0x1p63).as_int64(); }), signed_error);
  EXPECT_EQ(
      input_error([] { (void)JsonValue(std::numeric_limits<double>::quiet_NaN()).as_int64(); }),
      signed_error);
  const std::string unsigned_error = "expected a whole number from 0 within 64 bits";
  EXPECT_EQ(input_error([] { (void)JsonValue(-1).as_uint64(); }), unsigned_error);
  EXPECT_EQ(input_error([] { (void)JsonValue(0x1p64).as_uint64(); }), unsigned_error);
  EXPECT_EQ(JsonValue(kMaxInt).as_double(), 0x1p63);
}

TEST(JsonValueDeathTest, BuildingTheWrongKindIsAProgrammersError) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(JsonValue(1).set("x", 1), "is no object");
  EXPECT_DEATH(JsonValue("x").push_back(1), "is no array");
}

}  // namespace
}  // namespace perfbench
