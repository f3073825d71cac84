#pragma once

#include "kernels/gemm/packed/panel_loops.hpp"

namespace perfbench {

/// Plain C++: the reference of the other loops, and what runs where there is none.
[[nodiscard]] PanelLoop scalar_panel_loop() noexcept;

}  // namespace perfbench
