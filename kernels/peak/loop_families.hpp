#pragma once

#include <span>

#include "kernels/peak/peak_loop.hpp"

namespace perfbench {

// One file of loops each; peak_loops() joins those that the build's architecture has.
[[nodiscard]] std::span<const PeakLoop> fma_loops() noexcept;
[[nodiscard]] std::span<const PeakLoop> fma_add_loops() noexcept;
[[nodiscard]] std::span<const PeakLoop> dot_loops() noexcept;
[[nodiscard]] std::span<const PeakLoop> tile_loops() noexcept;
/// Empty on a processor without SVE: the vectors' length is the processor's.
[[nodiscard]] std::span<const PeakLoop> scalable_loops() noexcept;

}  // namespace perfbench
