#include "harness/core/plan/stop_rule.hpp"

#include <gtest/gtest.h>

namespace perfbench {
namespace {

using std::chrono::seconds;

TEST(StopRule, NeedsBothMinimums) {
  const StopRule rule{seconds(10), 100, std::nullopt, std::nullopt};
  EXPECT_EQ(stop_cause(rule, seconds(10), 99), StopCause::kGoesOn);
  EXPECT_EQ(stop_cause(rule, seconds(9), 100), StopCause::kGoesOn);
  EXPECT_EQ(stop_cause(rule, seconds(10), 100), StopCause::kMinimumsMet);
  EXPECT_EQ(stop_cause(rule, seconds(1'000'000), 99), StopCause::kGoesOn);
}

TEST(StopRule, AMaximumEndsEarly) {
  const StopRule rule{seconds(10), 100, seconds(15), 1000};
  EXPECT_EQ(stop_cause(rule, seconds(14), 50), StopCause::kGoesOn);
  EXPECT_EQ(stop_cause(rule, seconds(15), 50), StopCause::kMaxDuration);
  EXPECT_EQ(stop_cause(rule, seconds(1), 1000), StopCause::kMaxQueries);
}

TEST(StopRule, MinimumsMetWinsOverAMaximumOfTheSameLength) {
  const StopRule rule{seconds(10), 100, seconds(10), std::nullopt};
  EXPECT_EQ(stop_cause(rule, seconds(10), 100), StopCause::kMinimumsMet);
  EXPECT_EQ(stop_cause(rule, seconds(10), 99), StopCause::kMaxDuration);
}

}  // namespace
}  // namespace perfbench
