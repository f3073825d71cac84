#include <array>

#include "kernels/lighthouse/layers/element_loops_table.hpp"

namespace perfbench {

std::span<const ElementLoops> element_loops() noexcept {
  static const std::array<ElementLoops, 1> loops{plain_element_loops()};
  return loops;
}

}  // namespace perfbench
