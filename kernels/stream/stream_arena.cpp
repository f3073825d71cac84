#include "kernels/stream/stream_arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20U;
constexpr std::size_t kLargestChunk = std::size_t{2} << 20U;
constexpr std::size_t kSmallestChunk = std::size_t{16} << 10U;
constexpr std::size_t kChunksWanted = 16;
// 21 lines: the three arrays stand 0, 1344 and 2688 bytes beyond a multiple of 4096.
constexpr std::size_t kApart = std::size_t{21} * 64;

/// 1 to 1024, another one for neighbours; exact in fp64 under any sum or product with the triad's
/// scalars.
double small_number(std::uint64_t i) noexcept {
  constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15U;
  return static_cast<double>(1 + ((i * kGoldenRatio) >> 54U));
}

}  // namespace

StreamLayout stream_layout(Bytes per_thread) noexcept {
  CHECK(per_thread >= mib(1), "a stream layout needs at least 1 MiB");
  const std::size_t array = static_cast<std::size_t>(per_thread.count()) / 3;
  const std::size_t chunk = std::clamp(
      array / kChunksWanted / kSmallestChunk * kSmallestChunk, kSmallestChunk, kLargestChunk);
  StreamLayout layout;
  layout.chunk_elements = chunk / sizeof(double);
  layout.chunks = array / chunk;
  return layout;
}

StreamArena::StreamArena(const StreamLayout& layout) : layout_(layout) {
  const std::size_t array_bytes = layout.elements() * sizeof(double);
  mapped_bytes_ = 3 * array_bytes + 2 * kApart + kHugePage;
  void* mapping =
      ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) {
    const int error = errno;
    throw ResourceError(
        "The DRAM kernels cannot map " + std::to_string(mapped_bytes_ >> 20U) +
            " MiB: " + std::generic_category().message(error) + ".",
        "Free memory, raise the limit on address space (ulimit -v), or use fewer threads.");
  }
  mapping_ = mapping;
  // Advice only: without huge pages the kernels run on small ones, a few per cent slower.
  static_cast<void>(::madvise(mapping_, mapped_bytes_, MADV_HUGEPAGE));

  void* aligned = mapping_;
  std::size_t space = mapped_bytes_;
  CHECK(std::align(kHugePage, 3 * array_bytes + 2 * kApart, aligned, space) != nullptr,
        "the mapping has room for its alignment");
  a_ = static_cast<double*>(aligned);
  b_ = a_ + (array_bytes + kApart) / sizeof(double);
  c_ = b_ + (array_bytes + kApart) / sizeof(double);
  fill();
}

// Chunk by chunk in the order in which the kernels come by: what the caches still hold afterwards
// is the last chunks of all three arrays, which have left them by the time that the kernels arrive
// there.
void StreamArena::fill() noexcept {
  const std::size_t n = layout_.chunk_elements;
  for (std::size_t at = 0; at < layout_.elements(); at += n) {
    for (std::size_t i = at; i < at + n; ++i) a_[i] = 1.0;
    for (std::size_t i = at; i < at + n; ++i) b_[i] = small_number(i);
    for (std::size_t i = at; i < at + n; ++i) c_[i] = small_number(i + layout_.elements());
  }
}

StreamArena::~StreamArena() { ::munmap(mapping_, mapped_bytes_); }

std::shared_ptr<StreamArena> StreamArenaPool::of_this_thread() {
  const std::thread::id id = std::this_thread::get_id();
  {
    const std::lock_guard lock(mutex_);
    if (std::shared_ptr<StreamArena> arena = arenas_[id].lock()) return arena;
  }
  // Outside the lock: the threads of a team touch their memory at the same time.
  std::shared_ptr<StreamArena> arena = std::make_shared<StreamArena>(layout_);
  const std::lock_guard lock(mutex_);
  arenas_[id] = arena;
  return arena;
}

}  // namespace perfbench
