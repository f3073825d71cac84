#include "tools/cli/suggestion.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace perfbench {
namespace {

const std::vector<std::string> kVerbs = {"run", "probe", "check", "render"};

TEST(Suggestion, FindsTheMeantWord) {
  EXPECT_EQ(closest_word("rnu", kVerbs), "run");
  EXPECT_EQ(closest_word("chekc", kVerbs), "check");
  EXPECT_EQ(closest_word("prob", kVerbs), "probe");
}

TEST(Suggestion, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(closest_word("benchmark", kVerbs), std::nullopt);
  EXPECT_EQ(closest_word("", kVerbs), std::nullopt);
  EXPECT_EQ(closest_word(std::string(100000, 'r'), kVerbs), std::nullopt);
}

}  // namespace
}  // namespace perfbench
