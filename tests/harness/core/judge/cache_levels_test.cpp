#include "harness/core/judge/cache_levels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace perfbench {
namespace {

/// A curve is given by its corners, KiB and ns, and drawn straight in logarithms between them, at
/// the sizes that a sweep takes.
struct Corner {
  double kib_count;
  double ns;
};
using Corners = std::vector<Corner>;

double latency_at(const Corners& corners, double kib_count) {
  if (kib_count <= corners.front().kib_count) return corners.front().ns;
  for (std::size_t i = 0; i + 1 < corners.size(); ++i) {
    const Corner& low = corners[i];
    const Corner& high = corners[i + 1];
    if (kib_count > high.kib_count) continue;
    const double part =
        std::log(kib_count / low.kib_count) / std::log(high.kib_count / low.kib_count);
    return low.ns * std::pow(high.ns / low.ns, part);
  }
  return corners.back().ns;
}

std::vector<SweepPoint> sweep_of(const Corners& corners, double last_kib = 262144.0) {
  std::vector<SweepPoint> sweep;
  for (double octave = 8.0; octave <= last_kib; octave *= 2.0) {
    const double step = octave >= 16.0 && octave < 4096.0 ? 0.25 : 0.5;
    for (double part = 1.0; part < 2.0 && octave * part <= last_kib; part += step) {
      SweepPoint point;
      point.working_set = Bytes(static_cast<std::uint64_t>(octave * part * 1024.0));
      point.latency_ns = latency_at(corners, octave * part);
      sweep.push_back(point);
    }
  }
  return sweep;
}

/// L1 to 48 KiB, L2 to 1 MiB, L3 to 8 MiB of the 32 that the guest is told of: reference,
/// section 1.
const Corners kZen5Vm{{48, 0.95},
                      {64, 3.3},
                      {1024, 3.4},
                      {1280, 11.6},
                      {8192, 15},
                      {12288, 137},
                      {16384, 142},
                      {262144, 160}};
const std::vector<CacheShape> kZen5Told{
    {1, kib(48), Bytes(64), 1}, {2, mib(1), Bytes(64), 1}, {3, mib(32), Bytes(64), 2}};

const CacheLevel& level(const std::vector<CacheLevel>& levels, int number) {
  return levels.at(static_cast<std::size_t>(number - 1));
}

Bytes found(const std::vector<CacheLevel>& levels, int number) {
  return level(levels, number).found.value_or(Bytes(0));
}

/// What holds of every answer.
void expect_rules(const std::vector<CacheLevel>& levels) {
  ASSERT_EQ(levels.size(), 3U);
  Bytes before{0};
  for (const CacheLevel& each : levels) {
    if (!each.found.available()) {
      EXPECT_FALSE(each.found.reason().empty());
      EXPECT_EQ(each.working_set, Bytes(0));
      EXPECT_EQ(each.latency_ns, 0.0);
      continue;
    }
    EXPECT_LE(each.working_set * 4, each.found.value() * 3);
    EXPECT_EQ(each.working_set.count() % 4096, 0U);
    EXPECT_GT(each.found.value(), before);
    if (each.working_set.count() > 0) {
      EXPECT_GE(each.working_set, before * 2);
      EXPECT_GT(each.latency_ns, 0.0);
    }
    before = each.found.value();
  }
}

TEST(CacheLevels, Zen5GuestWhoseToldL3IsFiction) {
  const std::vector<CacheLevel> levels = find_cache_levels(sweep_of(kZen5Vm), kZen5Told);
  expect_rules(levels);
  EXPECT_EQ(found(levels, 1), kib(48));
  EXPECT_EQ(found(levels, 2), mib(1));
  EXPECT_EQ(found(levels, 3), mib(8));
  EXPECT_EQ(level(levels, 3).told.value(), mib(32)) << "told stands beside, and does not decide";
  EXPECT_EQ(level(levels, 1).working_set, kib(36));
  EXPECT_EQ(level(levels, 2).working_set, kib(512));
  EXPECT_GE(level(levels, 3).working_set, mib(3));
  EXPECT_LE(level(levels, 3).working_set, mib(4));
  EXPECT_NEAR(level(levels, 1).latency_ns, 0.95, 0.01);
  EXPECT_NEAR(level(levels, 2).latency_ns, 3.35, 0.1);
  EXPECT_NEAR(level(levels, 3).latency_ns, 13.0, 1.0);
}

/// The same guest's reads: slow over the first half of level 2, at its limit beyond.
std::vector<SweepPoint> with_rates(std::vector<SweepPoint> sweep, double first, double second) {
  for (SweepPoint& point : sweep) {
    const bool in_second = point.working_set >= kib(448) && point.working_set <= kib(768);
    point.read_byte_per_s = in_second ? second : first;
  }
  return sweep;
}

TEST(CacheLevels, Level2IsReadWhereTheSweepReadFastest) {
  const std::vector<SweepPoint> sweep = sweep_of(kZen5Vm);
  const std::vector<CacheLevel> faster =
      find_cache_levels(with_rates(sweep, 195e9, 255e9), kZen5Told);
  expect_rules(faster);
  // 512 KiB, the usual size, is among the fast ones already.
  EXPECT_EQ(level(faster, 2).working_set, kib(512));

  std::vector<SweepPoint> late = with_rates(sweep, 195e9, 195e9);
  for (SweepPoint& point : late) {
    if (point.working_set == kib(640)) point.read_byte_per_s = 255e9;
    if (point.working_set == kib(1280)) point.read_byte_per_s = 400e9;  // Beyond the level.
  }
  EXPECT_EQ(level(find_cache_levels(late, kZen5Told), 2).working_set, kib(640));

  // Of sizes that are as fast, the smallest: it is the farthest from the level's end.
  for (SweepPoint& point : late) {
    if (point.working_set == kib(768)) point.read_byte_per_s = 256e9;
  }
  EXPECT_EQ(level(find_cache_levels(late, kZen5Told), 2).working_set, kib(640));

  // A neighbour's lines make level 2 end early in one sweep of four: the fast sizes stay.
  std::vector<SweepPoint> crowded = with_rates(sweep, 195e9, 195e9);
  for (SweepPoint& point : crowded) {
    if (point.working_set > kib(640)) point.latency_ns = std::max(point.latency_ns, 11.6);
    if (point.working_set == kib(512) || point.working_set == kib(640))
      point.read_byte_per_s = 256e9;
  }
  const std::vector<CacheLevel> early = find_cache_levels(crowded, kZen5Told);
  EXPECT_EQ(found(early, 2), kib(640));
  EXPECT_EQ(level(early, 2).working_set, kib(512));

  // Of few windows a point is not exact: what is a few hundredths faster is not preferred.
  const auto read_of_512 = [&crowded](double rate) {
    for (SweepPoint& point : crowded) {
      if (point.working_set == kib(512)) point.read_byte_per_s = rate;
    }
    return level(find_cache_levels(crowded, kZen5Told), 2).working_set;
  };
  EXPECT_EQ(read_of_512(247e9), kib(512));
  EXPECT_EQ(read_of_512(235e9), kib(640));

  // The usual size is a candidate too: where it reads about as fast as the best, it stays, and is
  // not given up for one between that reads slower.
  std::vector<SweepPoint> level_ish = with_rates(sweep, 270e9, 270e9);
  for (SweepPoint& point : level_ish) {
    if (point.working_set == kib(640)) point.read_byte_per_s = 268e9;
    if (point.working_set == kib(768)) point.read_byte_per_s = 279e9;
  }
  EXPECT_EQ(level(find_cache_levels(level_ish, kZen5Told), 2).working_set, kib(512));

  // Within the noise nothing changes.
  for (SweepPoint& point : late) {
    if (point.working_set == kib(640) || point.working_set == kib(768))
      point.read_byte_per_s = 199e9;
  }
  EXPECT_EQ(level(find_cache_levels(late, kZen5Told), 2).working_set, kib(512));
}

/// Measured on a 2-vCPU guest of a Xeon with AMX that is told of 480 MiB: L3 creeps up, the guest's
/// share ends at some 24 MiB.
std::vector<SweepPoint> xeon_sweep() {
  const std::vector<std::pair<double, double>> measured{
      {8, 1.20},      {12, 1.20},    {16, 1.20},    {20, 1.20},    {24, 1.20},     {28, 1.20},
      {32, 1.20},     {40, 1.21},    {48, 1.42},    {56, 3.80},    {64, 4.44},     {80, 3.81},
      {96, 4.45},     {112, 3.82},   {128, 4.00},   {160, 4.45},   {192, 4.45},    {224, 4.45},
      {256, 4.01},    {320, 4.45},   {384, 4.46},   {448, 4.74},   {512, 4.46},    {640, 4.50},
      {768, 4.66},    {896, 4.77},   {1024, 4.86},  {1280, 5.00},  {1536, 5.08},   {1792, 5.27},
      {2048, 9.95},   {2560, 22.78}, {3072, 25.77}, {3584, 28.21}, {4096, 28.13},  {6144, 31.57},
      {8192, 33.68},  {12288, 38.1}, {16384, 38.6}, {24576, 45.3}, {32768, 120.7}, {49152, 139.1},
      {65536, 158.7}, {98304, 156},  {131072, 159}, {196608, 167}, {262144, 167.5}};
  std::vector<SweepPoint> sweep;
  for (const auto& [kib_count, ns] : measured) {
    SweepPoint point;
    point.working_set = Bytes(static_cast<std::uint64_t>(kib_count * 1024.0));
    point.latency_ns = ns;
    sweep.push_back(point);
  }
  return sweep;
}

TEST(CacheLevels, XeonWhoseL3CreepsUp) {
  const std::vector<CacheShape> told{
      {1, kib(48), Bytes(64), 1}, {2, mib(2), Bytes(64), 1}, {3, mib(480), Bytes(64), 2}};
  const std::vector<CacheLevel> levels = find_cache_levels(xeon_sweep(), told);
  expect_rules(levels);
  EXPECT_EQ(found(levels, 1), kib(48));
  EXPECT_EQ(found(levels, 2), kib(1792));
  EXPECT_EQ(found(levels, 3), mib(24));
  EXPECT_GE(level(levels, 3).working_set, kib(3 * 1792));
  EXPECT_LE(level(levels, 3).working_set, mib(8));
}

TEST(CacheLevels, OtherMachines) {
  struct Case {
    const char* name;
    Corners corners;
    Bytes level1;
    Bytes level2;
    Bytes level3;  ///< 0: not to be told.
  };
  const std::vector<Case> cases{
      {"Zen 4, whole L3",
       {{32, 0.8}, {40, 2.7}, {1024, 2.9}, {1280, 9.5}, {32768, 11.5}, {65536, 95}},
       kib(32),
       mib(1),
       mib(32)},
      {"Skylake client",
       {{32, 1.0}, {40, 3.0}, {256, 3.1}, {384, 9.5}, {8192, 10.5}, {16384, 65}},
       kib(32),
       kib(256),
       mib(8)},
      {"Skylake-SP, L3 small against L2",
       {{32, 1.3}, {40, 4.5}, {1024, 4.7}, {1536, 20}, {24576, 24}, {49152, 90}},
       kib(32),
       mib(1),
       mib(24)},
      {"E cores, L2 shared, no L3 to be seen",
       {{32, 1.0}, {40, 5.5}, {2048, 6.0}, {4096, 85}},
       kib(32),
       mib(2),
       Bytes(0)},
      {"Apple P cores",
       {{128, 0.95}, {160, 4.8}, {12288, 5.6}, {24576, 100}},
       kib(128),
       mib(12),
       Bytes(0)},
      {"Cortex board",
       {{32, 2.0}, {48, 8.0}, {512, 9.0}, {1024, 130}},
       kib(32),
       kib(512),
       Bytes(0)},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    const std::vector<CacheLevel> levels = find_cache_levels(sweep_of(each.corners), {});
    expect_rules(levels);
    EXPECT_EQ(found(levels, 1), each.level1);
    EXPECT_EQ(found(levels, 2), each.level2);
    EXPECT_EQ(found(levels, 3), each.level3);
    EXPECT_EQ(level(levels, 3).found.available(), each.level3.count() > 0);
    EXPECT_FALSE(level(levels, 1).told.available());
    EXPECT_FALSE(level(levels, 1).told.reason().empty());
  }
}

TEST(CacheLevels, SpikesChangeNothing) {
  const std::vector<SweepPoint> clean = sweep_of(kZen5Vm);
  const std::vector<CacheLevel> expected = find_cache_levels(clean, kZen5Told);
  for (std::size_t offset = 0; offset < 5; ++offset) {
    std::vector<SweepPoint> noisy = clean;
    for (std::size_t i = offset; i + 1 < noisy.size(); i += 5) noisy[i].latency_ns *= 3.0;
    const std::vector<CacheLevel> levels = find_cache_levels(noisy, kZen5Told);
    expect_rules(levels);
    for (int number = 1; number <= 3; ++number) {
      // A spike at the very edge of a level may cost it its last point.
      EXPECT_LE(found(levels, number), found(expected, number) * 5 / 4) << offset;
      EXPECT_GE(found(levels, number) * 3, found(expected, number) * 2) << offset;
    }
  }
}

TEST(CacheLevels, TheOrderOfThePointsDoesNotMatter) {
  std::vector<SweepPoint> backwards = sweep_of(kZen5Vm);
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_EQ(found(find_cache_levels(backwards, {}), 3), mib(8));
}

TEST(CacheLevels, ASlowRiseIsNoStep) {
  // 12 to 40 ns over three octaves, then memory: one level, whose figure is taken well inside.
  const Corners rising{{48, 1.2}, {64, 4.5}, {2048, 4.8}, {2560, 20}, {24576, 55}, {49152, 150}};
  const std::vector<CacheLevel> levels = find_cache_levels(sweep_of(rising), {});
  expect_rules(levels);
  EXPECT_TRUE(level(levels, 3).found.available()) << level(levels, 3).found.reason();
  EXPECT_GE(found(levels, 3), mib(8));
  EXPECT_LE(found(levels, 3), mib(24));
}

TEST(CacheLevels, WhatTheSweepDoesNotShowIsNotFound) {
  const auto expect_nothing = [](const std::vector<SweepPoint>& sweep, const char* why) {
    const std::vector<CacheLevel> levels = find_cache_levels(sweep, kZen5Told);
    expect_rules(levels);
    for (const CacheLevel& each : levels) {
      EXPECT_FALSE(each.found.available()) << why;
      EXPECT_TRUE(each.told.available()) << why;
    }
    EXPECT_NE(level(levels, 1).found.reason().find(why), std::string::npos)
        << level(levels, 1).found.reason();
  };
  expect_nothing({}, "no sweep");
  expect_nothing(sweep_of(kZen5Vm, 8.0), "1 points");
  expect_nothing(sweep_of({{8, 1.2}, {262144, 1.25}}), "no further step");
  std::vector<SweepPoint> noise = sweep_of({{8, 5.0}, {262144, 5.0}});
  std::uint64_t state = 1;
  for (SweepPoint& point : noise) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    point.latency_ns *=
        std::pow(20.0, static_cast<double>(state >> 40U) / static_cast<double>(1U << 24U));
  }
  expect_nothing(noise, "slower by a quarter");
  std::vector<SweepPoint> empty = sweep_of(kZen5Vm);
  for (SweepPoint& point : empty) point.latency_ns = std::numeric_limits<double>::quiet_NaN();
  expect_nothing(empty, "no sweep");
}

TEST(CacheLevels, ASweepThatEndsWithinALevelDoesNotFindIt) {
  const std::vector<CacheLevel> levels = find_cache_levels(sweep_of(kZen5Vm, 4096.0), {});
  expect_rules(levels);
  EXPECT_EQ(found(levels, 2), mib(1));
  EXPECT_FALSE(level(levels, 3).found.available());
  EXPECT_NE(level(levels, 3).found.reason().find("beyond 1 MiB cannot be told"), std::string::npos)
      << level(levels, 3).found.reason();
  const std::vector<CacheLevel> first = find_cache_levels(sweep_of(kZen5Vm, 512.0), {});
  EXPECT_EQ(found(first, 1), kib(48));
  EXPECT_FALSE(level(first, 2).found.available());
  EXPECT_EQ(level(first, 3).found.reason(), "the level before it was not found");
}

TEST(CacheLevels, AnL3ThatIsHardlyLargerThanL2HasNoWorkingSet) {
  const Corners small{{48, 1.0}, {64, 4.0}, {2048, 4.2}, {2560, 18}, {3584, 19}, {8192, 100}};
  const std::vector<CacheLevel> levels = find_cache_levels(sweep_of(small), {});
  EXPECT_EQ(level(levels, 3).working_set, Bytes(0));
}

Bytes size_at(const std::vector<LevelSize>& sizes, MemoryLevel wanted) {
  for (const LevelSize& size : sizes) {
    if (size.level == wanted) return size.per_thread;
  }
  return Bytes(0);
}

TEST(LevelSizes, ASharedCacheIsDividedAmongThoseWhoMeetInIt) {
  const std::vector<CacheLevel> levels = find_cache_levels(
      sweep_of({{32, 0.8}, {40, 2.7}, {1024, 2.9}, {1280, 9.5}, {32768, 11.5}, {65536, 95}}), {});
  const std::vector<CacheShape> told{
      {1, kib(32), Bytes(64), 1}, {2, mib(1), Bytes(64), 1}, {3, mib(32), Bytes(64), 8}};
  const std::vector<LevelSize> one = level_sizes(levels, told, 1);
  ASSERT_EQ(one.size(), 3U);
  EXPECT_EQ(size_at(one, MemoryLevel::kL1), kib(24));
  EXPECT_EQ(size_at(one, MemoryLevel::kL2), kib(512));
  const Bytes whole = size_at(one, MemoryLevel::kL3);
  EXPECT_EQ(whole, level(levels, 3).working_set);

  const std::vector<LevelSize> two = level_sizes(levels, told, 2);
  EXPECT_EQ(size_at(two, MemoryLevel::kL1), kib(24));
  EXPECT_EQ(size_at(two, MemoryLevel::kL2), kib(512)) << "each core has its own";
  EXPECT_LE(size_at(two, MemoryLevel::kL3), whole / 2);
  for (const int threads : {8, 16, 64}) {
    const Bytes part = size_at(level_sizes(levels, told, threads), MemoryLevel::kL3);
    EXPECT_GE(part, mib(2)) << "a smaller one would be at home in L2";
    EXPECT_LE(part * 8, mib(24)) << "eight meet in one L3";
  }
  // Nothing told: all of them meet, and their parts would be at home in L2.
  EXPECT_EQ(size_at(level_sizes(levels, {}, 64), MemoryLevel::kL3), Bytes(0));
}

TEST(LevelSizes, ASharedL2IsDividedToo) {
  const std::vector<CacheLevel> levels =
      find_cache_levels(sweep_of({{32, 1.0}, {40, 5.5}, {2048, 6.0}, {4096, 85}}), {});
  const std::vector<CacheShape> told{{1, kib(32), Bytes(64), 1}, {2, mib(2), Bytes(64), 4}};
  EXPECT_EQ(size_at(level_sizes(levels, told, 1), MemoryLevel::kL2), mib(1));
  EXPECT_EQ(size_at(level_sizes(levels, told, 4), MemoryLevel::kL2), kib(256));
  EXPECT_EQ(size_at(level_sizes(levels, told, 16), MemoryLevel::kL2), kib(256));
}

TEST(LevelSizes, LevelsThatWereNotFoundHaveNone) {
  EXPECT_TRUE(level_sizes(find_cache_levels({}, kZen5Told), kZen5Told, 2).empty());
  EXPECT_TRUE(level_sizes({}, {}, 1).empty());
}

}  // namespace
}  // namespace perfbench
