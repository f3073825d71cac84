#include "harness/host/instrument/gap_test.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"

namespace perfbench {
namespace {

/// Reads of 25 ns; the reads with the given numbers take longer.
class ScriptedClock final : public Clock {
 public:
  ScriptedClock(std::vector<int> slow_reads, Nanoseconds pause)
      : slow_(std::move(slow_reads)), pause_(pause) {}
  [[nodiscard]] TimePoint now() noexcept override {
    time_ += Nanoseconds(25);
    for (const int slow : slow_) {
      if (slow == read_) time_ += pause_;
    }
    ++read_;
    return TimePoint(time_);
  }
  [[nodiscard]] Nanoseconds thread_cpu_time() noexcept override { return time_; }

 private:
  std::vector<int> slow_;
  Nanoseconds pause_;
  Nanoseconds time_{0};
  int read_ = 0;
};

GapTestOptions options() {
  GapTestOptions o;
  o.duration = Nanoseconds(1'000'000);
  o.read_cost = Nanoseconds(25);
  return o;
}

TEST(GapTest, AnEvenClockHasNoGap) {
  ScriptedClock clock({}, Nanoseconds(0));
  const NoiseFloor floor = watch_gaps(clock, 3, options());
  EXPECT_EQ(floor.gaps, 0U);
  EXPECT_EQ(floor.loss_fraction, 0.0);
  EXPECT_EQ(floor.cpu, 3);
  EXPECT_EQ(floor.threshold, Nanoseconds(200));
  EXPECT_EQ(floor.watched, Nanoseconds(1'000'000));
}

TEST(GapTest, SeesEachInjectedGapAndItsLength) {
  ScriptedClock clock({100, 200, 300}, Nanoseconds(10'000));
  const NoiseFloor floor = watch_gaps(clock, 0, options());
  EXPECT_EQ(floor.gaps, 3U);
  EXPECT_EQ(floor.gap_p50, Nanoseconds(10'000));
  EXPECT_EQ(floor.gap_max, Nanoseconds(10'000));
  EXPECT_NEAR(floor.loss_fraction, 0.03, 1e-6);
  EXPECT_NEAR(floor.gaps_per_second, 3000.0, 0.1);
}

TEST(GapTest, APauseBelowTheThresholdIsNoGap) {
  ScriptedClock below({100}, Nanoseconds(175));
  EXPECT_EQ(watch_gaps(below, 0, options()).gaps, 0U);
  ScriptedClock above({100}, Nanoseconds(176));
  EXPECT_EQ(watch_gaps(above, 0, options()).gaps, 1U);
}

TEST(GapTest, StopsWhenInterrupted) {
  ScriptedClock clock({}, Nanoseconds(0));
  Interruption interruption;
  interruption.request(2);
  EXPECT_EQ(watch_gaps(clock, 0, options(), &interruption).watched, Nanoseconds(0));
}

TEST(GapThreshold, FollowsASlowClock) {
  ClockCost cost;
  cost.cost_p50 = Nanoseconds(20);
  EXPECT_EQ(gap_threshold(cost), Nanoseconds(200));
  cost.cost_p50 = Nanoseconds(1000);
  EXPECT_EQ(gap_threshold(cost), Nanoseconds(5000));
}

TEST(GapTest, WatchesEachCpuOrSaysWhyNot) {
  SteadyClock clock;
  GapTestOptions o;
  o.duration = Nanoseconds(20'000'000);
  const std::vector<int> allowed = allowed_cpus();
  std::vector<int> cpus{allowed.front()};
  if (allowed.size() > 1) cpus.push_back(allowed.back());
  const std::size_t real = cpus.size();
  cpus.push_back(60'000);
  const auto floors = gap_test(clock, cpus, o);
  ASSERT_EQ(floors.size(), cpus.size());
  for (std::size_t i = 0; i < real; ++i) {
    ASSERT_TRUE(floors[i].available()) << floors[i].reason();
    EXPECT_EQ(floors[i].value().cpu, cpus[i]);
    EXPECT_GE(floors[i].value().watched, o.duration);
    EXPECT_LE(floors[i].value().loss_fraction, 1.0);
  }
  EXPECT_FALSE(floors.back().available());
}

}  // namespace
}  // namespace perfbench
