#include "scenarios/drivers/driver_loop.hpp"

#include <gtest/gtest.h>

namespace perfbench::driver_detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Nanoseconds lasting(int ms) { return milliseconds(ms); }

std::uint64_t issues_until_over(const WarmUpRule& rule, const std::function<int(int)>& ms_of) {
  WarmUpWatch watch(rule);
  for (int i = 0; !watch.over(); ++i) watch.add(lasting(ms_of(i)));
  return watch.issues();
}

TEST(WarmUp, SteadyWorkTakesTheLeast) {
  EXPECT_EQ(issues_until_over({10, 50, seconds(60)}, [](int) { return 20; }), 10U);
}

TEST(WarmUp, GoesOnWhileTheWorkGetsFaster) {
  const auto warming = [](int i) { return i < 20 ? 200 - 8 * i : 20; };
  const std::uint64_t issues = issues_until_over({10, 50, seconds(60)}, warming);
  EXPECT_GT(issues, 20U);
  EXPECT_LT(issues, 50U);
}

TEST(WarmUp, EndsAtTheMostWhenItNeverSettles) {
  const auto restless = [](int i) { return (i / 5) % 2 == 0 ? 10 : 20; };
  EXPECT_EQ(issues_until_over({10, 50, seconds(60)}, restless), 50U);
}

TEST(WarmUp, SlowWorkIsCutShortByTime) {
  EXPECT_EQ(issues_until_over({10, 50, seconds(2)}, [](int) { return 900; }), 3U);
  EXPECT_EQ(issues_until_over({10, 50, seconds(2)}, [](int) { return 5000; }), 1U);
}

TEST(WarmUp, PaceIsTheMedianOfTheLast) {
  WarmUpWatch watch({10, 50, seconds(60)});
  EXPECT_EQ(watch.typical(), Nanoseconds(1));
  for (const int ms : {900, 10, 11, 500, 12, 13}) watch.add(lasting(ms));
  EXPECT_EQ(watch.typical(), milliseconds(12));
}

TEST(RecorderCapacity, FollowsThePaceWithinItsBounds) {
  StopRule stop;
  stop.min_duration = seconds(10);
  constexpr std::size_t kMost = 1U << 24U;
  EXPECT_EQ(recorder_capacity(stop, 1, kMost, milliseconds(100)), 262'144U);
  EXPECT_EQ(recorder_capacity(stop, 1, kMost, Nanoseconds(10'000)), 2'000'000U);
  EXPECT_EQ(recorder_capacity(stop, 1, kMost, Nanoseconds(1)), kMost);
  stop.min_queries = 1'000'000;
  EXPECT_EQ(recorder_capacity(stop, 1, kMost, milliseconds(100)), 2'000'000U);
  EXPECT_EQ(recorder_capacity(stop, 8, kMost, milliseconds(100)), 262'144U);
  stop.max_queries = 500;
  EXPECT_EQ(recorder_capacity(stop, 8, kMost, milliseconds(100)), 500U);
}

TEST(FractionDone, IsTheSlowerOfTheMinimumsUnlessAMaximumIsNear) {
  const StopRule rule{seconds(10), 100, std::nullopt, std::nullopt};
  EXPECT_DOUBLE_EQ(fraction_done(rule, seconds(5), 100), 0.5);
  EXPECT_DOUBLE_EQ(fraction_done(rule, seconds(5), 20), 0.2);
  const StopRule bounded{seconds(10), 100, seconds(20), std::nullopt};
  EXPECT_DOUBLE_EQ(fraction_done(bounded, seconds(19), 20), 0.95);
  EXPECT_DOUBLE_EQ(fraction_done(bounded, seconds(30), 20), 1.0);
}

}  // namespace
}  // namespace perfbench::driver_detail
