#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "kernels/latency/chase_arena.hpp"
#include "kernels/latency/chase_cycle.hpp"
#include "kernels/latency/chase_entries.hpp"
#include "kernels/latency/chase_loop.hpp"
#include "tests/support/disassembly.hpp"

namespace perfbench {
namespace {

struct alignas(kChaseLine) Line {
  void* slots[8];
};

ChaseRegion region_of(std::vector<Line>& lines, std::size_t slot = 0) {
  return {reinterpret_cast<std::byte*>(lines.data()), lines.size(), slot};
}

MachineShape small_machine() {
  MachineShape machine;
  machine.cpus.resize(2);
  machine.caches = {
      {1, kib(32), Bytes(64), 1}, {2, kib(256), Bytes(64), 1}, {3, mib(2), Bytes(64), 2}};
  machine.isas = {Isa::kScalar};
  machine.memory_available = Reading<Bytes>::of(gib(1), "test");
  return machine;
}

TEST(ChaseCycle, MeetsEveryLineOnceForAnyNumberOfLines) {
  for (const std::size_t n : {1U, 2U, 3U, 15U, 16U, 17U, 100U, 4096U}) {
    std::vector<Line> lines(n);
    const ChaseCycle cycle = lay_cycle(region_of(lines), 7);
    const Verification checked = check_cycle(cycle);
    EXPECT_TRUE(checked.passed) << n << ": " << checked.detail;
    // The plain walk, without legs.
    std::set<void*> met;
    void* at = cycle.start();
    while (met.insert(at).second) at = *static_cast<void**>(at);
    EXPECT_EQ(met.size(), n);
    EXPECT_EQ(at, cycle.start());
  }
}

TEST(ChaseCycle, IsShuffledAndTheSameForTheSameSeed) {
  std::vector<Line> first(1024);
  std::vector<Line> second(1024);
  static_cast<void>(lay_cycle(region_of(first), 1));
  static_cast<void>(lay_cycle(region_of(second), 1));
  std::size_t neighbours = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const auto to = static_cast<Line*>(first[i].slots[0]) - first.data();
    EXPECT_EQ(to, static_cast<Line*>(second[i].slots[0]) - second.data());
    if (to == static_cast<std::ptrdiff_t>(i) + 1) ++neighbours;
  }
  EXPECT_LT(neighbours, 16U) << "one in a thousand is to be expected";
}

TEST(CheckCycle, FindsAShortCutAndAPointerThatLeaves) {
  std::vector<Line> lines(64);
  const ChaseCycle cycle = lay_cycle(region_of(lines), 3);
  void* const third = *static_cast<void**>(*static_cast<void**>(cycle.start()));
  void* const kept = *static_cast<void**>(cycle.start());
  *static_cast<void**>(cycle.start()) = third;  // The second line is left out.
  EXPECT_FALSE(check_cycle(cycle).passed);
  *static_cast<void**>(cycle.start()) = cycle.start();
  EXPECT_FALSE(check_cycle(cycle).passed);
  *static_cast<void**>(cycle.start()) = &lines.data()[64];
  EXPECT_FALSE(check_cycle(cycle).passed);
  *static_cast<void**>(cycle.start()) = kept;
  EXPECT_TRUE(check_cycle(cycle).passed);
}

TEST(ChaseLoop, FollowsTheChainForExactlySoManyLoads) {
  std::vector<Line> lines(1000);
  const ChaseCycle cycle = lay_cycle(region_of(lines), 5);
  void* expected = cycle.start();
  for (std::uint64_t i = 0; i < 3 * kChaseUnroll; ++i) expected = *static_cast<void**>(expected);
  EXPECT_EQ(chase(cycle.start(), 3), expected);
  EXPECT_EQ(chase(cycle.start(), 0), cycle.start());
}

TEST(ChaseLoop, IsNothingButDependentLoads) {
  if (const std::string why = test::why_no_disassembly(); !why.empty()) GTEST_SKIP() << why;
  const test::InstructionList loop = test::innermost_loop(chase);
  ASSERT_EQ(loop.size(), kChaseUnroll + 2) << "the loads, a decrement and a branch";
  for (std::size_t i = 0; i < kChaseUnroll; ++i) {
    EXPECT_TRUE(test::has_memory_operand(loop[i])) << loop[i];
    EXPECT_EQ(loop[i], loop[0]);
    EXPECT_FALSE(test::touches_stack(loop[i])) << loop[i];
  }
}

TEST(PlaceChases, CyclesNeverShareEightBytesAndFitIntoTheLargest) {
  const std::vector<Bytes> sizes = sweep_sizes(small_machine(), {});
  const std::vector<ChasePlace> places = place_chases(sizes);
  ASSERT_EQ(places.size(), sizes.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(places[i].lines * kChaseLine, sizes[i].count());
    EXPECT_EQ(places[i].offset % 4096, 0U);
    EXPECT_LE(places[i].offset + sizes[i].count(), sizes.back().count());
    EXPECT_LT(places[i].slot, 8U);
    for (std::size_t k = 0; k < i; ++k) {
      const bool apart = places[i].slot != places[k].slot ||
                         places[i].offset >= places[k].offset + sizes[k].count() ||
                         places[k].offset >= places[i].offset + sizes[i].count();
      EXPECT_TRUE(apart) << i << " and " << k;
    }
  }
}

TEST(SweepSizes, GrowFromLevel1BeyondWhatTheMachineTells) {
  MachineShape machine = small_machine();
  machine.memory_available = Reading<Bytes>::of(gib(64), "test");
  const std::vector<Bytes> small = sweep_sizes(machine, {});
  EXPECT_EQ(small.front(), kib(8));
  EXPECT_EQ(small.back(), mib(64)) << "a told cache of 2 MiB may be fiction";
  EXPECT_TRUE(std::is_sorted(small.begin(), small.end()));
  EXPECT_EQ(std::set<Bytes>(small.begin(), small.end()).size(), small.size());
  for (const Bytes size : {kib(32), kib(48), kib(64), kib(512), kib(1280), mib(2), mib(3)}) {
    EXPECT_TRUE(std::binary_search(small.begin(), small.end(), size)) << size.count();
  }
  machine.caches.back().size = mib(96);
  EXPECT_EQ(sweep_sizes(machine, {}).back(), mib(192));
  machine.caches.back().size = mib(480);
  EXPECT_EQ(sweep_sizes(machine, {}).back(), mib(256));
  SweepOptions bounded;
  bounded.largest = mib(10);
  EXPECT_EQ(sweep_sizes(machine, bounded).back(), mib(8));
  machine.memory_available = Reading<Bytes>::of(mib(64), "test");
  EXPECT_EQ(sweep_sizes(machine, {}).back(), mib(16));
  machine.memory_available = Reading<Bytes>::of(Bytes(1), "test");
  EXPECT_EQ(sweep_sizes(machine, {}).size(), 1U);
}

TEST(SweepEntries, ChaseAndReadAtEverySizeInMemoryThatTheyShare) {
  SweepOptions options;
  options.largest = mib(1);
  const std::vector<Bytes> sizes = sweep_sizes(small_machine(), options);
  const std::vector<KernelEntry> entries = sweep_entries(small_machine(), options);
  ASSERT_EQ(entries.size(), 2 * sizes.size());
  std::vector<std::unique_ptr<Kernel>> kernels;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool chases = i % 2 == 0;
    EXPECT_EQ(entries[i].info.name, chases ? "chase_sweep" : "read_sweep");
    EXPECT_EQ(entries[i].info.kind, chases ? RoofKind::kLatency : RoofKind::kBandwidth);
    EXPECT_EQ(entries[i].info.level, MemoryLevel::kNone);
    EXPECT_EQ(entries[i].working_set, sizes[i / 2]);
    kernels.push_back(entries[i].make());
    kernels.back()->prepare();
  }
  // All are laid before the first is looked at, so that one that overwrote another would show.
  for (const auto& kernel : kernels) {
    const Verification checked = kernel->verify();
    EXPECT_TRUE(checked.passed) << kernel->info().description << ": " << checked.detail;
    kernel->run(10);
  }
  for (const auto& kernel : kernels) EXPECT_TRUE(kernel->verify().passed);
  options.read = false;
  EXPECT_EQ(sweep_entries(small_machine(), options).size(), sizes.size());
}

TEST(ChaseEntries, OneForEachLevelAndDramWithItsAccesses) {
  const std::vector<LevelSize> levels{{MemoryLevel::kL1, kib(24)},
                                      {MemoryLevel::kL2, kib(100) + Bytes(70)},
                                      {MemoryLevel::kL3, mib(1)}};
  const std::vector<KernelEntry> entries = chase_entries(small_machine(), levels, {});
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].working_set, kib(24));
  EXPECT_EQ(entries[1].working_set, kib(100));
  EXPECT_EQ(entries[3].info.level, MemoryLevel::kDram);
  EXPECT_EQ(entries[3].working_set, mib(16));
  EXPECT_FALSE(entries[3].info.may_hold_cache_hits);
  std::vector<std::unique_ptr<Kernel>> kernels;
  for (const KernelEntry& entry : entries) {
    EXPECT_EQ(entry.info.name, "chase");
    EXPECT_EQ(entry.info.kind, RoofKind::kLatency);
    kernels.push_back(entry.make());
    kernels.back()->prepare();
    const Work work = kernels.back()->work();
    EXPECT_GT(work.accesses, 0U);
    EXPECT_EQ(work.bytes.count(), work.accesses * 64);
    EXPECT_EQ(work.flops.count(), 0U);
  }
  for (const auto& kernel : kernels) {
    EXPECT_TRUE(kernel->verify().passed) << kernel->info().description;
    kernel->run(3);
  }
}

TEST(ChaseEntries, ABoundBelowTheCachesIsSaid) {
  MachineShape machine = small_machine();
  machine.caches.back().size = mib(480);
  machine.memory_available = Reading<Bytes>::of(gib(23), "test");
  const std::vector<KernelEntry> entries = chase_entries(machine, {}, {});
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].working_set, mib(512));
  EXPECT_TRUE(entries[0].info.may_hold_cache_hits);
}

}  // namespace
}  // namespace perfbench
