#include "kernels/stream/stream_entries.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <memory>
#include <set>
#include <thread>

#include "harness/core/units/error.hpp"
#include "kernels/stream/stream_arena.hpp"
#include "kernels/stream/stream_loop.hpp"
#include "tests/kernels/host_isas.hpp"

namespace perfbench {
namespace {

/// A machine so small that its DRAM working set is a few MiB; of the ISAs only those that this CPU
/// runs.
MachineShape small_machine() {
  MachineShape machine;
  machine.cpus.resize(2);
  machine.caches = {
      {1, kib(32), Bytes(64), 1}, {2, kib(256), Bytes(64), 1}, {3, mib(2), Bytes(64), 2}};
  machine.memory_available = Reading<Bytes>::of(gib(1), "test");
  for (const StreamLoop& loop : stream_loops()) {
    if (test::host_has(loop.isa)) machine.isas.push_back(loop.isa);
  }
  return machine;
}

StreamOptions all_isas() {
  StreamOptions options;
  options.narrower_isas = true;
  return options;
}

TEST(DramStreamEntries, CountsAndMovedBytesAreApart) {
  const std::vector<KernelEntry> entries = stream_entries(small_machine(), all_isas());
  std::set<std::string> names;
  for (const KernelEntry& entry : entries) {
    EXPECT_EQ(entry.info.kind, RoofKind::kBandwidth);
    EXPECT_EQ(entry.info.level, MemoryLevel::kDram);
    EXPECT_GT(entry.working_set, mib(7));
    EXPECT_LE(entry.working_set, mib(8));
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

TEST(DramStreamKernel, EveryVariantIsExact) {
  for (const KernelEntry& entry : stream_entries(small_machine(), all_isas())) {
    const auto kernel = entry.make();
    kernel->prepare();
    const Verification first = kernel->verify();
    EXPECT_TRUE(first.passed) << entry.info.name << " " << entry.info.variant << ": "
                              << first.detail;
    kernel->run(50);
    kernel->run(0);
    const Verification again = kernel->verify();
    EXPECT_TRUE(again.passed) << again.detail;
  }
}

TEST(DramStreamKernel, KernelsOfOneThreadShareTheArraysAndGoOnWhereTheOtherStopped) {
  const StreamLayout layout = stream_layout(mib(8));
  StreamArenaPool pool(layout);
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
  for (const std::span<const double> array :
       {std::span<const double>(arena.a()), arena.b(), arena.c()}) {
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
