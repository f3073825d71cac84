#include "scenarios/roofline/roof_from_series.hpp"

#include <gtest/gtest.h>

#include "harness/core/judge/limit.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/stats/window_summary.hpp"
#include "tests/support/machine_shapes.hpp"

namespace perfbench {
namespace {

// A Zen 4 (family 0x19, model 0x11): 32 fp32 FMA flop per core and cycle.
MachineShape zen4(int cores = 2) {
  MachineShape shape = machine_of(cores);
  shape.identity.architecture = Architecture::kX86;
  shape.identity.vendor = "AuthenticAMD";
  shape.identity.family = 0x19;
  shape.identity.model = 0x11;
  shape.identity.flags = {"avx2", "avx512f", "fma"};
  shape.isas = {Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512};
  return shape;
}

// One window of 1 ms at each rate, in units of flop or bytes per second.
MeasuredSeries series_of(KernelInfo info, const std::vector<double>& rates_per_s) {
  MeasuredSeries series;
  series.info = std::move(info);
  series.verification = {true, ""};
  series.cpus = {0};
  series.placement = "cpu 0";
  series.series.work_per_window = 1'000'000'000;
  for (const double rate : rates_per_s) {
    series.series.windows.push_back(from_seconds(1e9 / rate));
  }
  series.summary = summarize_windows(series.series, series.info.kind);
  series.clock.hz = Reading<double>::of(4e9, "a test");
  return series;
}

KernelInfo fma(Precision precision = Precision::kFp32, Isa isa = Isa::kAvx512) {
  KernelInfo info;
  info.name = "fma";
  info.precision = precision;
  info.isa = isa;
  return info;
}

KernelInfo dram(const std::string& name) {
  KernelInfo info;
  info.name = name;
  info.kind = RoofKind::kBandwidth;
  info.precision = Precision::kFp64;
  info.level = MemoryLevel::kDram;
  info.isa = Isa::kAvx512;
  return info;
}

Roof judged(const MeasuredSeries& series, const MachineShape& shape) {
  Roof roof = make_roof(series, shape);
  judge_roof(roof, shape, std::nullopt);
  return roof;
}

TEST(RoofFromSeries, StandsBesideItsDocumentedLimit) {
  const Roof roof = judged(series_of(fma(), {124e9, 120e9, 123e9}), zen4());
  ASSERT_TRUE(roof.per_core_cycle.has_value());
  EXPECT_NEAR(*roof.per_core_cycle, 31.0, 1e-3);
  ASSERT_TRUE(roof.limit_per_core_cycle.available()) << roof.limit_per_core_cycle.reason();
  EXPECT_DOUBLE_EQ(roof.limit_per_core_cycle.value(), 32.0);
  EXPECT_NEAR(roof.fraction_of_limit.value_or(0.0), 0.969, 0.001);
  EXPECT_EQ(roof.verdict.validity, Validity::kValid);
  EXPECT_EQ(roof.verdict, judge_limit(roof));
  EXPECT_FALSE(roof.contended);
  EXPECT_EQ(roof_id(roof), "compute-fp32-fma-avx512-1t");
}

TEST(RoofFromSeries, AboveItsLimitIsRefused) {
  const Roof roof = judged(series_of(fma(), {200e9}), zen4());
  EXPECT_EQ(roof.verdict.validity, Validity::kInvalid);
  EXPECT_FALSE(roof.fraction_of_limit.has_value());
}

TEST(RoofFromSeries, UnknownCoresHaveNoLimitAndAReason) {
  const Roof roof = judged(series_of(fma(), {124e9}), machine_of(2));
  EXPECT_FALSE(roof.limit_per_core_cycle.available());
  EXPECT_FALSE(roof.limit_per_core_cycle.reason().empty());
  EXPECT_TRUE(roof.per_core_cycle.has_value());
  EXPECT_FALSE(roof.fraction_of_limit.has_value());
}

TEST(RoofFromSeries, EachPeakKernelHasALimitOfItsOwn) {
  KernelInfo info = fma();
  info.name = "mul_add";
  EXPECT_FALSE(judged(series_of(info, {60e9}), zen4()).limit_per_core_cycle.available());
  info.name = "fma_add";  // Two pipes for additions beside those for FMAs: 180 GFLOP/s at 4 GHz.
  EXPECT_DOUBLE_EQ(judged(series_of(info, {180e9}), zen4()).limit_per_core_cycle.value_or(48), 48);
  EXPECT_EQ(judged(series_of(info, {180e9}), zen4()).verdict.validity, Validity::kValid);
}

TEST(RoofFromSeries, CarriesTeamEpochAndWhatTheKernelSaysOfItsMemory) {
  MeasuredSeries series = series_of(dram("read"), {40e9});
  series.epoch = 1;
  series.core_to_core = Nanoseconds(190);
  series.info.may_hold_cache_hits = true;
  const Roof roof = make_roof(series, zen4(), "2c");
  EXPECT_EQ(roof_id(roof), "bandwidth-dram-read-avx512-2c-e1");
  EXPECT_EQ(roof.core_to_core, Nanoseconds(190));
  EXPECT_TRUE(roof.may_hold_cache_hits);
}

TEST(RoofFromSeries, SiblingsShareACore) {
  MachineShape shape = zen4();
  for (LogicalCpu& cpu : shape.cpus) cpu.core = 0;
  MeasuredSeries series = series_of(fma(), {124e9});
  series.cpus = {0, 1};
  series.threads = 2;
  EXPECT_NEAR(make_roof(series, shape).per_core_cycle.value_or(0.0), 31.0, 1e-3);
  EXPECT_NEAR(make_roof(series, zen4()).per_core_cycle.value_or(0.0), 15.5, 1e-3);
}

TEST(RoofFromSeries, CoresOfTwoKindsHaveNoCommonLimit) {
  MachineShape shape = zen4();
  shape.cpus[0].kind = CoreKind::kPerformance;
  shape.cpus[1].kind = CoreKind::kEfficiency;
  MeasuredSeries both = series_of(fma(), {124e9});
  both.cpus = {0, 1};
  EXPECT_FALSE(judged(both, shape).limit_per_core_cycle.available());
  EXPECT_TRUE(judged(series_of(fma(), {124e9}), shape).limit_per_core_cycle.available());
  // Equal parts on unequal cores: the fast ones wait, and together they can do more.
  EXPECT_TRUE(make_roof(both, shape).lower_bound);
  EXPECT_FALSE(make_roof(series_of(fma(), {124e9}), shape).lower_bound);
}

TEST(RoofFromSeries, ContendedByItsMedianOrItsSentinel) {
  EXPECT_TRUE(make_roof(series_of(fma(), {120e9, 60e9, 60e9}), zen4()).contended);
  MeasuredSeries series = series_of(fma(), {120e9, 119e9});
  EXPECT_FALSE(make_roof(series, zen4()).contended);
  series.sentinel_ratio = Reading<double>::of(0.8, "a test");
  EXPECT_TRUE(make_roof(series, zen4()).contended);
}

TEST(RoofFromSeries, ALatencyIsNoWorkAndHasNoLimit) {
  KernelInfo info;
  info.name = "chase";
  info.kind = RoofKind::kLatency;
  info.level = MemoryLevel::kL1;
  MeasuredSeries series = series_of(info, {1000});
  series.series = {1'000'000, {Nanoseconds(950'000)}};
  series.summary = summarize_windows(series.series, info.kind);
  const Roof roof = judged(series, zen4());
  EXPECT_DOUBLE_EQ(roof.rate.best, 0.95);
  EXPECT_FALSE(roof.per_core_cycle.has_value());
  EXPECT_FALSE(roof.limit_per_core_cycle.available());
  EXPECT_EQ(roof.verdict.validity, Validity::kValid);
  EXPECT_EQ(roof_id(roof), "latency-l1-chase-1t");
}

TEST(RoofFromSeries, TrafficStandsBesideCountedBytes) {
  MeasuredSeries series = series_of(dram("triad"), {20e9});
  series.work = {Flops(2), Bytes(24), Bytes(32)};
  EXPECT_EQ(make_roof(series, zen4()).moved_per_counted_1000, Bytes(1333));
}

TEST(LowerBound, WhereTheCpuHasMoreThanOurKernelsUse) {
  MachineShape amx = machine_of(2);
  amx.isas_without_kernel = {"AMX"};
  EXPECT_FALSE(lower_bound_reason(amx, Precision::kBf16).empty());
  EXPECT_FALSE(lower_bound_reason(amx, Precision::kInt8).empty());
  EXPECT_TRUE(lower_bound_reason(amx, Precision::kFp32).empty());
  MachineShape sve = machine_of(2);
  sve.isas_without_kernel = {"SVE"};
  EXPECT_FALSE(lower_bound_reason(sve, Precision::kFp32).empty());
  EXPECT_TRUE(lower_bound_reason(sve, Precision::kInt8).empty());
  EXPECT_TRUE(lower_bound_reason(machine_of(2), Precision::kFp32).empty());
  EXPECT_TRUE(make_roof(series_of(fma(), {1e9}), sve).lower_bound);
  EXPECT_FALSE(make_roof(series_of(dram("read"), {1e9}), sve).lower_bound);
}

TEST(Dots, AreBoundByTheRoofThatAllowsLess) {
  const MachineShape shape = zen4();
  const std::vector<Roof> roofs{make_roof(series_of(fma(), {120e9}), shape),
                                make_roof(series_of(dram("read"), {40e9}), shape)};
  KernelInfo info;
  info.name = "sgemm";
  info.is_roof = false;
  info.precision = Precision::kFp32;
  MeasuredSeries series = series_of(info, {108e9});
  series.work = {Flops(1000), Bytes(10), Bytes(10)};
  Dot dense = make_dot(series);
  EXPECT_DOUBLE_EQ(dense.intensity_flop_per_byte, 100.0);
  judge_dot_against(dense, roofs, {});
  EXPECT_EQ(dense.roof, "compute-fp32-fma-avx512-1t");
  EXPECT_NEAR(dense.roof_fraction.value_or(0.0), 0.9, 1e-6);
  EXPECT_EQ(dense.verdict, judge_dot(dense, &roofs[0]));
  EXPECT_EQ(dense.verdict.validity, Validity::kValid);

  series = series_of(info, {15e9});
  series.work = {Flops(5), Bytes(10), Bytes(10)};
  Dot thin = make_dot(series);
  judge_dot_against(thin, roofs, {});
  EXPECT_EQ(thin.roof, "bandwidth-dram-read-avx512-1t");
  EXPECT_NEAR(thin.roof_fraction.value_or(0.0), 0.75, 1e-6);

  series = series_of(info, {200e9});
  series.work = {Flops(1000), Bytes(10), Bytes(10)};
  Dot above = make_dot(series);
  judge_dot_against(above, roofs, {});
  EXPECT_EQ(above.verdict.validity, Validity::kInvalid);

  Dot alone = make_dot(series);
  judge_dot_against(alone, {}, {});
  EXPECT_EQ(alone.roof, "compute-fp32-1t");
  EXPECT_FALSE(alone.roof_fraction.has_value());
  EXPECT_EQ(alone.verdict.validity, Validity::kInconclusive);
}

TEST(Dots, OfStreamedBytesAreRatesOfTheirFlopAllTheSame) {
  KernelInfo info;
  info.name = "sgemv";
  info.is_roof = false;
  info.kind = RoofKind::kBandwidth;
  info.precision = Precision::kFp32;
  info.shape = MatrixShape{1, 4096, 4096};
  MeasuredSeries series = series_of(info, {40e9});  // Of 1e9 bytes a window.
  series.work = {Flops(50), Bytes(100), Bytes(100)};
  series.iterations = 5'000'000;
  series.instances = 2;
  series.threads = 2;
  series.working_set = mib(64);
  const Dot dot = make_dot(series, "2c");
  EXPECT_NEAR(dot.rate.best, 20e9, 1e3);  // 500e6 flop in 25 ms.
  EXPECT_EQ(dot.working_set, mib(128));
  EXPECT_EQ(dot.team, "2c");
  EXPECT_EQ(dot.shape->k, 4096);
  EXPECT_EQ(dot.precision, Precision::kFp32);
}

TEST(SustainedHeight, IsTheMedianOfTheLastQuarter) {
  WindowSeries series{1'000'000, {}};
  for (int i = 0; i < 12; ++i) {
    series.windows.push_back(Nanoseconds(i < 9 ? 1'000'000 : 2'000'000));
  }
  const SustainedHeight height =
      sustained_height(series, RoofKind::kCompute, std::chrono::seconds(10));
  EXPECT_DOUBLE_EQ(height.rate, 0.5e9);
  EXPECT_EQ(height.windows, 3U);
  EXPECT_EQ(height.duration, std::chrono::seconds(10));
}

TEST(FindRoof, TakesTheWidestIsaAndTheFastestTriadOfAsManyThreads) {
  const MachineShape shape = zen4();
  MeasuredSeries two = series_of(fma(), {240e9});
  two.threads = 2;
  const std::vector<Roof> roofs{
      make_roof(series_of(fma(Precision::kFp32, Isa::kAvx2Fma), {121e9}), shape),
      make_roof(series_of(fma(), {120e9}), shape),
      make_roof(series_of(fma(Precision::kFp64), {60e9}), shape),
      make_roof(two, shape),
      make_roof(series_of(dram("read"), {40e9}), shape),
      make_roof(series_of(dram("triad"), {25e9}), shape),
      make_roof(series_of(dram("triad_nt"), {33e9}), shape)};
  EXPECT_EQ(find_roof(roofs, RoofKind::kCompute, Precision::kFp32, 1), &roofs[1]);
  EXPECT_EQ(find_roof(roofs, RoofKind::kCompute, Precision::kFp32, 2), &roofs[3]);
  EXPECT_EQ(find_roof(roofs, RoofKind::kBandwidth, Precision::kFp64, 1), &roofs[6]);
  const std::vector<Roof> without_triad(roofs.begin(), roofs.begin() + 5);
  EXPECT_EQ(find_roof(without_triad, RoofKind::kBandwidth, Precision::kFp64, 1), &without_triad[4]);
  EXPECT_EQ(find_roof(roofs, RoofKind::kBandwidth, Precision::kFp64, 2), nullptr);
  EXPECT_EQ(find_roof(roofs, RoofKind::kCompute, Precision::kBf16, 1), nullptr);
}

TEST(FindRoof, NeverTakesAFigureAboveItsLimitNorAnAddMix) {
  const MachineShape shape = zen4();
  KernelInfo mix = fma();
  mix.name = "fma_add";
  std::vector<Roof> roofs{
      make_roof(series_of(mix, {180e9}), shape),
      make_roof(series_of(fma(), {200e9}), shape),
      make_roof(series_of(fma(Precision::kFp32, Isa::kAvx2Fma), {120e9}), shape)};
  for (Roof& roof : roofs) judge_roof(roof, shape, std::nullopt);
  EXPECT_EQ(roofs[1].verdict.validity, Validity::kInvalid);
  EXPECT_EQ(find_roof(roofs, RoofKind::kCompute, Precision::kFp32, 1), &roofs[2]);
}

TEST(ZmmOverYmm, NeedsBothWidthsOfOneTeam) {
  const MachineShape shape = zen4();
  const TeamEpoch one{"1c", 0};
  std::vector<Roof> roofs{make_roof(series_of(fma(), {120e9}), shape, "1c")};
  EXPECT_FALSE(zmm_over_ymm(roofs, one).has_value());
  roofs.push_back(make_roof(series_of(fma(Precision::kFp32, Isa::kAvx2Fma), {60e9}), shape, "1c"));
  EXPECT_NEAR(zmm_over_ymm(roofs, one).value_or(0.0), 2.0, 1e-6);
  EXPECT_NEAR(zmm_over_ymm(roofs, {"2c", 0}).value_or(0.0), 2.0, 1e-6) << "a trait of the core";
}

}  // namespace
}  // namespace perfbench
