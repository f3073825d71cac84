#include "kernels/latency/chase_arena.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kSlots = kChaseLine / sizeof(void*);

}  // namespace

// The largest first, each in the first slot that has room behind what is there: sizes that halve at
// every second step, which a sweep's do, fill four slots.
std::vector<ChasePlace> place_chases(std::span<const Bytes> sizes) {
  std::vector<std::size_t> by_size(sizes.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t x, std::size_t y) {
    return sizes[x] > sizes[y];
  });
  std::vector<ChasePlace> places(sizes.size());
  std::array<std::size_t, kSlots> used{};
  for (const std::size_t i : by_size) {
    const auto size = static_cast<std::size_t>(sizes[i].count());
    const auto room = static_cast<std::size_t>(sizes[by_size.front()].count());
    CHECK(size > 0 && size % kPage == 0, "a chase's memory is whole pages of 4096 bytes");
    std::size_t slot = 0;
    while (slot < kSlots && used[slot] + size > room) ++slot;
    CHECK(slot < kSlots, "too many chases for one arena");
    places[i] = {used[slot], size / kChaseLine, slot};
    used[slot] += size;
  }
  return places;
}

ChaseArena::ChaseArena(Bytes size) : memory_(size, "The latency kernels") {
  auto* words = static_cast<std::uint64_t*>(memory_.data());
  const std::size_t count = static_cast<std::size_t>(size.count()) / sizeof(std::uint64_t);
  for (std::size_t i = 0; i < count; ++i) words[i] = i + 1;
}

ChaseRegion ChaseArena::region(const ChasePlace& place) const noexcept {
  return {static_cast<std::byte*>(memory_.data()) + place.offset, place.lines, place.slot};
}

}  // namespace perfbench
