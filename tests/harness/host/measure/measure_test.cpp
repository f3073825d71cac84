#include "harness/host/measure/measure.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <climits>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "tests/harness/host/measure/measure_support.hpp"
#include "tests/support/scripted_kernel.hpp"

namespace perfbench {
namespace {

using testing::MeasureTest;

TEST_F(MeasureTest, FillsWindowsOfTheWantedLengthAndCountsTheWork) {
  request_.kernels = {scripted_entry(script("fma", 100))};
  const MeasuredSeries s = measure().front();
  EXPECT_TRUE(s.verification.passed);
  ASSERT_EQ(s.series.windows.size(), 40U);
  EXPECT_NEAR(static_cast<double>(s.series.windows.front().count()), 1.5e6, 2e4);
  EXPECT_EQ(s.series.work_per_window, 1000 * s.iterations);
  EXPECT_NEAR(s.summary.best, 1e10, 1e7);  // 1000 flop in 100 ns.
  EXPECT_NEAR(s.summary.median, s.summary.best, 1.0);
  EXPECT_FALSE(s.partial);
  EXPECT_EQ(s.threads, 1);
  EXPECT_EQ(s.placement, cpus_text(request_.cpus));
}

TEST_F(MeasureTest, EachKindCountsItsOwnWork) {
  KernelScript bytes = script("read", 100);
  bytes.info.kind = RoofKind::kBandwidth;
  KernelScript chase = script("chase", 100);
  chase.info.kind = RoofKind::kLatency;
  KernelScript hops = script("chase", 95);
  hops.info.kind = RoofKind::kLatency;
  hops.work.accesses = 100;
  request_.kernels = {scripted_entry(bytes), scripted_entry(chase), scripted_entry(hops)};
  const auto all = measure();
  EXPECT_NEAR(all[0].summary.best, 64 / 100e-9, 1e6);
  EXPECT_NEAR(all[1].summary.best, 100.0, 0.1);  // ns an access.
  // Below a nanosecond an access: the window's time keeps the digits.
  EXPECT_EQ(all[2].series.work_per_window, 100 * all[2].iterations);
  EXPECT_NEAR(all[2].summary.best, 0.95, 0.001);
}

TEST_F(MeasureTest, DramWindowsAreLonger) {
  KernelScript dram = script("read", 100);
  dram.info.level = MemoryLevel::kDram;
  request_.kernels = {scripted_entry(dram)};
  EXPECT_NEAR(static_cast<double>(measure().front().series.windows.front().count()), 1e7, 1e5);
}

TEST_F(MeasureTest, OneIterationMayBeLongerThanAWindow) {
  request_.kernels = {scripted_entry(script("sgemm", 70'000'000))};
  request_.options.windows = 5;
  const MeasuredSeries s = measure().front();
  EXPECT_EQ(s.iterations, 1U);
  EXPECT_EQ(s.series.windows.size(), 5U);
}

TEST_F(MeasureTest, ReadsTheClockBesideTheWindows) {
  request_.kernels = {scripted_entry(script("fma", 100))};
  const MeasuredSeries s = measure().front();
  ASSERT_TRUE(s.clock.hz.available()) << s.clock.hz.reason();
  EXPECT_NEAR(s.clock.hz.value(), 4e9, 1.0);
  EXPECT_EQ(s.clock.relative_uncertainty, 0.02);
}

TEST_F(MeasureTest, AKernelThatLowersTheClockIsHeldAgainstItsOwn) {
  KernelEntry wide = scripted_entry(script("fma", 100));
  wide.loaded_clock_chain = [this](std::uint64_t loops) {
    clock_.advance(Nanoseconds(static_cast<std::int64_t>(50 * loops)));
  };
  request_.kernels = {wide, scripted_entry(script("scalar", 100))};
  const auto all = measure();
  EXPECT_NEAR(all[0].clock.hz.value(), 2e9, 1.0);
  EXPECT_NEAR(all[1].clock.hz.value(), 4e9, 1.0);
}

TEST_F(MeasureTest, AKernelsOwnChainStandsNextToItsWindows) {
  // The other kernel leaves a low clock behind, which a chain elsewhere in the round would see.
  std::int64_t ns_per_loop = 25;
  KernelScript heavy = script("sgemm", 100);
  heavy.run = [&](std::uint64_t iterations) {
    ns_per_loop = 50;
    clock_.advance(Nanoseconds(100 * static_cast<std::int64_t>(iterations)));
  };
  KernelScript light = script("fma", 100);
  light.run = [&](std::uint64_t iterations) {
    ns_per_loop = 25;
    clock_.advance(Nanoseconds(100 * static_cast<std::int64_t>(iterations)));
  };
  KernelEntry fma = scripted_entry(light);
  fma.loaded_clock_chain = [&](std::uint64_t loops) {
    clock_.advance(Nanoseconds(ns_per_loop * static_cast<std::int64_t>(loops)));
  };
  request_.kernels = {fma, scripted_entry(heavy)};
  EXPECT_NEAR(measure().front().clock.hz.value(), 4e9, 1.0);
}

TEST_F(MeasureTest, TheClockIsThatOfTheBestWindowsRound) {
  // A core of 2 GHz that runs at 4 GHz during some of the last windows.
  std::int64_t ns_per_loop = 50;
  int windows = 0;
  int fast_from = INT_MAX;
  request_.options.windows = 10;
  request_.options.slice = Nanoseconds(1);  // One window a round.
  request_.options.chain.chain = [&](std::uint64_t loops) {
    clock_.advance(Nanoseconds(ns_per_loop * static_cast<std::int64_t>(loops)));
  };
  KernelScript s = script("fma", 100);
  s.run = [&](std::uint64_t iterations) {
    ++windows;
    ns_per_loop = windows >= fast_from && windows < fast_from + 3 ? 25 : 50;
    clock_.advance(Nanoseconds(2 * ns_per_loop * static_cast<std::int64_t>(iterations)));
  };
  request_.kernels = {scripted_entry(s)};
  EXPECT_NEAR(measure().front().clock.hz.value(), 2e9, 1.0);
  fast_from = windows - 6;  // The calibration before the ten windows is the same each time.
  windows = 0;
  const MeasuredSeries series = measure().front();
  EXPECT_NEAR(series.clock.hz.value(), 4e9, 1.0);
}

TEST_F(MeasureTest, AWrongAnswerIsNotTimed) {
  KernelScript wrong = script("wrong", 100);
  std::atomic<int> runs{0};
  wrong.verify = [] { return Verification{false, "2 + 2 is 5"}; };
  wrong.run = [&](std::uint64_t) { ++runs; };
  request_.kernels = {scripted_entry(wrong), scripted_entry(script("fma", 100))};
  const auto all = measure();
  EXPECT_FALSE(all[0].verification.passed);
  EXPECT_NE(all[0].verification.detail.find("2 + 2 is 5"), std::string::npos);
  EXPECT_TRUE(all[0].series.windows.empty());
  EXPECT_FALSE(all[0].partial);
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(all[1].series.windows.size(), 40U);  // The others are measured all the same.
}

TEST_F(MeasureTest, MeasuresInTurn) {
  std::string order;
  KernelScript a = script("a", 100);
  KernelScript b = script("b", 100);
  const auto noting = [this, &order](char letter) {
    return [this, &order, letter](std::uint64_t iterations) {
      if (order.empty() || order.back() != letter) order += letter;
      clock_.advance(Nanoseconds(100 * static_cast<std::int64_t>(iterations)));
    };
  };
  a.run = noting('a');
  b.run = noting('b');
  request_.kernels = {scripted_entry(a), scripted_entry(b)};
  measure();
  // 40 windows of 1.5 ms in turns of 8 ms: 5 windows a turn, 8 rounds, after the calibration's
  // first turn.
  EXPECT_EQ(order.substr(0, 18), "ababababababababab");
}

TEST_F(MeasureTest, StopsWhenTheTimeIsSpentButNotBelowTheLeast) {
  request_.kernels = {scripted_entry(script("fma", 100))};
  request_.options.windows = 100'000;
  request_.options.time_budget = Nanoseconds(100'000'000);
  const MeasuredSeries s = measure().front();
  EXPECT_GE(s.series.windows.size(), 20U);
  EXPECT_LT(s.series.windows.size(), 100U);
  EXPECT_FALSE(s.partial);
  // A kernel of 30 ms needs 600 ms for 20 windows: twice the budget ends it.
  request_.kernels = {scripted_entry(script("sgemm", 30'000'000))};
  const std::size_t slow = measure().front().series.windows.size();
  EXPECT_GE(slow, 5U);
  EXPECT_LT(slow, 10U);
}

TEST_F(MeasureTest, AnInterruptionKeepsWhatWasMeasured) {
  KernelScript s = script("fma", 100);
  int windows = 0;
  s.run = [&](std::uint64_t iterations) {
    if (++windows == 40) interruption_.request(2);
    clock_.advance(Nanoseconds(100 * static_cast<std::int64_t>(iterations)));
  };
  request_.options.windows = 500;
  request_.kernels = {scripted_entry(s), scripted_entry(script("later", 100))};
  const auto all = measure();
  EXPECT_TRUE(all[0].partial);
  EXPECT_GT(all[0].series.windows.size(), 0U);
  EXPECT_LT(all[0].series.windows.size(), 40U);
  EXPECT_EQ(windows, 40);  // Asked before each window.
  EXPECT_GT(all[0].summary.best, 0.0);
  EXPECT_TRUE(all[1].partial);
}

TEST_F(MeasureTest, InterruptedBeforeItBegan) {
  interruption_.request(15);
  request_.kernels = {scripted_entry(script("fma", 100))};
  const MeasuredSeries s = measure().front();
  EXPECT_TRUE(s.partial);
  EXPECT_TRUE(s.series.windows.empty());
  EXPECT_FALSE(s.verification.passed);
  EXPECT_FALSE(s.clock.hz.available());
  EXPECT_FALSE(s.disturbance.share.available());
}

TEST_F(MeasureTest, NoMemoryReachesTheCaller) {
  KernelScript s = script("huge", 100);
  s.prepare = [] { throw ResourceError("There is no memory for 1 TB."); };
  request_.kernels = {scripted_entry(s)};
  EXPECT_THROW(measure(), ResourceError);
}

TEST_F(MeasureTest, CarriesShareGapLossAndSentinel) {
  request_.kernels = {scripted_entry(script("fma", 100))};
  request_.gap_loss = Reading<double>::of(0.0125, "gap test");
  MeasuredSeries s = measure().front();
  EXPECT_EQ(s.disturbance.gap_loss_fraction.value(), 0.0125);
  EXPECT_NEAR(s.disturbance.share.value(), 1.0, 1e-3);
  EXPECT_FALSE(s.sentinel_ratio.available());

  request_.sentinel = scripted_entry(script("sentinel", 10));
  s = measure().front();
  EXPECT_NEAR(s.sentinel_ratio.value(), 1.0, 1e-9);
}

TEST_F(MeasureTest, APreemptedWindowShowsInTheShare) {
  KernelScript s = script("fma", 100);
  int windows = 0;
  s.run = [&](std::uint64_t iterations) {
    clock_.advance(Nanoseconds(100 * static_cast<std::int64_t>(iterations)));
    if (++windows % 2 == 0) clock_.advance_preempted(Nanoseconds(1'500'000));
  };
  request_.kernels = {scripted_entry(s)};
  const MeasuredSeries series = measure().front();
  EXPECT_NEAR(series.disturbance.share.value(), 2.0 / 3.0, 0.02);
  EXPECT_NEAR(series.summary.best, 1e10, 1e7);  // The best windows tell the truth all the same.
}

TEST_F(MeasureTest, AKernelWithAPoolOfItsOwnRunsOnce) {
  KernelScript pool = script("sgemm", 100);
  pool.info.threads = 2;
  std::atomic<int> prepared{0};
  std::vector<int> allowed_in_prepare;
  pool.prepare = [&] {
    ++prepared;
    allowed_in_prepare = allowed_cpus();
  };
  const std::vector<int> cpus = allowed_cpus();
  request_.cpus = {cpus.front(), cpus.back()};
  request_.kernels = {scripted_entry(pool)};
  const MeasuredSeries s = measure().front();
  EXPECT_EQ(prepared, 1);
  EXPECT_EQ(s.instances, 1);
  EXPECT_EQ(s.threads, 2);
  EXPECT_EQ(s.series.work_per_window, 1000 * s.iterations);
  EXPECT_NE(s.placement.find("a pool of its own"), std::string::npos) << s.placement;
  // Threads that a library starts in prepare() inherit all measured CPUs.
  EXPECT_EQ(cpus_text(allowed_in_prepare), cpus_text(request_.cpus));
}

TEST_F(MeasureTest, ATeamSumsItsWork) {
  const std::vector<int> cpus = allowed_cpus();
  request_.cpus = {cpus.front(), cpus.back()};
  std::atomic<int> verified{0};
  KernelScript s = script("fma", 100);
  s.verify = [&] {
    ++verified;
    return Verification{true, ""};
  };
  request_.kernels = {scripted_entry(s)};
  request_.options.windows = 10;
  const MeasuredSeries series = measure().front();
  EXPECT_EQ(verified, 2);  // Once an instance.
  EXPECT_EQ(series.instances, 2);
  EXPECT_EQ(series.threads, 2);
  EXPECT_EQ(series.series.work_per_window, 2 * 1000 * series.iterations);
  EXPECT_EQ(series.series.windows.size(), 10U);
}

TEST_F(MeasureTest, OneWrongInstanceOfATeamIsEnough) {
  const std::vector<int> cpus = allowed_cpus();
  request_.cpus = {cpus.front(), cpus.back()};
  std::atomic<int> verified{0};
  KernelScript s = script("fma", 100);
  s.verify = [&] {
    const bool second = ++verified == 2;
    return Verification{!second, second ? "wrong" : "right"};
  };
  request_.kernels = {scripted_entry(s)};
  const MeasuredSeries series = measure().front();
  EXPECT_FALSE(series.verification.passed);
  EXPECT_NE(series.verification.detail.find("wrong"), std::string::npos);
}

TEST_F(MeasureTest, MemoryOfANodeThatIsNotThereLeavesTheKernelOut) {
  request_.kernels = {scripted_entry(script("read", 100))};
  request_.memory_node = 63;
  const auto all = measure();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_NE(all[0].left_out.find("node 63"), std::string::npos) << all[0].left_out;
  EXPECT_TRUE(all[0].series.windows.empty());
}

TEST_F(MeasureTest, GroupsOfOneTeamShareWhatTheirThreadsTouched) {
  KernelScript dram = script("read", 100);
  dram.info.kind = RoofKind::kBandwidth;
  dram.info.level = MemoryLevel::kDram;
  dram.info.is_roof = true;
  const auto shared = std::make_shared<int>(1);
  KernelEntry entry;
  entry.info = dram.info;
  entry.shares_memory = "arena";
  entry.make = [dram, shared] {
    KernelScript mine = dram;
    mine.prepare = [shared] {};  // Holds what it shares as long as it lives.
    return std::make_unique<ScriptedKernel>(mine);
  };
  request_.kernels = {entry};
  MeasureTeam team(request_.cpus, -1, clock_);
  const long entries = shared.use_count();
  const int tid = team.threads().tids().front();
  EXPECT_EQ(measure_kernels(request_, team, clock_, interruption_).size(), 1U);
  EXPECT_GT(shared.use_count(), entries) << "the kernel lives on with the team";
  EXPECT_EQ(measure_kernels(request_, team, clock_, interruption_).size(), 1U);
  EXPECT_EQ(team.threads().tids().front(), tid);
}

}  // namespace
}  // namespace perfbench
