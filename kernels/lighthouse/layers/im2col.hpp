#pragma once

#include <cstddef>

#include "kernels/lighthouse/model/model_spec.hpp"

namespace perfbench {

/// Lays the windows of output pixels [first, first + count) of one image side by side: `to` becomes
/// count x (kernel rows x kernel columns x channels), zeros beyond the image. Each kernel row is
/// one contiguous copy, since channels lie together.
void im2col(const LayerPlan& conv,
            const float* image,
            std::size_t first,
            std::size_t count,
            float* to) noexcept;

}  // namespace perfbench
