#include "harness/host/clock/waiter.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <vector>

#include "tests/support/fake_clock.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Waiter, HybridSleepsUntilShortlyBeforeAndSpinsTheRest) {
  FakeClock clock;
  const Interruption interruption;
  Waiter waiter(clock, WaitPolicy::kHybrid, interruption);
  std::vector<TimePoint> wakes;
  clock.on_sleep([&](TimePoint until) { wakes.push_back(until); });
  const TimePoint until = clock.now() + milliseconds(3);
  EXPECT_EQ(waiter.wait_until(until), until);
  EXPECT_EQ(wakes, std::vector<TimePoint>{until - Waiter::kFirstMargin});
  // Near enough: no sleep at all.
  EXPECT_EQ(waiter.wait_until(until + microseconds(90)), until + microseconds(90));
  EXPECT_EQ(clock.sleeps(), 1);
}

TEST(Waiter, HybridLearnsFromLateWakeUps) {
  FakeClock clock;
  const Interruption interruption;
  Waiter waiter(clock, WaitPolicy::kHybrid, interruption);
  clock.wake_late(microseconds(400));
  TimePoint until = clock.now() + milliseconds(10);
  EXPECT_GT(waiter.wait_until(until), until);  // The first was too late.
  EXPECT_EQ(waiter.margin(), microseconds(800));
  until = clock.now() + milliseconds(10);
  EXPECT_EQ(waiter.wait_until(until), until);
  clock.wake_late(microseconds(5));
  for (int i = 0; i < 2000; ++i) {
    until = clock.now() + milliseconds(10);
    ASSERT_EQ(waiter.wait_until(until), until);
  }
  EXPECT_LT(waiter.margin(), microseconds(110));
  EXPECT_GE(waiter.margin(), Waiter::kLeastMargin);
}

TEST(Waiter, SpinNeverSleepsAndSleepNeverSpins) {
  FakeClock clock;
  const Interruption interruption;
  Waiter spin(clock, WaitPolicy::kSpin, interruption);
  TimePoint until = clock.now() + seconds(1);
  EXPECT_EQ(spin.wait_until(until), until);
  EXPECT_EQ(clock.sleeps(), 0);
  Waiter sleep(clock, WaitPolicy::kSleep, interruption);
  until = clock.now() + milliseconds(20);
  clock.wake_late(microseconds(70));
  EXPECT_EQ(sleep.wait_until(until), until + microseconds(70));
  EXPECT_EQ(clock.sleeps(), 1);
}

TEST(Waiter, ATimeThatHasComeCostsOneReading) {
  FakeClock clock(Nanoseconds(20));
  const Interruption interruption;
  for (const WaitPolicy policy : {WaitPolicy::kHybrid, WaitPolicy::kSpin, WaitPolicy::kSleep}) {
    Waiter waiter(clock, policy, interruption);
    const TimePoint before = clock.now();
    EXPECT_EQ(waiter.wait_until(before) - before, Nanoseconds(20));
  }
}

TEST(Waiter, ReturnsSoonAfterAnInterruption) {
  for (const WaitPolicy policy : {WaitPolicy::kHybrid, WaitPolicy::kSpin, WaitPolicy::kSleep}) {
    FakeClock clock;
    Interruption interruption;
    Waiter waiter(clock, policy, interruption);
    interruption.request(2);
    const TimePoint before = clock.now();
    EXPECT_LE(waiter.wait_until(before + seconds(60)) - before, Waiter::kSlice);
  }
}

TEST(ScopedTimerSlack, IsSharpAndGivesTheEarlierBack) {
  const int before = prctl(PR_GET_TIMERSLACK);
  {
    const ScopedTimerSlack sharp;
    EXPECT_EQ(prctl(PR_GET_TIMERSLACK), 1);
  }
  EXPECT_EQ(prctl(PR_GET_TIMERSLACK), before);
}

}  // namespace
}  // namespace perfbench
