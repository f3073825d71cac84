#include <gtest/gtest.h>

#include <algorithm>

#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/measure/measure.hpp"
#include "tests/support/scripted_kernel.hpp"

namespace perfbench {
namespace {

/// Best of many windows, so that a busy machine changes nothing; bars are ratios within one run.
MeasureRequest request(std::vector<KernelEntry> kernels, std::vector<int> cpus) {
  MeasureRequest r;
  r.kernels = std::move(kernels);
  r.cpus = std::move(cpus);
  r.options.windows = 60;
  r.options.time_budget = Nanoseconds(3'000'000'000);
  return r;
}

/// An iteration is 1000 dependent additions, 1000 "flop".
KernelEntry add_chain() {
  KernelScript s;
  s.info.name = "add chain";
  s.work = {Flops(1000), Bytes(0), Bytes(0)};
  s.run = [](std::uint64_t iterations) { run_add_chain(10 * iterations); };
  return scripted_entry(s);
}

TEST(MeasureLive, AKernelThatSpinsForDReadsD) {
  SteadyClock clock;
  const Interruption interruption;
  for (const std::int64_t d : {10'000, 100'000}) {
    KernelScript s;
    s.info.kind = RoofKind::kLatency;
    s.info.name = "spin";
    s.run = [&clock, d](std::uint64_t iterations) {
      for (std::uint64_t i = 0; i < iterations; ++i) {
        const TimePoint end = clock.now() + Nanoseconds(d);
        while (clock.now() < end) {
        }
      }
    };
    const auto all = measure_kernels(
        request({scripted_entry(s)}, {allowed_cpus().front()}), clock, interruption);
    // Never shorter than d. Above by some clock reads an iteration, which an emulated machine takes
    // longer for.
    EXPECT_GE(all.front().summary.best / static_cast<double>(d), 1.0);
    EXPECT_LE(all.front().summary.best / static_cast<double>(d), 1.25);
  }
}

TEST(MeasureLive, AnAddChainTakesOneCycleAnAddition) {
  SteadyClock clock;
  const Interruption interruption;
  const auto all =
      measure_kernels(request({add_chain()}, {allowed_cpus().front()}), clock, interruption);
  const MeasuredSeries& s = all.front();
  ASSERT_FALSE(s.series.windows.empty());
  if (!s.clock.hz.available()) GTEST_SKIP() << s.clock.hz.reason();
  // The protocol held against itself: rate over clock is 1 addition a cycle.
  EXPECT_NEAR(s.summary.best / s.clock.hz.value(), 1.0, 0.1);
}

TEST(MeasureLive, TwoThreadsDoTwiceTheWork) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "one CPU is allowed";
  SteadyClock clock;
  const Interruption interruption;
  const auto one = measure_kernels(request({add_chain()}, {cpus[0]}), clock, interruption);
  MeasureRequest both = request({add_chain()}, {cpus[0], cpus[1]});
  // Short, so that a busy machine still has some in which both threads run.
  both.options.window = Nanoseconds(300'000);
  both.options.windows = 1000;
  const auto two = measure_kernels(both, clock, interruption);
  // A dependent chain uses a fraction of a core, so even two threads of one core nearly double.
  // Bars leave room for a clock that falls with two busy cores and for a machine that is never free
  // on both CPUs at once.
  const double ratio = two.front().summary.best / one.front().summary.best;
  if (ratio <= 1.3 && two.front().disturbance.share.value_or(0.0) < 0.5) {
    GTEST_SKIP() << "the machine is too busy: the threads had their CPUs for "
                 << two.front().disturbance.share.value_or(0.0) << " of the time";
  }
  EXPECT_GT(ratio, 1.3);
  EXPECT_LT(ratio, 2.3);
}

}  // namespace
}  // namespace perfbench
