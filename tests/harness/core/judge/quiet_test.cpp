#include "harness/core/judge/quiet.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/harness/core/judge/reasons.hpp"

namespace perfbench {
namespace {

using Ids = std::vector<std::string>;

Ids judged(const Disturbance& d) {
  const QuietVerdict verdict = judge_quiet(d);
  EXPECT_EQ(verdict.quietness == Quietness::kQuiet, verdict.reasons.empty());
  for (const Reason& reason : verdict.reasons) {
    EXPECT_FALSE(reason.text.empty());
    EXPECT_FALSE(reason.remedy.empty()) << reason.id;
  }
  return ids(verdict.reasons);
}

Reading<double> reads(double value) { return Reading<double>::of(value, "test"); }

TEST(Quiet, WhenEveryFigureKeepsItsSide) { EXPECT_EQ(judged(quiet_machine()), Ids{}); }

TEST(Quiet, EachLimitHoldsOnBothSides) {
  Disturbance d = quiet_machine();
  d.foreign_cpu_cores = reads(0.0199);
  EXPECT_EQ(judged(d), Ids{});
  d.foreign_cpu_cores = reads(0.02);
  EXPECT_EQ(judged(d), Ids{"foreign-cpu"});

  d = quiet_machine();
  d.steal_fraction = reads(0.00499);
  EXPECT_EQ(judged(d), Ids{});
  d.steal_fraction = reads(0.005);
  EXPECT_EQ(judged(d), Ids{"steal"});

  d = quiet_machine();
  d.share = reads(0.98);
  EXPECT_EQ(judged(d), Ids{});
  d.share = reads(0.9799);
  EXPECT_EQ(judged(d), Ids{"share"});

  d = quiet_machine();
  d.gap_loss_fraction = reads(0.0299);
  EXPECT_EQ(judged(d), Ids{});
  d.gap_loss_fraction = reads(0.03);
  EXPECT_EQ(judged(d), Ids{"gap-loss"});

  d = quiet_machine();
  d.quota_throttled = Reading<std::int64_t>::of(1, "cpu.stat");
  EXPECT_EQ(judged(d), Ids{"quota"});
}

TEST(Quiet, NeverBesideAHog) {
  Disturbance d = quiet_machine();
  d.foreign_cpu_cores = reads(0.5);
  d.share = reads(0.5);
  EXPECT_EQ(judged(d), (Ids{"foreign-cpu", "share"}));
}

TEST(Quiet, TheWorstCpuDecidesWithATickForItsRounding) {
  Disturbance d = quiet_machine();
  d.foreign_cpu_cores = reads(0.64);  // A hundredth on each of 64 CPUs.
  d.foreign_worst_cpu = reads(0.025);
  d.wall = std::chrono::seconds(1);  // A tick is 1 % of it.
  EXPECT_EQ(judged(d), Ids{});
  d.foreign_worst_cpu = reads(0.031);
  EXPECT_EQ(judged(d), Ids{"foreign-cpu"});
  d.foreign_worst_cpu = reads(0.025);
  d.wall = std::chrono::seconds(100);
  EXPECT_EQ(judged(d), Ids{"foreign-cpu"}) << "over a long time no rounding explains it";
  d.wall = std::chrono::milliseconds(100);
  d.foreign_worst_cpu = reads(0.4);
  EXPECT_EQ(judged(d), Ids{"foreign-cpu"}) << "half a hog in the shortest window";
  EXPECT_DOUBLE_EQ(quiet_foreign_limit(Nanoseconds(0)), kQuietForeignCpuCores);
}

TEST(Quiet, IsNotCalledWhereNobodyWatched) {
  EXPECT_EQ(judged(Disturbance{}),
            (Ids{"unwatched", "unwatched", "unwatched", "unwatched", "unwatched"}));
  Disturbance d = quiet_machine();
  d.gap_loss_fraction = Reading<double>::unavailable("no time for it");
  EXPECT_EQ(judged(d), Ids{"unwatched"});
  EXPECT_NE(judge_quiet(d).reasons[0].text.find("no time for it"), std::string::npos);
  d = quiet_machine();
  d.quota_throttled = Reading<std::int64_t>::unavailable("no cpu.stat");
  EXPECT_EQ(judged(d), Ids{"unwatched"});
}

TEST(Quiet, NeedsNoSwitchesOrFaults) {
  Disturbance d = quiet_machine();
  d.voluntary_switches = Reading<std::int64_t>::unavailable("hidden");
  d.major_faults = Reading<std::int64_t>::of(100, "rusage");
  EXPECT_EQ(judged(d), Ids{});
}

TEST(Quiet, NotANumberKeepsNoLimit) {
  Disturbance d = quiet_machine();
  d.foreign_cpu_cores = reads(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(judged(d), Ids{"foreign-cpu"});
}

TEST(Quiet, ReasonsSayFigureAndLimit) {
  Disturbance d = quiet_machine();
  d.steal_fraction = reads(0.0052);
  EXPECT_EQ(judge_quiet(d).reasons[0].text,
            "CPU time stolen by the hypervisor was 0.52 %, quiet is below 0.5 %");
}

TEST(Quiet, WindowsAreCounted) {
  std::vector<Disturbance> windows(4, quiet_machine());
  windows[2].share = reads(0.3);
  const QuietCount count = count_quiet(windows);
  EXPECT_EQ(count.windows, 4U);
  EXPECT_EQ(count.quiet, 3U);
  EXPECT_DOUBLE_EQ(count.share(), 0.75);
  EXPECT_EQ(count_quiet({}).share(), 0.0);
}

}  // namespace
}  // namespace perfbench
