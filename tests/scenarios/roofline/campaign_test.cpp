#include "scenarios/roofline/campaign.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/host/affinity/affinity.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/machine_shapes.hpp"
#include "tests/support/scripted_kernel.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Kernels whose iterations take a given time of a fake clock.
struct Bench {
  Bench() : shape(machine_of(1)), clock(Nanoseconds(20)) {}

  KernelScript script(const std::string& name, RoofKind kind, Isa isa, Nanoseconds iteration) {
    KernelScript kernel;
    kernel.info.name = name;
    kernel.info.variant = "scripted";
    kernel.info.kind = kind;
    kernel.info.isa = isa;
    kernel.info.precision = kind == RoofKind::kCompute ? Precision::kFp32 : Precision::kFp64;
    kernel.info.level = kind == RoofKind::kBandwidth ? MemoryLevel::kDram : MemoryLevel::kNone;
    kernel.work = {Flops(1000), Bytes(1000), Bytes(1000)};
    kernel.run = [this, iteration](std::uint64_t n) {
      clock.advance(iteration * static_cast<std::int64_t>(n));
    };
    return kernel;
  }
  void add(const KernelScript& kernel) { kernels.push_back(scripted_entry(kernel)); }

  const RooflineSection& measure(RoofStep step) {
    step.per_kernel = milliseconds(200);
    step.team = {"1c", "one core", {allowed_cpus().front()}, -1};
    campaign.emplace(shape, clock, CampaignOptions{Reading<double>::of(0.01, "a test"), chain()});
    campaign->measure({step, kernels, [this] { ++groups; }}, interruption, progress);
    return campaign->section();
  }

  // 100 additions at 4 GHz.
  std::function<void(std::uint64_t)> chain() {
    return [this](std::uint64_t loops) {
      clock.advance(Nanoseconds(25) * static_cast<std::int64_t>(loops));
    };
  }

  MachineShape shape;
  FakeClock clock;
  std::vector<KernelEntry> kernels;
  int groups = 0;  // Told of by the campaign.
  std::optional<RooflineCampaign> campaign;
  Interruption interruption;
  NullProgress progress;
};

bool noted(const RooflineSection& section, const std::string& part) {
  return std::any_of(section.notes.begin(), section.notes.end(), [&](const std::string& note) {
    return note.find(part) != std::string::npos;
  });
}

TEST(Campaign, MeasuresRoofsAndDotsOfTheStepsKind) {
  Bench bench;
  bench.add(bench.script("fma", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(10)));
  bench.add(bench.script("read", RoofKind::kBandwidth, Isa::kAvx2Fma, microseconds(10)));
  KernelScript dot = bench.script("sgemm", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(20));
  dot.info.is_roof = false;
  bench.add(dot);
  const RooflineSection& section = bench.measure({RoofKind::kCompute, {}, false, {}});
  ASSERT_EQ(section.roofs.size(), 1U);
  EXPECT_EQ(section.roofs[0].kernel, "fma");
  EXPECT_NEAR(section.roofs[0].rate.best, 1e8, 1e6);  // 1000 flop in 10 us.
  EXPECT_GE(section.roofs[0].series.windows.size(), 5U);
  EXPECT_NEAR(section.roofs[0].per_core_cycle.value_or(0.0), 0.025, 0.0005);  // 1e8 at 4 GHz.
  EXPECT_DOUBLE_EQ(section.roofs[0].disturbance.gap_loss_fraction.value_or(0.0), 0.01);
  ASSERT_EQ(section.dots.size(), 1U);
  EXPECT_EQ(section.dots[0].kernel, "sgemm");
  EXPECT_EQ(section.dots[0].roof, "compute-fp32-1t");
  EXPECT_NEAR(section.dots[0].roof_fraction.value_or(0.0), 0.5, 0.01);
}

TEST(Campaign, WidestIsaAloneUnlessNarrowerOnesAreAsked) {
  Bench bench;
  bench.add(bench.script("mul_add", RoofKind::kCompute, Isa::kSse2, microseconds(40)));
  bench.add(bench.script("fma", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(20)));
  bench.add(bench.script("fma", RoofKind::kCompute, Isa::kAvx512, microseconds(10)));
  const std::vector<Roof> widest = bench.measure({RoofKind::kCompute, {}, false, {}}).roofs;
  ASSERT_EQ(widest.size(), 1U);
  EXPECT_EQ(widest[0].isa, Isa::kAvx512);

  const std::vector<Roof> all = bench.measure({RoofKind::kCompute, {}, true, {}}).roofs;
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(bench.groups, 1 + 3);
  EXPECT_EQ(all[0].isa, Isa::kAvx512);
  EXPECT_EQ(all[2].isa, Isa::kSse2);
  EXPECT_GT(all[0].rate.best, 1.9 * all[1].rate.best);
}

TEST(Campaign, AWrongAnswerIsNotedAndNotTimed) {
  Bench bench;
  KernelScript wrong = bench.script("fma", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(10));
  wrong.verify = [] { return Verification{false, "lane 3 differs"}; };
  bench.add(wrong);
  const RooflineSection& section = bench.measure({RoofKind::kCompute, {}, false, {}});
  EXPECT_TRUE(section.roofs.empty());
  EXPECT_TRUE(noted(section, "lane 3 differs"));
}

TEST(Campaign, WhatDoesNotFitTheMemoryIsLeftOut) {
  Bench bench;
  bench.shape.memory_available = Reading<Bytes>::of(mib(100), "a test");
  KernelScript large = bench.script("read", RoofKind::kBandwidth, Isa::kAvx2Fma, microseconds(10));
  large.working_set = mib(200);
  KernelScript small = bench.script("triad", RoofKind::kBandwidth, Isa::kAvx2Fma, microseconds(10));
  small.working_set = mib(50);
  KernelScript other = small;
  other.info.name = "triad_nt";
  for (const KernelScript& kernel : {large, small, other}) bench.add(kernel);
  const RooflineSection& section = bench.measure({RoofKind::kBandwidth, {}, false, {}});
  EXPECT_EQ(section.roofs.size(), 2U);
  EXPECT_TRUE(noted(section, "read"));
  EXPECT_TRUE(noted(section, "one after the other"));  // 50 + 50 of 75.
}

TEST(Campaign, InterruptionKeepsTheWindowsThatThereAre) {
  Bench bench;
  KernelScript kernel = bench.script("fma", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(10));
  const auto run = kernel.run;
  int calls = 0;
  kernel.run = [&, run](std::uint64_t n) {
    run(n);
    if (++calls == 60) bench.interruption.request(2);
  };
  bench.add(kernel);
  const RooflineSection& section = bench.measure({RoofKind::kCompute, {}, false, {}});
  ASSERT_EQ(section.roofs.size(), 1U);
  EXPECT_LT(section.roofs[0].series.windows.size(), 60U);
  EXPECT_GT(section.roofs[0].series.windows.size(), 0U);
  EXPECT_TRUE(noted(section, "Interrupted"));
}

TEST(Campaign, SeveralCoresCarryTheirCoreToCoreLatency) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "only one CPU is allowed: no pair to measure";
  Bench bench;
  // The instrument spins on the clock's real threads; a fake clock's time stands for both.
  bench.add(bench.script("read", RoofKind::kBandwidth, Isa::kAvx2Fma, microseconds(10)));
  RoofStep step{
      RoofKind::kBandwidth, {"2c", "2 cores", {cpus[0], cpus[1]}, -1}, false, milliseconds(50)};
  bench.campaign.emplace(
      bench.shape,
      bench.clock,
      CampaignOptions{Reading<double>::unavailable("no gap test"), bench.chain()});
  bench.campaign->measure({step, bench.kernels, {}}, bench.interruption, bench.progress);
  const RooflineSection& section = bench.campaign->section();
  ASSERT_EQ(section.roofs.size(), 1U);
  EXPECT_EQ(section.roofs[0].threads, 2);
  if (section.core_to_core.empty()) GTEST_SKIP() << "threads cannot be pinned here";
  EXPECT_EQ(section.core_to_core.size(), 1U);
  EXPECT_EQ(section.core_to_core[0].cpu_a, cpus[0]);
}

}  // namespace
}  // namespace perfbench
