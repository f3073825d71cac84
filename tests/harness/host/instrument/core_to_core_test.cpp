#include "harness/host/instrument/core_to_core.hpp"

#include <gtest/gtest.h>

#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"

namespace perfbench {
namespace {

TEST(CoreToCore, OneCpuHasNoOtherEnd) {
  SteadyClock clock;
  CoreToCoreOptions options;
  options.cpu_a = options.cpu_b = allowed_cpus().front();
  EXPECT_FALSE(measure_core_to_core(clock, options).available());
}

TEST(CoreToCore, TellsARefusalOfEitherEnd) {
  SteadyClock clock;
  const std::vector<int> before = allowed_cpus();
  CoreToCoreOptions options;
  options.cpu_a = before.front();
  options.cpu_b = 60'000;
  EXPECT_NE(measure_core_to_core(clock, options).reason().find("cpu 60000"), std::string::npos);
  std::swap(options.cpu_a, options.cpu_b);
  EXPECT_NE(measure_core_to_core(clock, options).reason().find("cpu 60000"), std::string::npos);
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(CoreToCore, TakesLongerThanACacheHitAndShorterThanAWakeUp) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "one allowed CPU has no other to talk to";
  SteadyClock clock;
  CoreToCoreOptions options;
  options.cpu_a = cpus[0];
  options.cpu_b = cpus[1];
  const Reading<CoreToCoreLatency> latency = measure_core_to_core(clock, options);
  ASSERT_TRUE(latency.available()) << latency.reason();
  EXPECT_GE(latency.value().best.one_way.count(), 2);
  EXPECT_LE(latency.value().best.one_way, latency.value().median);
  EXPECT_LT(latency.value().best.one_way, Nanoseconds(50'000));
  EXPECT_EQ(latency.value().best.cpu_b, cpus[1]);
  EXPECT_EQ(allowed_cpus(), cpus);
}

}  // namespace
}  // namespace perfbench
