#include "harness/host/instrument/clock_chain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "tests/support/fake_clock.hpp"

namespace perfbench {
namespace {

/// A scripted core of 4 GHz: 100 additions take 25 ns, and each call 300 ns besides.
ClockChainOptions scripted(FakeClock& clock) {
  ClockChainOptions options;
  options.chain = [&clock](std::uint64_t loops) {
    clock.advance(Nanoseconds(300 + 25 * static_cast<std::int64_t>(loops)));
  };
  return options;
}

TEST(ClockChain, TheDifferenceCancelsWhatAWindowCosts) {
  FakeClock clock(Nanoseconds(20));
  const ClockChainResult result = measure_clock_chain(clock, scripted(clock));
  ASSERT_TRUE(result.reading.hz.available());
  EXPECT_NEAR(result.reading.hz.value(), 4e9, 1.0);
  EXPECT_EQ(result.pairs, 101);
  EXPECT_EQ(result.dropped, 0);
  EXPECT_NEAR(result.reading.relative_uncertainty, 0.002, 1e-12);
}

TEST(ClockChain, DropsPreemptedWindowsAndCountsThem) {
  FakeClock clock(Nanoseconds(20));
  ClockChainOptions options = scripted(clock);
  int call = 0;
  options.chain = [&clock, &call](std::uint64_t loops) {
    clock.advance(Nanoseconds(25 * static_cast<std::int64_t>(loops)));
    // The search for the loops makes fewer than 50 calls; from then on every 10th window loses a
    // time slice.
    if (++call > 50 && call % 10 == 0) clock.advance_preempted(Nanoseconds(3'000'000));
  };
  const ClockChainResult result = measure_clock_chain(clock, options);
  EXPECT_NEAR(result.reading.hz.value(), 4e9, 1.0);
  EXPECT_GT(result.dropped, 10);
  EXPECT_EQ(result.pairs + result.dropped, 101);
}

TEST(ClockChain, IsUnavailableWhenAlwaysPreempted) {
  FakeClock clock;
  ClockChainOptions options = scripted(clock);
  options.chain = [&clock](std::uint64_t loops) {
    clock.advance(Nanoseconds(25 * static_cast<std::int64_t>(loops)));
    clock.advance_preempted(Nanoseconds(1'000'000));
  };
  const ClockChainResult result = measure_clock_chain(clock, options);
  EXPECT_FALSE(result.reading.hz.available());
  EXPECT_EQ(result.dropped, 101);
}

TEST(ClockChain, IsUnavailableWhenTheClockStandsStill) {
  FakeClock clock;
  ClockChainOptions options;
  options.chain = [](std::uint64_t) {};
  EXPECT_FALSE(measure_clock_chain(clock, options).reading.hz.available());
}

TEST(ClockChain, TimeFollowsTheNumberOfLoops) {
  // Best of many short windows on both sides, so that a busy machine does not matter.
  SteadyClock clock;
  const auto best_of = [&clock](std::uint64_t loops) {
    Nanoseconds best = Nanoseconds::max();
    for (int i = 0; i < 200; ++i) {
      const TimePoint before = clock.now();
      run_add_chain(loops);
      best = std::min(best, clock.now() - before);
    }
    return seconds(best);
  };
  const double once = best_of(1000);
  const double twice = best_of(2000);
  const double four_times = best_of(4000);
  EXPECT_NEAR((four_times - twice) / (twice - once), 2.0, 0.3);
}

TEST(ClockChain, ReadsAClockThatAComputerCanHave) {
  SteadyClock clock;
  const ScopedPin pin(allowed_cpus().front());
  const ClockChainResult full = measure_clock_chain(clock);
  if (!full.reading.hz.available()) GTEST_SKIP() << full.reading.hz.reason();
  // Wide on purpose: from an emulated core to twice the fastest of today.
  EXPECT_GT(full.reading.hz.value(), 1e7);
  EXPECT_LT(full.reading.hz.value(), 12e9);
  EXPECT_LE(full.quartile_low_hz, full.reading.hz.value());
  EXPECT_LE(full.reading.hz.value(), full.quartile_high_hz);
}

}  // namespace
}  // namespace perfbench
