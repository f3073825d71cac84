#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "harness/core/judge/quiet.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/disturbance/disturbance_monitor.hpp"
#include "harness/host/measure/measure.hpp"
#include "tests/support/hog_process.hpp"
#include "tests/support/scripted_kernel.hpp"

namespace perfbench {
namespace {

constexpr Nanoseconds kWatch{600'000'000};
/// Where others already take more than this of our time, a hog of ours is no controlled one.
constexpr double kOwnMachine = 0.9;

void spin_for(Clock& clock, Nanoseconds time) {
  const TimePoint end = clock.now() + time;
  while (clock.now() < end) run_add_chain(1000);
}

Disturbance watch_while_spinning(Clock& clock, int cpu) {
  DisturbanceOptions options;
  options.measured_threads = {current_tid()};
  DisturbanceMonitor monitor({cpu}, clock, options);
  monitor.start();
  spin_for(clock, kWatch);
  Disturbance d = monitor.stop();
  // Not the subject here; a missing reading alone would make it disturbed, and the test vacuous.
  d.gap_loss_fraction = Reading<double>::of(0.0, "not under test");
  return d;
}

bool has_reason(const QuietVerdict& verdict, const std::string& part) {
  return std::any_of(verdict.reasons.begin(), verdict.reasons.end(), [&](const Reason& r) {
    return r.id.find(part) != std::string::npos;
  });
}

TEST(ForeignLoad, IsNeverQuietBesideAHog) {
  const int cpu = allowed_cpus().back();
  const ScopedPin pin(cpu);
  if (!pin.pinned()) GTEST_SKIP() << pin.refusal();
  SteadyClock clock;
  const Disturbance alone = watch_while_spinning(clock, cpu);
  const HogProcess hog(cpu);
  if (!hog.started()) GTEST_SKIP() << "no shell to start a foreign process with";
  spin_for(clock, Nanoseconds(100'000'000));
  const Disturbance beside = watch_while_spinning(clock, cpu);
  ASSERT_TRUE(beside.foreign_cpu_cores.available()) << beside.foreign_cpu_cores.reason();
  std::printf("foreign cores: alone %.3f, beside a hog %.3f; share: alone %.3f, beside %.3f\n",
              alone.foreign_cpu_cores.value(),
              beside.foreign_cpu_cores.value(),
              alone.share.value(),
              beside.share.value());
  const QuietVerdict verdict = judge_quiet(beside);
  EXPECT_EQ(verdict.quietness, Quietness::kDisturbed);
  EXPECT_TRUE(has_reason(verdict, "foreign"));
  EXPECT_GT(beside.foreign_cpu_cores.value(), 0.2);
  EXPECT_LT(beside.share.value(), 0.8);
  // Control: without the hog the same watch reads less foreign time, unless something else took its
  // place.
  if (alone.foreign_cpu_cores.value() > 0.2) GTEST_SKIP() << "the machine is busy on its own";
  EXPECT_LT(alone.foreign_cpu_cores.value(), beside.foreign_cpu_cores.value() / 2);
}

/// Dependent additions: what the scheduler takes from it, it loses; nothing else does.
MeasureRequest add_chain_on(std::vector<int> cpus) {
  KernelScript s;
  s.info.name = "add chain";
  s.work = {Flops(1000), Bytes(0), Bytes(0)};
  s.run = [](std::uint64_t iterations) { run_add_chain(10 * iterations); };
  MeasureRequest request;
  request.kernels = {scripted_entry(s)};
  request.cpus = std::move(cpus);
  request.options.time_budget = Nanoseconds(4'000'000'000);
  return request;
}

TEST(ForeignLoad, BestOfShortWindowsStaysWithinFivePercentOfQuiet) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "one CPU is allowed";
  SteadyClock clock;
  const Interruption interruption;
  const MeasureRequest request = add_chain_on({cpus.front(), cpus.back()});
  const MeasuredSeries quiet = measure_kernels(request, clock, interruption).front();
  if (quiet.disturbance.share.value_or(0.0) < kOwnMachine) {
    GTEST_SKIP() << "the machine is busy on its own";
  }
  const HogProcess hog(cpus.back());
  if (!hog.started()) GTEST_SKIP() << "no shell to start a foreign process with";
  const MeasuredSeries busy = measure_kernels(request, clock, interruption).front();
  std::printf(
      "2 threads, best %.4g -> %.4g beside a hog (%.3f), median %.3f, share %.3f, %zu windows\n",
      quiet.summary.best,
      busy.summary.best,
      busy.summary.best / quiet.summary.best,
      busy.summary.median / quiet.summary.median,
      busy.disturbance.share.value(),
      busy.series.windows.size());
  // Core clocks drift by themselves, so the bar is on work per cycle where the clock is known.
  double ratio = busy.summary.best / quiet.summary.best;
  if (quiet.clock.hz.available() && busy.clock.hz.available()) {
    ratio *= quiet.clock.hz.value() / busy.clock.hz.value();
  }
  EXPECT_GT(ratio, 0.95);
  EXPECT_EQ(judge_quiet(busy.disturbance).quietness, Quietness::kDisturbed);
  EXPECT_TRUE(has_reason(judge_quiet(busy.disturbance), "foreign"));
}

}  // namespace
}  // namespace perfbench
