#include "scenarios/roofline/campaign.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/judge/roof_id.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "scenarios/roofline/roof_from_series.hpp"
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
  EXPECT_EQ(section.dots[0].roof, "compute-fp32-fma-avx2-1c");
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
  EXPECT_EQ(bench.groups, 1 + 1);  // Once a step: all groups run on one team.
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

TEST(Campaign, PlacementsOfTheHostAreRoofsOfTheirOwn) {
  const std::vector<int> cpus = allowed_cpus();
  Bench bench;
  std::size_t readings = 0;
  const auto far = [&readings] { return readings > 12; };
  KernelScript read = bench.script("read", RoofKind::kBandwidth, Isa::kAvx2Fma, microseconds(10));
  read.run = [&](std::uint64_t n) {
    bench.clock.advance(microseconds(far() ? 20 : 10) * static_cast<std::int64_t>(n));
  };
  KernelScript dot = read;
  dot.info.name = "sgemv";
  dot.info.is_roof = false;
  dot.info.precision = Precision::kFp32;
  bench.add(read);
  bench.add(dot);
  CampaignOptions options{Reading<double>::unavailable("no gap test"), bench.chain()};
  options.core_to_core = [&] {
    ++readings;
    const Nanoseconds latency(far() ? 190 : 40);
    return Reading<TeamLatency>::of({latency, latency}, "a test");
  };
  bench.campaign.emplace(bench.shape, bench.clock, options);
  const RoofStep step{RoofKind::kBandwidth,
                      {"2c", "2 cores", {cpus.front(), cpus.back()}, -1},
                      false,
                      milliseconds(1000)};
  bench.campaign->measure({step, bench.kernels, {}}, bench.interruption, bench.progress);
  const RooflineSection& section = bench.campaign->section();
  ASSERT_EQ(section.roofs.size(), 2U);
  EXPECT_EQ(roof_id(section.roofs[0]), "bandwidth-dram-read-avx2-2c");
  EXPECT_EQ(roof_id(section.roofs[1]), "bandwidth-dram-read-avx2-2c-e1");
  EXPECT_EQ(section.roofs[1].core_to_core, Nanoseconds(190));
  EXPECT_NE(section.roofs[1].placement.find("core to core 190 ns"), std::string::npos);
  EXPECT_TRUE(noted(section, "are in no figure"));  // The round of the move.
  ASSERT_EQ(section.dots.size(), 2U);
  for (const Dot& each : section.dots) {
    EXPECT_NEAR(each.roof_fraction.value_or(0.0), 1.0, 0.05) << "of its own epoch's roof";
  }
  EXPECT_EQ(section.dots[1].roof, "bandwidth-dram-read-avx2-2c-e1");

  // A later step of the team knows the epochs.
  bench.campaign->measure({step, bench.kernels, {}}, bench.interruption, bench.progress);
  EXPECT_EQ(section.roofs.size(), 2U) << "measured again in epoch 1: the better series stands";
  EXPECT_EQ(section.dots.back().epoch, 1);
}

TEST(Campaign, RemoteMemoryThatIsRefusedIsANote) {
  Bench bench;
  bench.add(bench.script("read", RoofKind::kBandwidth, Isa::kAvx2Fma, microseconds(10)));
  bench.campaign.emplace(bench.shape, bench.clock, CampaignOptions{});
  const RoofStep step{RoofKind::kBandwidth,
                      {"1c-n0-m63", "node 0, memory of node 63", {allowed_cpus().front()}, 63},
                      false,
                      milliseconds(50)};
  bench.campaign->measure({step, bench.kernels, {}}, bench.interruption, bench.progress);
  EXPECT_TRUE(bench.campaign->section().roofs.empty());
  EXPECT_TRUE(noted(bench.campaign->section(), "memory of node 63"));
}

TEST(Campaign, AFigureAboveItsLimitIsNoRoofForAnything) {
  Bench bench;
  bench.shape.identity.architecture = Architecture::kX86;
  bench.shape.identity.vendor = "AuthenticAMD";
  bench.shape.identity.family = 0x19;
  bench.shape.identity.model = 0x11;
  bench.shape.identity.flags = {"avx2", "fma"};
  // 32 flop a cycle at 4 GHz are 128 per ns; this claims 1000 flop in 5 ns.
  KernelScript fma = bench.script("fma", RoofKind::kCompute, Isa::kAvx2Fma, Nanoseconds(5));
  KernelScript dot = bench.script("sgemm", RoofKind::kCompute, Isa::kAvx2Fma, Nanoseconds(10));
  dot.info.is_roof = false;
  bench.add(fma);
  bench.add(dot);
  const RooflineSection& section = bench.measure({RoofKind::kCompute, {}, false, {}});
  ASSERT_EQ(section.roofs.size(), 1U);
  EXPECT_EQ(section.roofs[0].verdict.validity, Validity::kInvalid);
  EXPECT_GT(section.roofs[0].rate.best, 0.0);
  ASSERT_EQ(section.dots.size(), 1U);
  EXPECT_FALSE(section.dots[0].roof_fraction.has_value());
  EXPECT_EQ(section.dots[0].verdict.validity, Validity::kInconclusive);
  EXPECT_TRUE(section.ridge_points.empty());
  EXPECT_EQ(find_roof(section.roofs, RoofKind::kCompute, Precision::kFp32, 1), nullptr);
}

TEST(Campaign, RidgeAndZoneComeFromTheRoofs) {
  Bench bench;
  KernelScript dot = bench.script("sgemm", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(11));
  dot.info.is_roof = false;
  dot.work = {Flops(1000), Bytes(10), Bytes(10)};
  dot.working_set = gib(1);
  bench.add(bench.script("fma", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(10)));
  bench.add(bench.script("read", RoofKind::kBandwidth, Isa::kAvx2Fma, microseconds(100)));
  bench.add(dot);
  bench.measure({RoofKind::kCompute, {}, false, {}});
  RoofStep memory{RoofKind::kBandwidth, {"1c", "", {allowed_cpus().front()}, -1}, false, {}};
  memory.per_kernel = milliseconds(100);
  bench.campaign->measure({memory, bench.kernels, {}}, bench.interruption, bench.progress);
  const RooflineSection& section = bench.campaign->section();
  ASSERT_EQ(section.ridge_points.size(), 1U);
  EXPECT_NEAR(section.ridge_points[0].flop_per_byte, 10.0, 0.1);
  ASSERT_EQ(section.dots.size(), 1U);
  EXPECT_EQ(
      section.dots[0].zone.rfind("Compute-bound: at 100 flop per byte, right of the ridge", 0), 0U)
      << section.dots[0].zone;
  EXPECT_EQ(section.dots[0].team, "1c");
  EXPECT_EQ(section.dots[0].working_set, gib(1));
}

TEST(Campaign, TheSustainedHeightStandsInTheRoofItBelongsTo) {
  Bench bench;
  // The clock falls by a fifth after 6 s.
  KernelScript fma = bench.script("fma", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(10));
  const TimePoint start = bench.clock.now();
  fma.run = [&](std::uint64_t n) {
    const bool hot = bench.clock.now() - start > std::chrono::seconds(6);
    bench.clock.advance(Nanoseconds(hot ? 12'500 : 10'000) * static_cast<std::int64_t>(n));
  };
  bench.add(fma);
  bench.add(bench.script("fma_add", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(5)));
  bench.measure({RoofKind::kCompute, {}, false, {}});
  CampaignStep step;
  step.step.team = {"1c", "one core", {allowed_cpus().front()}, -1};
  step.kernels = bench.kernels;
  bench.campaign->sustain(step, std::chrono::seconds(12), bench.interruption, bench.progress);
  const RooflineSection& section = bench.campaign->section();
  ASSERT_EQ(section.roofs.size(), 2U);
  ASSERT_TRUE(section.roofs[0].sustained.has_value());
  EXPECT_NEAR(section.roofs[0].sustained->rate, 0.8 * section.roofs[0].rate.best, 1e6);
  EXPECT_GE(section.roofs[0].sustained->duration, kLeastSustained);
  EXPECT_FALSE(section.roofs[1].sustained.has_value());
  EXPECT_TRUE(section.notes.empty());
  const double rate = section.roofs[0].sustained->rate;
  bench.campaign->sustain(step, std::chrono::seconds(1), bench.interruption, bench.progress);
  EXPECT_TRUE(noted(section, "No sustained heights: 1 s each"));
  bench.interruption.request(2);
  bench.campaign->sustain(step, std::chrono::seconds(12), bench.interruption, bench.progress);
  EXPECT_EQ(section.roofs[0].sustained->rate, rate);
}

TEST(Campaign, TheSweepFillsItsPointsInsideItsTime) {
  Bench bench;
  std::vector<KernelEntry> entries;
  for (const std::uint64_t size : {16U, 32U, 64U, 128U, 256U}) {
    KernelScript chase =
        bench.script("chase_sweep", RoofKind::kLatency, Isa::kScalar, Nanoseconds(size * 100));
    chase.work.accesses = 100;
    chase.working_set = kib(size);
    KernelScript read =
        bench.script("read_sweep", RoofKind::kBandwidth, Isa::kAvx2Fma, Nanoseconds(size * 100));
    read.info.level = MemoryLevel::kNone;
    read.working_set = kib(size);
    entries.push_back(scripted_entry(chase));
    entries.push_back(scripted_entry(read));
  }
  bench.campaign.emplace(
      bench.shape, bench.clock, CampaignOptions{Reading<double>::of(0, ""), bench.chain()});
  RooflineCampaign& campaign = *bench.campaign;
  EXPECT_EQ(campaign.cache_levels().size(), 3U) << "what the machine tells, before a sweep";
  campaign.sweep(
      entries, allowed_cpus().front(), std::chrono::seconds(2), bench.interruption, bench.progress);
  const std::vector<SweepPoint>& sweep = campaign.section().sweep;
  ASSERT_EQ(sweep.size(), 5U);
  EXPECT_EQ(sweep[2].working_set, kib(64));
  EXPECT_NEAR(sweep[2].latency_ns, 64.0, 0.5);
  EXPECT_NEAR(sweep[2].read_byte_per_s, 1000 / 6400e-9, 1e6);
  EXPECT_TRUE(campaign.section().notes.empty());
  // Time for the largest and the smallest, which come first.
  campaign.sweep(
      entries, allowed_cpus().front(), milliseconds(12), bench.interruption, bench.progress);
  ASSERT_GE(sweep.size(), 2U);
  EXPECT_LT(sweep.size(), 5U);
  EXPECT_EQ(sweep.front().working_set, kib(16));
  EXPECT_EQ(sweep.back().working_set, kib(256));
  EXPECT_TRUE(noted(campaign.section(), "before its time was spent"));
}

TEST(Campaign, ACachedKernelCostsLittleBesidesItsWindows) {
  Bench bench;
  for (int i = 0; i < 8; ++i) {
    KernelScript kernel = bench.script(
        "kernel" + std::to_string(i), RoofKind::kBandwidth, Isa::kAvx2Fma, microseconds(1));
    kernel.info.level = MemoryLevel::kL1;
    KernelEntry entry = scripted_entry(kernel);
    entry.loaded_clock_chain = bench.chain();  // Two chains beside each turn, the costly way.
    bench.kernels.push_back(entry);
  }
  bench.kernels.push_back(scripted_entry(
      bench.script("fma", RoofKind::kCompute, Isa::kAvx2Fma, microseconds(10))));  // Sentinel.
  bench.campaign.emplace(
      bench.shape, bench.clock, CampaignOptions{Reading<double>::of(0, ""), bench.chain()});
  RoofStep step{RoofKind::kBandwidth, {"1c", "", {allowed_cpus().front()}, -1}, false, {}};
  step.per_kernel = std::chrono::seconds(1);
  step.per_cached_kernel = milliseconds(100);
  const TimePoint start = bench.clock.now();
  bench.campaign->measure({step, bench.kernels, {}}, bench.interruption, bench.progress);
  const Nanoseconds all = bench.clock.now() - start;
  Nanoseconds windows{0};
  for (const Roof& roof : bench.campaign->section().roofs) {
    for (const Nanoseconds window : roof.series.windows) windows += window;
  }
  EXPECT_EQ(bench.campaign->section().roofs.size(), 8U);
  EXPECT_GT(windows, 8 * milliseconds(90));
  EXPECT_LT(all - windows, 8 * milliseconds(30)) << seconds(all) << " s in all";
}

}  // namespace
}  // namespace perfbench
