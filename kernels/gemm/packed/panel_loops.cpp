#include "kernels/gemm/packed/panel_loops.hpp"

#include <algorithm>

namespace perfbench {

const PanelLoop* find_panel_loop(Isa isa) noexcept {
  const std::span<const PanelLoop> loops = panel_loops();
  const auto found =
      std::find_if(loops.begin(), loops.end(), [isa](const PanelLoop& l) { return l.isa == isa; });
  return found == loops.end() ? nullptr : &*found;
}

}  // namespace perfbench
