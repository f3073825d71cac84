#include "scenarios/audit/quiet_windows.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace perfbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Disturbance quiet_window(Nanoseconds wall = seconds(1)) {
  Disturbance window;
  window.wall = wall;
  window.foreign_cpu_cores = Reading<double>::of(0.01, "a test");
  window.steal_fraction = Reading<double>::of(0.0, "a test");
  window.share = Reading<double>::of(0.995, "a test");
  window.gap_loss_fraction = Reading<double>::of(0.01, "a test");
  window.quota_throttled = Reading<std::int64_t>::of(0, "a test");
  window.voluntary_switches = Reading<std::int64_t>::of(3, "a test");
  return window;
}

TEST(Combine, WeighsRatesByTimeAndSumsCounts) {
  Disturbance longer = quiet_window(seconds(3));
  longer.foreign_cpu_cores = Reading<double>::of(0.05, "a test");
  longer.share = Reading<double>::of(0.90, "a test");
  longer.quota_throttled = Reading<std::int64_t>::of(2, "a test");
  const Disturbance all = combine(std::vector<Disturbance>{quiet_window(), longer});
  EXPECT_EQ(all.wall, seconds(4));
  EXPECT_NEAR(all.foreign_cpu_cores.value(), (0.01 + 3 * 0.05) / 4, 1e-12);
  EXPECT_DOUBLE_EQ(all.share.value(), 0.92375);
  EXPECT_EQ(all.quota_throttled.value(), 2);
  EXPECT_EQ(all.voluntary_switches.value(), 6);
}

TEST(Combine, AReadingThatNoWindowHasKeepsItsReason) {
  Disturbance without = quiet_window();
  without.steal_fraction = Reading<double>::unavailable("no steal here");
  const Disturbance all = combine(std::vector<Disturbance>{without, without});
  EXPECT_FALSE(all.steal_fraction.available());
  EXPECT_EQ(all.steal_fraction.reason(), "no steal here");
  const Disturbance some = combine(std::vector<Disturbance>{without, quiet_window()});
  EXPECT_TRUE(some.steal_fraction.available());
  EXPECT_FALSE(combine({}).share.available());
}

TEST(SummarizeQuiet, CountsWindowsAndJudgesTheWhole) {
  Disturbance hog = quiet_window();
  hog.foreign_cpu_cores = Reading<double>::of(0.9, "a test");
  const QuietSummary quiet =
      summarize_quiet(std::vector<Disturbance>{quiet_window(), quiet_window()}, {});
  EXPECT_EQ(quiet.verdict.quietness, Quietness::kQuiet);
  EXPECT_EQ(quiet.windows, 2U);
  EXPECT_EQ(quiet.windows_quiet, 2U);
  const QuietSummary disturbed =
      summarize_quiet(std::vector<Disturbance>{quiet_window(), hog, quiet_window()}, {});
  EXPECT_EQ(disturbed.verdict.quietness, Quietness::kDisturbed);
  EXPECT_EQ(disturbed.windows, 3U);
  EXPECT_EQ(disturbed.windows_quiet, 2U);
  // Nothing watched is not called quiet.
  EXPECT_EQ(summarize_quiet({}, {}).verdict.quietness, Quietness::kDisturbed);
}

TEST(QuietWindows, CutsAStepIntoWindowsOfASecond) {
  FakeClock clock;
  class CountingBar final : public Progress {
   public:
    void step(std::string_view, std::string_view) override {}
    void advance(double) override { ++calls; }
    int calls = 0;
  } bar;
  QuietWindows windows({0}, clock, bar);
  for (int i = 0; i < 36; ++i) {
    clock.advance(milliseconds(100));
    windows.advance(0.0);
  }
  EXPECT_EQ(bar.calls, 36);
  const Reading<double> share = Reading<double>::of(0.99, "the step");
  const std::vector<Disturbance> found = windows.finish(share, Reading<double>::of(0.01, "gaps"));
  ASSERT_EQ(found.size(), 4U);  // Three of 1 s, and the 0.6 s that were left.
  for (const Disturbance& window : found) EXPECT_EQ(window.share, share);
  EXPECT_EQ(found[0].wall, seconds(1));
}

TEST(QuietWindows, WhatComesAfterTheLastProgressCallIsNotJudged) {
  FakeClock clock;
  NullProgress bar;
  QuietWindows windows({0}, clock, bar);
  clock.advance(milliseconds(700));
  windows.advance(0.5);
  clock.advance(milliseconds(900));  // The step's threads end somewhere in here.
  const auto found =
      windows.finish(Reading<double>::unavailable(""), Reading<double>::unavailable(""));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].wall, milliseconds(700));
}

TEST(QuietWindows, AShortRestIsNoWindow) {
  FakeClock clock;
  NullProgress bar;
  QuietWindows windows({0}, clock, bar);
  clock.advance(milliseconds(400));
  windows.advance(0.5);
  EXPECT_TRUE(
      windows.finish(Reading<double>::unavailable(""), Reading<double>::unavailable("")).empty());
}

TEST(QuietWindows, ACutLeavesOutWhatIsBetweenTwoGroupsOfThreads) {
  FakeClock clock;
  NullProgress bar;
  QuietWindows windows({0}, clock, bar);
  clock.advance(milliseconds(700));
  windows.advance(0.4);
  clock.advance(milliseconds(200));  // The first threads end.
  windows.cut();
  clock.advance(milliseconds(600));
  windows.advance(0.9);
  const auto found =
      windows.finish(Reading<double>::unavailable(""), Reading<double>::unavailable(""));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].wall, milliseconds(700));
  EXPECT_EQ(found[1].wall, milliseconds(600));
}

}  // namespace
}  // namespace perfbench
