#include "kernels/stream/dram_working_set.hpp"

#include <gtest/gtest.h>

namespace perfbench {
namespace {

struct Caches {
  Bytes level2;
  Bytes level3;
  int level3_shared_by;
};

MachineShape machine(int cpus, const Caches& caches, Bytes memory) {
  MachineShape shape;
  shape.cpus.resize(static_cast<std::size_t>(cpus));
  shape.caches = {{1, kib(48), Bytes(64), 1}, {2, caches.level2, Bytes(64), 1}};
  if (caches.level3.count() > 0) {
    shape.caches.push_back({3, caches.level3, Bytes(64), caches.level3_shared_by});
  }
  shape.memory_available = Reading<Bytes>::of(memory, "test");
  return shape;
}

DramSizing team_of(int threads) {
  DramSizing sizing;
  sizing.team = threads;
  return sizing;
}

bool says(const DramWorkingSet& set, const std::string& words) {
  return set.note.find(words) != std::string::npos;
}

TEST(DramWorkingSet, IsEightTimesTheLastLevelCacheInAll) {
  const MachineShape laptop = machine(8, {mib(1), mib(16), 8}, gib(16));
  const DramWorkingSet one = dram_working_set(laptop, team_of(1));
  EXPECT_EQ(one.per_thread, mib(128));
  EXPECT_EQ(one.team, mib(128));
  EXPECT_TRUE(one.beyond_caches);
  EXPECT_TRUE(says(one, "128 MiB on one thread, 8 times the 16 MiB level-3 cache")) << one.note;

  const DramWorkingSet two = dram_working_set(laptop, team_of(2));
  EXPECT_EQ(two.per_thread, mib(64));
  EXPECT_EQ(two.team, mib(128)) << "one cache is shared by the team, not given to each thread";
  EXPECT_TRUE(two.beyond_caches);
}

TEST(DramWorkingSet, AHugeClaimedCacheIsTakenAtItsWordWhereMemoryAllows) {
  const MachineShape cloud = machine(2, {mib(2), mib(480), 2}, gib(23));
  const DramWorkingSet set = dram_working_set(cloud, team_of(1));
  EXPECT_EQ(set.per_thread, mib(3840));
  EXPECT_TRUE(set.beyond_caches);
  EXPECT_TRUE(says(set, "3.75 GiB")) << set.note;
}

TEST(DramWorkingSet, ATeamReachesAsManyCachesAsItHasThreads) {
  const MachineShape server = machine(64, {mib(1), mib(32), 16}, gib(256));
  EXPECT_EQ(dram_working_set(server, team_of(1)).team, mib(256));
  EXPECT_EQ(dram_working_set(server, team_of(2)).team, mib(512));
  EXPECT_TRUE(says(dram_working_set(server, team_of(2)), "2 of the 32 MiB level-3 caches"));
  // Four caches at most. 1 GiB over 96 threads is below 16 x the level-2 cache, which then decides.
  EXPECT_EQ(dram_working_set(server, team_of(4)).team, gib(1));
  EXPECT_EQ(dram_working_set(server, team_of(96)).per_thread, mib(16));
}

TEST(DramWorkingSet, EachCpuOfAGuestMayStandBesideACacheOfItsOwn) {
  MachineShape guest = machine(2, {mib(1), mib(32), 2}, gib(23));
  EXPECT_EQ(dram_working_set(guest, team_of(2)).team, mib(256));
  guest.identity.flags = {"avx2", "hypervisor", "sse2"};
  EXPECT_EQ(dram_working_set(guest, team_of(2)).team, mib(512));
  EXPECT_TRUE(dram_working_set(guest, team_of(2)).beyond_caches);
  EXPECT_EQ(dram_working_set(guest, team_of(1)).team, mib(256));
}

TEST(DramWorkingSet, TakesAtMostAQuarterOfTheMemoryAndSaysWhatIsMissing) {
  const MachineShape small = machine(2, {mib(1), mib(480), 2}, gib(4));
  const DramWorkingSet set = dram_working_set(small, team_of(1));
  EXPECT_EQ(set.team, gib(1));
  EXPECT_FALSE(set.beyond_caches);
  EXPECT_TRUE(says(set, "3.75 GiB")) << set.note;
  EXPECT_TRUE(says(set, "a quarter of the 4.00 GiB")) << set.note;
  EXPECT_TRUE(says(set, "cache hits")) << set.note;
}

TEST(DramWorkingSet, AnAskedBoundHoldsAndIsNamed) {
  const MachineShape cloud = machine(2, {mib(2), mib(480), 2}, gib(23));
  DramSizing sizing = team_of(2);
  sizing.at_most = mib(512);
  const DramWorkingSet set = dram_working_set(cloud, sizing);
  EXPECT_EQ(set.team, mib(512));
  EXPECT_EQ(set.per_thread, mib(256));
  EXPECT_FALSE(set.beyond_caches);
  EXPECT_TRUE(says(set, "at most 512 MiB was asked for")) << set.note;
}

TEST(DramWorkingSet, APrivateLevel2CacheMayNotAnswer) {
  // 96 threads on one small level-3 cache: 8 x 8 MiB / 96 would fit into each level-2 cache.
  const MachineShape machine_shape = machine(96, {mib(2), mib(8), 96}, gib(64));
  const DramWorkingSet set = dram_working_set(machine_shape, team_of(96));
  EXPECT_EQ(set.per_thread, mib(32));
  EXPECT_TRUE(set.beyond_caches);
}

TEST(DramWorkingSet, LevelTwoCanBeTheLast) {
  const MachineShape board = machine(4, {mib(1), Bytes(0), 0}, gib(2));
  const DramWorkingSet set = dram_working_set(board, team_of(1));
  EXPECT_TRUE(set.beyond_caches);
  EXPECT_GE(set.team, mib(4));
  EXPECT_TRUE(says(set, "level-2 cache")) << set.note;
}

TEST(DramWorkingSet, UnknownFactsAreSaidAndNotGuessed) {
  MachineShape nothing;
  nothing.memory_available = Reading<Bytes>::unavailable("no /proc/meminfo");
  const DramWorkingSet set = dram_working_set(nothing, team_of(2));
  EXPECT_FALSE(set.beyond_caches);
  EXPECT_EQ(set.per_thread, mib(256));
  EXPECT_TRUE(says(set, "does not tell its caches")) << set.note;
  EXPECT_TRUE(says(set, "no /proc/meminfo")) << set.note;

  DramSizing sizing = team_of(1);
  sizing.at_most = mib(64);
  EXPECT_EQ(dram_working_set(nothing, sizing).team, mib(64));
}

TEST(DramWorkingSet, IsAMultipleOfAHugePageAndNeverNothing) {
  for (const std::uint64_t memory : {1U, 10U, 100U, 1000U, 10000U}) {
    for (const int threads : {1, 3, 7}) {
      const DramWorkingSet set =
          dram_working_set(machine(8, {kib(1280), mib(12), 8}, mib(memory)), team_of(threads));
      EXPECT_EQ(set.per_thread.count() % mib(2).count(), 0U);
      EXPECT_GE(set.per_thread, mib(8));
      EXPECT_EQ(set.team, set.per_thread * static_cast<std::uint64_t>(threads));
    }
  }
}

}  // namespace
}  // namespace perfbench
