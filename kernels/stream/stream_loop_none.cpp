#include <array>

#include "kernels/stream/stream_loop.hpp"
#include "kernels/stream/stream_loop_scalar.hpp"

namespace perfbench {
namespace {

constexpr std::array<StreamLoop, 1> kLoops{{{Isa::kScalar, scalar_read, scalar_triad, nullptr}}};

}  // namespace

std::span<const StreamLoop> stream_loops() noexcept { return kLoops; }

}  // namespace perfbench
