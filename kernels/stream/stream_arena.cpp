#include "kernels/stream/stream_arena.hpp"

#include <algorithm>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kLargestChunk = std::size_t{2} << 20U;
constexpr std::size_t kSmallestChunk = std::size_t{16} << 10U;
constexpr std::size_t kChunksWanted = 16;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kApart = std::size_t{21} * 64;
/// One line before the first array and after the last, and as much as the arrays are moved apart.
constexpr std::size_t kSlack = 4 * kPage;

/// 1 to 1024, another one for neighbours; exact in fp64 under any sum or product with the streams'
/// scalars.
double small_number(std::uint64_t i) noexcept {
  constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15U;
  return static_cast<double>(1 + ((i * kGoldenRatio) >> 54U));
}

}  // namespace

StreamArrays::StreamArrays(int count,
                           std::size_t elements,
                           std::size_t fill_elements,
                           const char* owner)
    : elements_(elements),
      memory_(
          Bytes(static_cast<std::size_t>(count) * (elements * sizeof(double) + 2 * kPage) + kSlack),
          owner) {
  CHECK(count >= 1 && count <= 3 && elements > 0, "one to three arrays of something");
  std::size_t at = kPage;
  for (int i = 0; i < count; ++i) {
    at = (at + kPage - 1) / kPage * kPage + static_cast<std::size_t>(i) * kApart;
    arrays_[static_cast<std::size_t>(i)] =
        static_cast<double*>(memory_.data()) + at / sizeof(double);
    at += elements * sizeof(double) + 64;
  }
  for (std::size_t begin = 0; begin < elements; begin += fill_elements) {
    const std::size_t end = std::min(elements, begin + fill_elements);
    for (int i = 0; i < count; ++i) {
      double* values = array(i);
      const std::size_t other = static_cast<std::size_t>(i) * elements;
      for (std::size_t k = begin; k < end; ++k) values[k] = small_number(k + other);
    }
  }
}

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

// Filled chunk by chunk in the order in which the kernels come by: what the caches hold afterwards
// has left them by the time that the kernels arrive there.
StreamArena::StreamArena(const StreamLayout& layout)
    : layout_(layout), arrays_(3, layout.elements(), layout.chunk_elements, "The DRAM kernels") {}

}  // namespace perfbench
