#include <array>

#include "kernels/lighthouse/layers/attention_loop_body.hpp"
#include "kernels/lighthouse/layers/element_loops_table.hpp"
#include "kernels/lighthouse/layers/window_loops_body.hpp"

namespace perfbench {
namespace {

#define PERFBENCH_TARGET [[gnu::target("avx2,fma")]]
namespace avx2 {
constexpr int kLanes = 8;
#include "kernels/lighthouse/layers/element_loops_functions.inc"
}  // namespace avx2
#undef PERFBENCH_TARGET

#define PERFBENCH_TARGET [[gnu::target("avx512f,fma")]]
namespace avx512 {
constexpr int kLanes = 16;
#include "kernels/lighthouse/layers/element_loops_functions.inc"
}  // namespace avx512
#undef PERFBENCH_TARGET

}  // namespace

std::span<const ElementLoops> element_loops() noexcept {
  static const std::array<ElementLoops, 3> loops{plain_element_loops(),
                                                 avx2::element_loops(Isa::kAvx2Fma),
                                                 avx512::element_loops(Isa::kAvx512)};
  return loops;
}

}  // namespace perfbench
