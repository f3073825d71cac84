#include <array>

#include "kernels/gemm/packed/panel_loop_scalar.hpp"

namespace perfbench {

std::span<const PanelLoop> panel_loops() noexcept {
  static const std::array<PanelLoop, 1> loops{scalar_panel_loop()};
  return loops;
}

}  // namespace perfbench
