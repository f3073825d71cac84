// Files from strangers: whatever the bytes, the reader answers with a value or an InputError.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

const std::string& sample() {
  static const std::string text =
      R"({"schema":"perfbench-report/1","protocol":1,"label":null,"partial":false,"n":-12,)"
      R"("big":18446744073709551615,"x":[1.5e-3,2E+10,0.1],"s":"\u20ac \ud83d\ude00 é\n\\","deep":[[[{}]]],)"
      "\"machine\":{\"facts\":{\"cpus\":{\"value\":2,\"unit\":\"\",\"source\":\"/proc\"}}}}";
  return text;
}

/// Reads it; true when it was accepted. What is accepted can be written and read again.
bool accepted(const std::string& text) {
  try {
    const JsonValue value = parse_json(text);
    EXPECT_EQ(parse_json(write_json(value, 0)), value) << text;
    return true;
  } catch (const InputError& error) {
    EXPECT_STRNE(error.what(), "");
    return false;
  }
}

std::string quoted(std::size_t length) {
  std::string text(length + 2, 'x');
  text.front() = '"';
  text.back() = '"';
  return text;
}

TEST(HostileJson, TheSampleItselfIsGood) { EXPECT_TRUE(accepted(sample())); }

TEST(HostileJson, EveryTruncationIsRefused) {
  for (std::size_t length = 0; length < sample().size(); ++length) {
    EXPECT_FALSE(accepted(sample().substr(0, length))) << length;
  }
}

TEST(HostileJson, MutationsNeverCrash) {
  std::mt19937_64 engine(42);
  const std::string alphabet = "{}[]\",:\\u0123456789eE+-.truefalsnl \n\x01\x80\xC0\xED\xFF";
  int good = 0;
  int bad = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = sample();
    const auto edits = 1 + engine() % 4;
    for (std::uint64_t edit = 0; edit < edits; ++edit) {
      const std::size_t place = engine() % text.size();
      const char c = alphabet[engine() % alphabet.size()];
      switch (engine() % 3) {
        case 0:
          text[place] = c;
          break;
        case 1:
          text.insert(place, 1, c);
          break;
        default:
          text.erase(place, 1 + engine() % 3);
          break;
      }
      if (text.empty()) text.push_back('0');
    }
    (accepted(text) ? good : bad) += 1;
  }
  EXPECT_GT(bad, 10'000);
  EXPECT_GT(good, 500) << "mutations inside strings and numbers stay valid";
}

TEST(HostileJson, RandomBytesNeverCrash) {
  std::mt19937_64 engine(43);
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    for (std::uint64_t length = engine() % 60; length > 0; --length)
      text += static_cast<char>(engine() & 0xFFU);
    (void)accepted(text);
  }
}

TEST(HostileJson, DeepNestingEndsEarly) {
  EXPECT_FALSE(accepted(std::string(1'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(accepted(objects));
  EXPECT_TRUE(accepted(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(accepted(std::string(65, '[') + std::string(65, ']')));
  JsonLimits deep;
  deep.depth = 1'000'000;
  EXPECT_THROW((void)parse_json(std::string(1001, '[') + std::string(1001, ']'), deep), InputError)
      << "values are destroyed recursively, so that no caller may ask for more than 1000 levels";
}

TEST(HostileJson, ManyValuesEndEarly) {
  std::string many = "[";
  for (int i = 0; i < 4'000'100; ++i) many += "1,";
  many += "1]";
  EXPECT_FALSE(accepted(many));
}

TEST(HostileJson, ManyMembersAreReadInReasonableTime) {
  std::string object = "{";
  for (int i = 0; i < 50'000; ++i) object.append("\"k").append(std::to_string(i)).append("\":0,");
  object += "\"last\":1}";
  const JsonValue value = parse_json(object);
  EXPECT_EQ(value.size(), 50'001U);
  EXPECT_EQ(value.get_int64("last"), 1);
}

TEST(HostileJson, LongStringsAndNumbers) {
  EXPECT_FALSE(accepted(quoted((std::size_t{1} << 20U) + 1)));
  EXPECT_TRUE(accepted(quoted(std::size_t{1} << 20U)));
  EXPECT_TRUE(accepted("0." + std::string(100'000, '1')));
  EXPECT_FALSE(accepted(std::string(100'000, '1')));
  EXPECT_TRUE(accepted("1e-" + std::string(300, '9')));
}

}  // namespace
}  // namespace perfbench
