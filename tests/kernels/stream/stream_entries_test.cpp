#include "kernels/stream/stream_entries.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "harness/core/units/error.hpp"
#include "kernels/stream/stream_arena.hpp"
#include "kernels/stream/stream_loop.hpp"
#include "tests/kernels/host_isas.hpp"

namespace perfbench {
namespace {

/// A machine so small that its DRAM working set is a few MiB; of the ISAs only those that this CPU
/// runs.
MachineShape small_machine(std::string_view vendor = "") {
  MachineShape machine;
  machine.identity.vendor = vendor;
  machine.cpus.resize(2);
  machine.caches = {
      {1, kib(32), Bytes(64), 1}, {2, kib(256), Bytes(64), 1}, {3, mib(2), Bytes(64), 2}};
  machine.memory_available = Reading<Bytes>::of(gib(1), "test");
  for (const StreamLoops& loop : stream_loops()) {
    if (test::host_has(loop.isa)) machine.isas.push_back(loop.isa);
  }
  return machine;
}

StreamOptions all_isas() {
  StreamOptions options;
  options.narrower_isas = true;
  return options;
}

/// Every operation, ISA and level. Sizes that are no whole blocks are cut.
StreamOptions everything() {
  StreamOptions options = all_isas();
  options.all_operations = true;
  options.levels = {{MemoryLevel::kL1, kib(24) + Bytes(8)},
                    {MemoryLevel::kL2, kib(100)},
                    {MemoryLevel::kL3, kib(512)}};
  return options;
}

TEST(StreamEntries, StoresBeyondLevel2ComeFromHalfRegistersToo) {
  if (find_stream_loops(Isa::kAvx512) == nullptr) GTEST_SKIP() << "no loops of AVX-512 here";
  MachineShape machine = small_machine();
  machine.isas = {Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512};
  StreamOptions options = everything();
  options.narrower_isas = false;
  std::map<MemoryLevel, std::set<std::string>> half;
  for (const KernelEntry& entry : stream_entries(machine, options)) {
    EXPECT_GE(entry.info.isa, Isa::kAvx2Fma);
    if (entry.info.isa == Isa::kAvx2Fma) half[entry.info.level].insert(entry.info.name);
  }
  const std::set<std::string> stores{"write", "copy", "scale", "add", "triad", "update"};
  EXPECT_EQ(half,
            (std::map<MemoryLevel, std::set<std::string>>{{MemoryLevel::kL3, stores},
                                                          {MemoryLevel::kDram, stores}}));
  options.all_operations = false;
  for (const KernelEntry& entry : stream_entries(machine, options)) {
    EXPECT_EQ(entry.info.isa, Isa::kAvx512);
  }
}

/// Arrays that a kernel loads and stores, of those that are counted.
struct Traffic {
  int loads;
  int stores;
  int flops_per_element;
};
const std::map<std::string, Traffic>& traffic_of_kernels() {
  static const std::map<std::string, Traffic> table{{"read", {1, 0, 0}},
                                                    {"write", {0, 1, 0}},
                                                    {"copy", {1, 1, 0}},
                                                    {"scale", {1, 1, 1}},
                                                    {"add", {2, 1, 1}},
                                                    {"triad", {2, 1, 2}},
                                                    {"update", {1, 1, 0}}};
  return table;
}

void expect_counts(const MachineShape& machine) {
  std::set<std::string> seen;
  for (const KernelEntry& entry : stream_entries(machine, everything())) {
    SCOPED_TRACE(entry.info.name + " " + entry.info.variant + ", level " +
                 std::to_string(static_cast<int>(entry.info.level)));
    const bool past = entry.info.name.ends_with("_nt");
    const std::string name = entry.info.name.substr(0, entry.info.name.size() - (past ? 3U : 0U));
    ASSERT_TRUE(traffic_of_kernels().contains(name));
    const Traffic& traffic = traffic_of_kernels().at(name);
    EXPECT_TRUE(!past || (entry.info.level == MemoryLevel::kDram && traffic.stores > 0));
    seen.insert(entry.info.name);

    const auto kernel = entry.make();
    EXPECT_EQ(kernel->working_set(), entry.working_set);
    const Work work = kernel->work();
    const auto arrays = static_cast<std::uint64_t>(traffic.loads + traffic.stores);
    // The line of a regular store comes in before it goes out; an update has loaded it anyway.
    const bool allocates = !past && entry.info.level != MemoryLevel::kL1 && name != "update";
    const std::uint64_t moved =
        arrays + (allocates ? static_cast<std::uint64_t>(traffic.stores) : 0);
    EXPECT_EQ(work.moved_bytes * arrays, work.bytes * moved);
    const std::uint64_t elements = work.bytes.count() / 8 / arrays;
    EXPECT_EQ(work.flops.count(), elements * static_cast<std::uint64_t>(traffic.flops_per_element));
  }
  for (const auto& [name, traffic] : traffic_of_kernels()) EXPECT_TRUE(seen.contains(name)) << name;
  EXPECT_EQ(seen.contains("add_nt"), machine.isas.size() > 1) << "scalar code has none";
}

TEST(StreamEntries, EveryOperationAtEveryLevelCountsAndMovesItsOwnBytes) {
  for (const char* vendor : {"GenuineIntel", "AuthenticAMD"}) {
    SCOPED_TRACE(vendor);
    expect_counts(small_machine(vendor));
  }
}

TEST(StreamEntries, ACacheKernelFillsItsSizeWithWholeBlocks) {
  StreamOptions options = everything();
  options.dram = false;
  for (const KernelEntry& entry : stream_entries(small_machine(), options)) {
    const Bytes asked = entry.info.level == MemoryLevel::kL1   ? kib(24) + Bytes(8)
                        : entry.info.level == MemoryLevel::kL2 ? kib(100)
                                                               : kib(512);
    EXPECT_LE(entry.working_set, asked);
    EXPECT_GT(entry.working_set + Bytes(3 * kStreamBlockBytes), asked);
    EXPECT_FALSE(entry.info.may_hold_cache_hits);
  }
  options.levels = {{MemoryLevel::kL1, Bytes(1)}};
  for (const KernelEntry& entry : stream_entries(small_machine(), options)) {
    EXPECT_GE(entry.working_set, Bytes(kStreamBlockBytes)) << "never nothing";
  }
}

TEST(StreamEntries, LevelsStandInTheOrderAskedAndDramLast) {
  std::vector<MemoryLevel> levels;
  for (const KernelEntry& entry : stream_entries(small_machine(), everything())) {
    if (levels.empty() || levels.back() != entry.info.level) levels.push_back(entry.info.level);
  }
  const std::vector<MemoryLevel> expected{
      MemoryLevel::kL1, MemoryLevel::kL2, MemoryLevel::kL3, MemoryLevel::kDram};
  EXPECT_EQ(levels, expected);
}

TEST(StreamEntries, ADramFigureThatMayHoldCacheHitsSaysSo) {
  MachineShape machine = small_machine();
  for (const KernelEntry& entry : stream_entries(machine, {})) {
    EXPECT_FALSE(entry.info.may_hold_cache_hits);
  }
  machine.caches.back().size = gib(2);
  for (const KernelEntry& entry : stream_entries(machine, {})) {
    EXPECT_TRUE(entry.info.may_hold_cache_hits);
    EXPECT_TRUE(entry.make()->info().may_hold_cache_hits) << "the kernel says what its entry says";
  }
}

void expect_exact(const MachineShape& machine) {
  for (const KernelEntry& entry : stream_entries(machine, everything())) {
    SCOPED_TRACE(entry.info.name + " " + entry.info.variant + ", level " +
                 std::to_string(static_cast<int>(entry.info.level)));
    const auto kernel = entry.make();
    kernel->prepare();
    const Verification first = kernel->verify();
    EXPECT_TRUE(first.passed) << first.detail;
    kernel->run(3);
    kernel->run(0);
    const Verification again = kernel->verify();
    EXPECT_TRUE(again.passed) << again.detail;
  }
}

TEST(StreamEntries, EveryOperationAtEveryLevelIsExact) {
  for (const char* vendor : {"GenuineIntel", "AuthenticAMD"}) {
    SCOPED_TRACE(vendor);
    expect_exact(small_machine(vendor));
  }
}

TEST(DramStreamEntries, CountsAndMovedBytesAreApart) {
  const std::vector<KernelEntry> entries = stream_entries(small_machine(), all_isas());
  std::set<std::string> names;
  for (const KernelEntry& entry : entries) {
    EXPECT_EQ(entry.info.kind, RoofKind::kBandwidth);
    EXPECT_EQ(entry.info.level, MemoryLevel::kDram);
    EXPECT_GT(entry.working_set, mib(14));
    EXPECT_LE(entry.working_set, mib(16));
    names.insert(entry.info.name);
    const auto kernel = entry.make();
    const Work work = kernel->work();
    EXPECT_EQ(kernel->working_set(), entry.working_set);
    EXPECT_EQ(work.bytes.count() % 24, 0U);
    if (entry.info.name == "triad") {
      EXPECT_EQ(work.moved_bytes * 3, work.bytes * 4)
          << "the line of a is read before it is written";
    } else {
      EXPECT_EQ(work.moved_bytes, work.bytes);
    }
    EXPECT_EQ(work.flops.count(), entry.info.name == "read" ? 0 : work.bytes.count() / 12);
  }
  EXPECT_TRUE(names.contains("read"));
  EXPECT_TRUE(names.contains("triad"));
}

TEST(DramStreamEntries, OnlyTheWidestIsaUnlessAsked) {
  const MachineShape machine = small_machine();
  const std::vector<KernelEntry> widest = stream_entries(machine, {});
  for (const KernelEntry& entry : widest) EXPECT_EQ(entry.info.isa, machine.isas.back());
  EXPECT_GE(widest.size(), 2U);
  const std::size_t more_isas = machine.isas.size() - 1;
  EXPECT_GE(stream_entries(machine, all_isas()).size(), widest.size() + 2 * more_isas);
}

TEST(DramStreamKernel, KernelsOfOneThreadShareTheArraysAndGoOnWhereTheOtherStopped) {
  const StreamLayout layout = stream_layout(mib(8));
  StreamArenaPool pool([&layout] { return std::make_shared<StreamArena>(layout); });
  const std::shared_ptr<StreamArena> mine = pool.of_this_thread();
  EXPECT_EQ(mine, pool.of_this_thread());
  std::shared_ptr<StreamArena> other;
  std::thread([&] { other = pool.of_this_thread(); }).join();
  EXPECT_NE(mine, other);

  const std::size_t start = mine->next();
  mine->advance();
  EXPECT_EQ(mine->next(), start + layout.chunk_elements);
  const double scalar = mine->scalar();
  for (std::size_t i = 1; i < layout.chunks; ++i) mine->advance();
  EXPECT_EQ(mine->next(), start) << "a full turn";
  EXPECT_NE(mine->scalar(), scalar) << "the next pass writes something else";
}

TEST(StreamLayout, WholeChunksOfThreeEqualArrays) {
  for (const std::uint64_t size : {1U, 2U, 6U, 8U, 64U, 100U, 2048U}) {
    const StreamLayout layout = stream_layout(mib(size));
    EXPECT_GE(layout.chunks, 16U) << size;
    EXPECT_EQ(layout.chunk_elements % (kStreamBlockBytes / sizeof(double)), 0U);
    EXPECT_LE(layout.working_set(), mib(size));
    // At most a chunk of each array is lost to rounding.
    EXPECT_GT(layout.working_set() + Bytes(3 * 8 * layout.chunk_elements + 3), mib(size));
  }
  EXPECT_EQ(stream_layout(gib(2)).chunk_elements * sizeof(double), mib(2).count());
}

TEST(StreamArena, HoldsNoZeroesAndIsOffsetAgainstAliasing) {
  StreamArena arena(stream_layout(mib(2)));
  std::set<std::uintptr_t> offsets;
  for (const std::span<const double> array : {std::span<const double>(arena.a()),
                                              std::span<const double>(arena.b()),
                                              std::span<const double>(arena.c())}) {
    ASSERT_EQ(array.size(), arena.layout().elements());
    const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(array.data());
    EXPECT_EQ(address % kStreamAlignment, 0U);
    offsets.insert(address % 4096);
    for (const double value : array) {
      ASSERT_GE(value, 1.0);
      ASSERT_LE(value, 1024.0);
      ASSERT_EQ(value, std::floor(value));
    }
  }
  EXPECT_EQ(offsets.size(), 3U);
}

TEST(DramStreamKernel, MemoryThatIsNotToBeHadIsAResourceError) {
#if defined(PERFBENCH_SANITIZED)
  GTEST_SKIP() << "a sanitizer needs the address space that this test takes away";
#else
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  MachineShape machine = small_machine();
  machine.caches.back().size = gib(64);
  machine.memory_available = Reading<Bytes>::of(gib(4096), "test");
  const std::vector<KernelEntry> entries = stream_entries(machine, {});
  ASSERT_FALSE(entries.empty());
  const auto kernel = entries.front().make();
  rlimit bounded = before;
  bounded.rlim_cur = gib(8).count();
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &bounded), 0);
  EXPECT_THROW(kernel->prepare(), ResourceError);
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &before), 0);
#endif
}

}  // namespace
}  // namespace perfbench
