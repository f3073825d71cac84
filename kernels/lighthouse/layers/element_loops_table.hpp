#pragma once

#include "kernels/lighthouse/layers/element_loops.hpp"

namespace perfbench {

/// The loops of the compiler's baseline.
[[nodiscard]] ElementLoops plain_element_loops() noexcept;

}  // namespace perfbench
