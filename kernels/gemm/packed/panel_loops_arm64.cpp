#include <arm_neon.h>

#include <array>
#include <utility>

#include "kernels/gemm/packed/panel_loop_scalar.hpp"

// As panel_loops_x86.cpp. A panel is four registers of 32; 20 sums, a line of weights, and the
// values of x, which multiply by element.

namespace perfbench {
namespace {

constexpr std::size_t kNear = 16 * kPanelOutputs;
constexpr std::size_t kNeonRows = 5;
constexpr std::size_t kNeonRowsOfTwo = 2;
constexpr std::size_t kQuarter = kPanelOutputs / 4;

template <std::size_t kRows, std::size_t kPanels>
void pass_neon(const PanelPass& pass) noexcept {
  float32x4_t sums[kRows][4 * kPanels];
#pragma GCC unroll 5
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 8
    for (std::size_t quarter = 0; quarter < 4 * kPanels; ++quarter) {
      const float* from =
          pass.sums + quarter / 4 * pass.next_sums + row * kPanelOutputs + quarter % 4 * kQuarter;
      sums[row][quarter] = pass.first ? vdupq_n_f32(0.0F) : vld1q_f32(from);
    }
  }
  const float* weights = pass.weights;
  const float* ahead = pass.ahead;
  const float* x = pass.x;
  const std::size_t next_panel = pass.next_panel;
  const std::size_t next_step = pass.next_step;
  const std::size_t ahead_step = pass.ahead_step;
#pragma GCC unroll 1
  for (std::size_t step = pass.steps; step > 0; --step) {
#pragma GCC unroll 2
    for (std::size_t panel = 0; panel < kPanels; ++panel) {
      __builtin_prefetch(ahead + panel * next_panel, 0, 2);
      __builtin_prefetch(weights + panel * next_panel + kNear, 0, 3);
#pragma GCC unroll 4
      for (std::size_t quarter = 0; quarter < 4; ++quarter) {
        const float32x4_t part = vld1q_f32(weights + panel * next_panel + quarter * kQuarter);
#pragma GCC unroll 5
        for (std::size_t row = 0; row < kRows; ++row) {
          float32x4_t& sum = sums[row][4 * panel + quarter];
          sum = vfmaq_n_f32(sum, part, x[row]);
        }
      }
    }
    weights += kPanelOutputs;
    ahead += ahead_step;
    x += next_step;
  }
#pragma GCC unroll 5
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 8
    for (std::size_t quarter = 0; quarter < 4 * kPanels; ++quarter) {
      float* to =
          pass.sums + quarter / 4 * pass.next_sums + row * kPanelOutputs + quarter % 4 * kQuarter;
      vst1q_f32(to, sums[row][quarter]);
    }
  }
}

template <std::size_t kPanels, std::size_t... kIndex>
constexpr std::array<PanelFunction, sizeof...(kIndex)> neon_rows(
    std::index_sequence<kIndex...> /*rows*/) {
  return {pass_neon<kIndex + 1, kPanels>...};
}

constexpr auto kNeonOne = neon_rows<1>(std::make_index_sequence<kNeonRows>());
constexpr auto kNeonTwo = neon_rows<2>(std::make_index_sequence<kNeonRowsOfTwo>());

}  // namespace

std::span<const PanelLoop> panel_loops() noexcept {
  static const std::array<PanelLoop, 2> loops{
      {scalar_panel_loop(), {Isa::kNeon, kNeonOne, kNeonTwo, {}, {}}}};
  return loops;
}

}  // namespace perfbench
