#include "kernels/latency/chase_kernel.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "kernels/latency/chase_loop.hpp"

namespace perfbench {
namespace {

/// Few enough that a window is met to a per cent even in DRAM, where they take 40 us.
constexpr std::uint64_t kTurnsPerIteration = 4;
constexpr std::uint64_t kSeed = 0x9E3779B97F4A7C15U;
constexpr std::uint64_t kPage = 4096;

}  // namespace

ChaseKernel::ChaseKernel(KernelInfo info,
                         const ChasePlace& place,
                         std::shared_ptr<ChaseArenaPool> pool)
    : info_(std::move(info)), place_(place), pool_(std::move(pool)) {}

Work ChaseKernel::work() const noexcept {
  Work work;
  work.accesses = kTurnsPerIteration * kChaseUnroll;
  // A line comes for each pointer, as far as the level's lines go.
  work.bytes = Bytes(work.accesses * kChaseLine);
  work.moved_bytes = work.bytes;
  return work;
}

void ChaseKernel::prepare() {
  arena_ = pool_->of_this_thread();
  cycle_ = lay_cycle(arena_->region(place_), kSeed ^ place_.lines);
  at_ = cycle_.start();
}

Verification ChaseKernel::verify() {
  Verification cycle = check_cycle(cycle_);
  if (!cycle.passed) return cycle;
  void* expected = cycle_.start();
  for (std::uint64_t i = 0; i < kChaseUnroll; ++i) expected = *static_cast<void**>(expected);
  if (chase(cycle_.start(), 1) != expected) return {false, "the loop leaves the chain"};
  return cycle;
}

void ChaseKernel::run(std::uint64_t iterations) noexcept {
  at_ = chase(at_, iterations * kTurnsPerIteration);
}

KernelInfo chase_info(const char* name, MemoryLevel level, Bytes working_set) {
  KernelInfo info;
  info.name = name;
  info.variant = "dependent loads";
  info.kind = RoofKind::kLatency;
  info.isa = Isa::kScalar;
  info.level = level;
  const std::string size = working_set >= mib(4)
                               ? std::to_string(working_set.count() >> 20U) + " MiB"
                               : std::to_string(working_set.count() >> 10U) + " KiB";
  info.description =
      "each load's address is what the load before it brought, along one random "
      "cycle through the 64-byte lines of " +
      size;
  return info;
}

Bytes whole_pages(Bytes size) noexcept {
  return Bytes(std::max(kPage, size.count() / kPage * kPage));
}

}  // namespace perfbench
