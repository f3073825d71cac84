#include <algorithm>
#include <array>
#include <utility>

#include "kernels/stream/stream_loop.hpp"
#include "kernels/stream/stream_loop_table.hpp"

// Plain C++ for architectures without loops of ours. What the compiler makes of it differs, so
// these are no roofs: a read is a sum that the compiler may reorder, and nothing is fetched ahead.

namespace perfbench {
namespace {

void pass(StreamOperation operation, bool far, const StreamRun& run, StreamStep& last) noexcept {
  const std::size_t n = run.elements;
  double* a = run.a;
  const auto arrays = std::to_array({a, run.b, run.c});
  const std::size_t count = far ? arrays.size() : 1;
  switch (operation) {
    case StreamOperation::kRead:
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < count; ++k) last.elements[i % 8] = arrays[k][i];
      }
      break;
    case StreamOperation::kWrite:
      for (std::size_t k = 0; k < count; ++k) std::fill_n(arrays[k], n, run.scalar);
      break;
    case StreamOperation::kCopy:
      std::copy_n(run.b, n, a);
      break;
    case StreamOperation::kScale:
      for (std::size_t i = 0; i < n; ++i) a[i] = run.scalar * run.b[i];
      break;
    case StreamOperation::kAdd:
      for (std::size_t i = 0; i < n; ++i) a[i] = run.b[i] + run.c[i];
      break;
    case StreamOperation::kTriad:
      for (std::size_t i = 0; i < n; ++i) a[i] = run.b[i] + run.scalar * run.c[i];
      break;
    case StreamOperation::kUpdate:
      for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t i = 0; i < n; i += 2) std::swap(arrays[k][i], arrays[k][i + 1]);
      }
      break;
  }
}

template <Isa kIsa, StreamOperation kOperation, StreamForm kForm, StoreKind kStore>
struct Loop {
  static void run(const StreamRun& run, StreamStep& last) noexcept {
    for (std::uint64_t i = 0; i < run.passes; ++i) {
      pass(kOperation, is_far(kForm), run, last);
      asm volatile("" : : "r"(run.a) : "memory");  // Each pass is made.
    }
  }
};

constexpr std::array<StreamLoops, 1> kLoops{{make_stream_loops<Loop, Isa::kScalar>(1)}};

}  // namespace

std::span<const StreamLoops> stream_loops() noexcept { return kLoops; }

}  // namespace perfbench
