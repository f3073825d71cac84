#include <gtest/gtest.h>

#include <vector>

#include "harness/host/clock/clock_cost.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "tests/support/fake_clock.hpp"

namespace perfbench {
namespace {

std::vector<Nanoseconds> distances(std::initializer_list<int> values, int repeats) {
  std::vector<Nanoseconds> all;
  for (int i = 0; i < repeats; ++i) {
    for (const int v : values) all.emplace_back(v);
  }
  return all;
}

TEST(ClockCost, OfAScriptedClockIsItsReadCost) {
  FakeClock clock(Nanoseconds(25));
  const ClockCost cost = calibrate_clock(clock, 1000);
  EXPECT_EQ(cost.cost_p50, Nanoseconds(25));
  EXPECT_EQ(cost.cost_p99, Nanoseconds(25));
  EXPECT_EQ(cost.back_to_back_max, Nanoseconds(25));
  EXPECT_EQ(cost.step, Nanoseconds(25));
  EXPECT_EQ(cost.reads, 1000U);
}

TEST(ClockStep, IsTheGridOfTheValues) {
  // A 10 ns grid whose rounding now and then gives 31: seen on a virtual machine whose
  // clock_getres() claims 1 ns.
  EXPECT_EQ(clock_step(distances({20, 30, 31}, 100)), Nanoseconds(10));
  // arm64 with a counter of 24 MHz: 41.7 ns.
  EXPECT_EQ(clock_step(distances({0, 41, 42, 83, 84}, 100)), Nanoseconds(41));
  // A clock of 1 ns shows every value.
  EXPECT_EQ(clock_step(distances({18, 19, 20, 21}, 100)), Nanoseconds(1));
}

TEST(ClockStep, IgnoresInterrupts) {
  std::vector<Nanoseconds> values = distances({20, 30}, 2000);
  values.emplace_back(2047);
  EXPECT_EQ(clock_step(values), Nanoseconds(10));
  // Control: the same value often is a part of the grid.
  values = distances({20, 25, 30}, 2000);
  EXPECT_EQ(clock_step(values), Nanoseconds(5));
}

TEST(ClockStep, OfNothingIsZero) {
  EXPECT_EQ(clock_step({}), Nanoseconds(0));
  EXPECT_EQ(clock_step(distances({0}, 10)), Nanoseconds(0));
}

TEST(SteadyClock, MovesForwardAndCostsSomething) {
  SteadyClock clock;
  const ClockCost cost = calibrate_clock(clock, 2000);
  EXPECT_GE(cost.cost_p50.count(), 0);
  EXPECT_LE(cost.cost_p50, cost.cost_p99);
  EXPECT_LE(cost.cost_p99, cost.back_to_back_max);
  EXPECT_GT(cost.back_to_back_max.count(), 0);
}

TEST(SteadyClock, ThreadCpuTimeGrowsWithWorkAndStaysBelowTheWall) {
  SteadyClock clock;
  const TimePoint wall_start = clock.now();
  const Nanoseconds process_start = process_cpu_time();
  const Nanoseconds cpu_start = clock.thread_cpu_time();
  while (clock.thread_cpu_time() - cpu_start < Nanoseconds(2'000'000)) {
  }
  const Nanoseconds cpu = clock.thread_cpu_time() - cpu_start;
  const Nanoseconds wall = clock.now() - wall_start;
  EXPECT_GE(cpu, Nanoseconds(2'000'000));
  EXPECT_GE(process_cpu_time() - process_start, Nanoseconds(2'000'000));
  EXPECT_LE(cpu.count(), wall.count() + 1000);
}

}  // namespace
}  // namespace perfbench
