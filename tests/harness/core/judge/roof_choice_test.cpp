#include "harness/core/judge/roof_choice.hpp"

#include <gtest/gtest.h>

#include "harness/core/judge/ridge.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/judge/zone.hpp"

namespace perfbench {
namespace {

Roof compute(const std::string& kernel, Isa isa, double best, const std::string& team = "1c") {
  Roof roof;
  roof.precision = Precision::kFp32;
  roof.kernel = kernel;
  roof.isa = isa;
  roof.team = team;
  roof.rate.best = best;
  return roof;
}

Roof read(MemoryLevel level, double best, const std::string& team = "1c") {
  Roof roof;
  roof.kind = RoofKind::kBandwidth;
  roof.level = level;
  roof.kernel = "read";
  roof.isa = Isa::kAvx512;
  roof.team = team;
  roof.rate.best = best;
  return roof;
}

CacheLevel cache(MemoryLevel level, Bytes found) {
  CacheLevel result;
  result.level = level;
  result.told = Reading<Bytes>::of(gib(1), "a guest's fiction");
  result.found = Reading<Bytes>::of(found, "a test");
  return result;
}

const std::vector<CacheLevel> kCaches{cache(MemoryLevel::kL1, kib(32)),
                                      cache(MemoryLevel::kL2, mib(1)),
                                      cache(MemoryLevel::kL3, mib(8))};

// One core of 100 GFLOP/s: L1 400, L2 200, L3 100, DRAM 20 GB/s.
std::vector<Roof> one_core() {
  return {compute("fma", Isa::kAvx512, 100e9),
          compute("fma_add", Isa::kAvx512, 150e9),
          read(MemoryLevel::kL1, 400e9),
          read(MemoryLevel::kL2, 200e9),
          read(MemoryLevel::kL3, 100e9),
          read(MemoryLevel::kDram, 20e9)};
}

Dot dot(double flop_per_s, double intensity, Bytes working_set) {
  Dot result;
  result.precision = Precision::kFp32;
  result.team = "1c";
  result.rate.best = flop_per_s;
  result.intensity_flop_per_byte = intensity;
  result.working_set = working_set;
  return result;
}

std::string bound_by(const Dot& d, const std::vector<Roof>& roofs = one_core()) {
  const Roof* roof = binding_roof(d, roofs, kCaches);
  return roof == nullptr ? "nothing" : roof_id(*roof);
}

TEST(RoofChoice, ProductsAreJudgedByTheFmaRoofOfTheirTeamAndEpoch) {
  std::vector<Roof> roofs = one_core();
  roofs.push_back(compute("fma", Isa::kAvx512, 200e9, "2c"));
  const Roof* one = compute_roof(roofs, Precision::kFp32, {"1c", 0});
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(roof_id(*one), "compute-fp32-fma-avx512-1c");
  EXPECT_EQ(compute_roof(roofs, Precision::kFp32, {"2c", 0}), &roofs.back());
  EXPECT_EQ(compute_roof(roofs, Precision::kFp32, {"2c", 1}), nullptr);
  EXPECT_EQ(compute_roof(roofs, Precision::kFp64, {"1c", 0}), nullptr);
}

TEST(RoofChoice, TheWidestUnlessItsClockCostsMoreThanItsWidthGives) {
  std::vector<Roof> roofs{compute("fma", Isa::kAvx2Fma, 101e9),
                          compute("fma", Isa::kAvx512, 100e9)};
  EXPECT_EQ(compute_roof(roofs, Precision::kFp32, {"1c", 0}), &roofs[1]);
  roofs[0].rate.best = 110e9;
  EXPECT_EQ(compute_roof(roofs, Precision::kFp32, {"1c", 0}), &roofs[0]);
}

TEST(RoofChoice, AboveItsLimitAFigureIsNoRoof) {
  std::vector<Roof> roofs = one_core();
  roofs.front().verdict.validity = Validity::kInvalid;
  EXPECT_EQ(compute_roof(roofs, Precision::kFp32, {"1c", 0}), nullptr);
  EXPECT_TRUE(ridge_points(roofs).empty());
}

TEST(RoofChoice, DataComeFromTheNearestCacheThatHoldsThem) {
  EXPECT_EQ(data_level(kib(16), 1, kCaches), MemoryLevel::kL1);
  EXPECT_EQ(data_level(kib(768), 1, kCaches), MemoryLevel::kL2);
  EXPECT_EQ(data_level(mib(4), 1, kCaches), MemoryLevel::kL3);
  EXPECT_EQ(data_level(mib(64), 1, kCaches), MemoryLevel::kDram);
  EXPECT_EQ(data_level(mib(2), 2, kCaches), MemoryLevel::kL2) << "two cores, two of them";
  EXPECT_EQ(data_level(mib(12), 2, kCaches), MemoryLevel::kDram) << "but one last cache";
  EXPECT_EQ(data_level(Bytes(0), 1, kCaches), MemoryLevel::kDram);
  EXPECT_EQ(data_level(kib(16), 1, {}), MemoryLevel::kDram);
}

TEST(RoofChoice, ASmallProductIsNotHeldAgainstDram) {
  // 40 GFLOP/s at 1 flop per byte: twice what DRAM allows, a fifth of what L2 does.
  EXPECT_EQ(bound_by(dot(40e9, 1.0, kib(768))), "compute-fp32-fma-avx512-1c");
  EXPECT_EQ(bound_by(dot(40e9, 0.25, kib(768))), "bandwidth-l2-read-avx512-1c");
  EXPECT_EQ(bound_by(dot(9e9, 0.5, mib(64))), "bandwidth-dram-read-avx512-1c");
  EXPECT_EQ(bound_by(dot(90e9, 100, mib(64))), "compute-fp32-fma-avx512-1c");
}

TEST(RoofChoice, WhatDramCannotExplainStaysInTheLastCacheInPart) {
  EXPECT_EQ(bound_by(dot(15e9, 0.5, mib(16))), "bandwidth-l3-read-avx512-1c");
  EXPECT_EQ(bound_by(dot(9e9, 0.5, mib(16))), "bandwidth-dram-read-avx512-1c");
  EXPECT_EQ(bound_by(dot(15e9, 0.5, mib(64))), "bandwidth-dram-read-avx512-1c")
      << "from eight times the cache on a figure above DRAM is a bug";
  // Without a roof of that cache: what it holds whole is not held against DRAM.
  const std::vector<Roof> roofs{one_core().front(), one_core().back()};
  EXPECT_EQ(bound_by(dot(15e9, 0.5, mib(16)), roofs), "bandwidth-dram-read-avx512-1c");
  std::vector<CacheLevel> told = kCaches;
  for (CacheLevel& level : told) level.found = Reading<Bytes>::unavailable("no sweep");
  const Dot small = dot(40e9, 0.25, kib(768));
  const Roof* roof = binding_roof(small, roofs, told);
  ASSERT_NE(roof, nullptr);
  EXPECT_EQ(roof->kind, RoofKind::kCompute);
}

TEST(RoofChoice, WithoutTheLevelsRoofComputeAloneBounds) {
  EXPECT_EQ(bound_by(dot(40e9, 0.25, kib(768)), {one_core().front(), one_core().back()}),
            "compute-fp32-fma-avx512-1c");
  EXPECT_EQ(bound_by(dot(1e9, 1, mib(64)), {}), "nothing");
}

TEST(RidgePoints, AreComputeOverReadOfEachLevelTeamAndEpoch) {
  std::vector<Roof> roofs = one_core();
  Roof moved = read(MemoryLevel::kDram, 10e9);
  moved.epoch = 1;
  roofs.push_back(moved);
  roofs.push_back(compute("fma", Isa::kAvx512, 200e9, "2c"));
  const std::vector<RidgePoint> ridges = ridge_points(roofs);
  ASSERT_EQ(ridges.size(), 4U) << "neither epoch 1 nor 2c has both";
  EXPECT_EQ(ridges[0].compute_roof, "compute-fp32-fma-avx512-1c");
  EXPECT_EQ(ridges[0].bandwidth_roof, "bandwidth-dram-read-avx512-1c");
  EXPECT_DOUBLE_EQ(ridges[0].flop_per_byte, 5.0);
  EXPECT_DOUBLE_EQ(ridges[3].flop_per_byte, 0.25);
}

TEST(Zone, SaysWhatBindsWithItsFigures) {
  const std::vector<Roof> roofs = one_core();
  EXPECT_EQ(dot_zone(dot(9.5e9, 0.5, mib(64)), roofs, kCaches),
            "Memory-bound: at 0.5 flop per byte, left of the ridge at 5, reading from DRAM allows "
            "10 GFLOP/s and it gets 95 % of that. More flop per byte would lift it (more rows at "
            "once, a smaller data type), or data that stay in a nearer cache.");
  EXPECT_EQ(dot_zone(dot(94e9, 100, mib(64)), roofs, kCaches),
            "Compute-bound: at 100 flop per byte, right of the ridge at 5, the fp32 arithmetic "
            "roof allows 100 GFLOP/s and it gets 94 % of that. More cores or a smaller data type "
            "would lift it; less traffic would not.");
  const std::string near = dot_zone(dot(90e9, 4.8, mib(64)), roofs, kCaches);
  EXPECT_EQ(near.rfind("Near the ridge: at 4.8 flop per byte, close to the ridge at 5", 0), 0U)
      << near;
  const std::string slow = dot_zone(dot(3e9, 0.5, mib(64)), roofs, kCaches);
  EXPECT_NE(slow.find("Neither roof is near"), std::string::npos) << slow;
  const std::string cached = dot_zone(dot(40e9, 0.25, kib(768)), roofs, kCaches);
  EXPECT_EQ(cached.rfind("Memory-bound by L2, where its data stay", 0), 0U) << cached;
  const std::string alone = dot_zone(dot(1e9, 1, mib(64)), {}, kCaches);
  EXPECT_EQ(alone.rfind("Nothing bounds it here", 0), 0U) << alone;
}

}  // namespace
}  // namespace perfbench
