#include <algorithm>

#include "kernels/lighthouse/layers/attention_loop_body.hpp"
#include "kernels/lighthouse/layers/element_loops_table.hpp"
#include "kernels/lighthouse/layers/window_loops_body.hpp"

namespace perfbench {
namespace {

#define PERFBENCH_TARGET
namespace plain {
constexpr int kLanes = 4;
#include "kernels/lighthouse/layers/element_loops_functions.inc"
}  // namespace plain
#undef PERFBENCH_TARGET

}  // namespace

ElementLoops plain_element_loops() noexcept { return plain::element_loops(Isa::kScalar); }

const ElementLoops& widest_element_loops(std::span<const Isa> isas) noexcept {
  const std::span<const ElementLoops> loops = element_loops();
  const ElementLoops* widest = &loops.front();
  for (const ElementLoops& candidate : loops) {
    if (std::find(isas.begin(), isas.end(), candidate.isa) != isas.end()) widest = &candidate;
  }
  return *widest;
}

}  // namespace perfbench
