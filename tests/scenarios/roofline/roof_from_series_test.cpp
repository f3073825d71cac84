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
  EXPECT_EQ(roof_id(roof), "compute-fp32-1t");
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

TEST(RoofFromSeries, OnlyFusedMultiplyAddHasTheFmaLimit) {
  KernelInfo info = fma();
  info.name = "mul_add";
  EXPECT_FALSE(judged(series_of(info, {60e9}), zen4()).limit_per_core_cycle.available());
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
  MeasuredSeries series = series_of(info, {108e9});
  series.work = {Flops(1000), Bytes(10), Bytes(10)};
  Dot dense = make_dot(series);
  EXPECT_DOUBLE_EQ(dense.intensity_flop_per_byte, 100.0);
  judge_dot_against(dense, Precision::kFp32, roofs);
  EXPECT_EQ(dense.roof, "compute-fp32-1t");
  EXPECT_NEAR(dense.roof_fraction.value_or(0.0), 0.9, 1e-6);
  EXPECT_EQ(dense.verdict, judge_dot(dense, &roofs[0]));
  EXPECT_EQ(dense.verdict.validity, Validity::kValid);

  series = series_of(info, {15e9});
  series.work = {Flops(5), Bytes(10), Bytes(10)};
  Dot thin = make_dot(series);
  judge_dot_against(thin, Precision::kFp32, roofs);
  EXPECT_EQ(thin.roof, "bandwidth-dram-read-1t");
  EXPECT_NEAR(thin.roof_fraction.value_or(0.0), 0.75, 1e-6);

  series = series_of(info, {200e9});
  series.work = {Flops(1000), Bytes(10), Bytes(10)};
  Dot above = make_dot(series);
  judge_dot_against(above, Precision::kFp32, roofs);
  EXPECT_EQ(above.verdict.validity, Validity::kInvalid);

  Dot alone = make_dot(series);
  judge_dot_against(alone, Precision::kFp32, {});
  EXPECT_EQ(alone.roof, "compute-fp32-1t");
  EXPECT_FALSE(alone.roof_fraction.has_value());
  EXPECT_EQ(alone.verdict.validity, Validity::kInconclusive);
}

TEST(FindRoof, TakesTheWidestIsaAndTheFastestTriadOfAsManyThreads) {
  const MachineShape shape = zen4();
  MeasuredSeries two = series_of(fma(), {240e9});
  two.threads = 2;
  const std::vector<Roof> roofs{
      make_roof(series_of(fma(Precision::kFp32, Isa::kAvx2Fma), {130e9}), shape),
      make_roof(series_of(fma(), {120e9}), shape),
      make_roof(series_of(fma(Precision::kFp64), {60e9}), shape),
      make_roof(two, shape),
      make_roof(series_of(dram("read"), {40e9}), shape),
      make_roof(series_of(dram("triad"), {25e9}), shape),
      make_roof(series_of(dram("triad_nt"), {33e9}), shape)};
  EXPECT_EQ(find_roof(roofs, RoofKind::kCompute, Precision::kFp32, 1), &roofs[1]);
  EXPECT_EQ(find_roof(roofs, RoofKind::kCompute, Precision::kFp32, 2), &roofs[3]);
  EXPECT_EQ(find_roof(roofs, RoofKind::kBandwidth, Precision::kFp64, 1), &roofs[6]);
  EXPECT_EQ(find_roof(roofs, RoofKind::kBandwidth, Precision::kFp64, 2), nullptr);
  EXPECT_EQ(find_roof(roofs, RoofKind::kCompute, Precision::kBf16, 1), nullptr);
}

TEST(ZmmOverYmm, NeedsBothWidths) {
  const MachineShape shape = zen4();
  std::vector<Roof> roofs{make_roof(series_of(fma(), {120e9}), shape)};
  EXPECT_FALSE(zmm_over_ymm(roofs, 1).has_value());
  roofs.push_back(make_roof(series_of(fma(Precision::kFp32, Isa::kAvx2Fma), {60e9}), shape));
  EXPECT_NEAR(zmm_over_ymm(roofs, 1).value_or(0.0), 2.0, 1e-6);
  EXPECT_FALSE(zmm_over_ymm(roofs, 2).has_value());
}

}  // namespace
}  // namespace perfbench
