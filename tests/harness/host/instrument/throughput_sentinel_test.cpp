#include "harness/host/instrument/throughput_sentinel.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/scripted_kernel.hpp"

namespace perfbench {
namespace {

/// A kernel whose iteration takes `ns`, as long as the test says so.
std::unique_ptr<Kernel> kernel(FakeClock& clock, const int& ns, bool right = true) {
  KernelScript script;
  script.info.name = "fma";
  script.verify = [right] { return Verification{right, "scripted"}; };
  script.run = [&clock, &ns](std::uint64_t iterations) {
    clock.advance(Nanoseconds(ns * static_cast<std::int64_t>(iterations)));
  };
  return std::make_unique<ScriptedKernel>(script);
}

TEST(ThroughputSentinel, SeesHalfOfTheThroughputStolen) {
  FakeClock clock;
  int ns = 10;
  ThroughputSentinel sentinel(kernel(clock, ns), clock);
  ASSERT_TRUE(sentinel.prepare(100));
  sentinel.sample();
  EXPECT_NEAR(sentinel.median_ratio().value(), 1.0, 1e-12);
  EXPECT_NEAR(sentinel.rates().front(), 1e8, 1e-3);
  ns = 20;
  for (int i = 0; i < 5; ++i) sentinel.sample();
  EXPECT_NEAR(sentinel.median_ratio().value(), 0.5, 1e-12);
}

TEST(ThroughputSentinel, AWindowLastsAsAsked) {
  FakeClock clock;
  const int ns = 7;
  ThroughputSentinel sentinel(kernel(clock, ns), clock, Nanoseconds(500'000));
  ASSERT_TRUE(sentinel.prepare(1));
  const TimePoint before = clock.now();
  sentinel.sample();
  EXPECT_NEAR(static_cast<double>((clock.now() - before).count()), 600'000.0, 6'000.0)
      << "a fifth of it again before it, untimed";
}

TEST(ThroughputSentinel, AWrongAnswerMakesNoSentinel) {
  FakeClock clock;
  const int ns = 10;
  ThroughputSentinel sentinel(kernel(clock, ns, false), clock);
  EXPECT_FALSE(sentinel.prepare(100));
  sentinel.sample();
  EXPECT_TRUE(sentinel.rates().empty());
  EXPECT_FALSE(sentinel.median_ratio().available());
}

TEST(ThroughputSentinel, KeepsNoMoreSamplesThanItHasRoomFor) {
  FakeClock clock;
  const int ns = 10;
  ThroughputSentinel sentinel(kernel(clock, ns), clock);
  ASSERT_TRUE(sentinel.prepare(2));
  for (int i = 0; i < 5; ++i) sentinel.sample();
  EXPECT_EQ(sentinel.rates().size(), 2U);
}

}  // namespace
}  // namespace perfbench
