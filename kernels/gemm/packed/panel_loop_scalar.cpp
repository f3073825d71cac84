#include "kernels/gemm/packed/panel_loop_scalar.hpp"

#include <array>

namespace perfbench {
namespace {

constexpr std::size_t kRows = 4;

template <std::size_t kRowCount>
void pass_scalar(const PanelPass& pass) noexcept {
  float* sums = pass.sums;
  if (pass.first) {
    for (std::size_t i = 0; i < kRowCount * kPanelOutputs; ++i) sums[i] = 0.0F;
  }
  for (std::size_t step = 0; step < pass.steps; ++step) {
    const float* weights = pass.weights + step * kPanelOutputs;
    const float* x = pass.x + step * pass.next_step;
    for (std::size_t row = 0; row < kRowCount; ++row) {
      for (std::size_t i = 0; i < kPanelOutputs; ++i) {
        sums[row * kPanelOutputs + i] += x[row] * weights[i];
      }
    }
  }
}

constexpr std::array<PanelFunction, kRows> kOnePanel{
    pass_scalar<1>, pass_scalar<2>, pass_scalar<3>, pass_scalar<4>};

}  // namespace

PanelLoop scalar_panel_loop() noexcept { return {Isa::kScalar, kOnePanel, {}, {}, {}}; }

}  // namespace perfbench
