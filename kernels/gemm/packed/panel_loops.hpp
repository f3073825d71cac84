#pragma once

#include <cstddef>
#include <span>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// Outputs of one panel: packed weights stand as [step of k][16 outputs], one line of 64 bytes a
/// step.
inline constexpr std::size_t kPanelOutputs = 16;
/// Bytes to which panels and tiles are aligned.
inline constexpr std::size_t kPanelAlignment = 64;

/// One pass of a PanelLoop over a block of k: a few rows of X against one panel or pair of panels,
/// or against two that are read side by side. Distances are in floats.
struct PanelPass {
  const float* weights = nullptr;  ///< steps x 16, of the first panel.
  std::size_t next_panel = 0;      ///< From the first panel's or pair's weights to the second's.
  const float* x = nullptr;        ///< The first row's value of the first step.
  std::size_t next_step = 1;  ///< From one step's values of x to the next's; rows are neighbours.
  std::size_t steps = 0;
  float* sums = nullptr;      ///< rows x 16 of the first panel, aligned.
  std::size_t next_sums = 0;  ///< From the first panel's sums to the second's.
  std::size_t pair_sums = 0;  ///< From a pair's first sums to its second's.
  bool first = true;          ///< Sums begin at 0; else they go on from what stands there.
  /// Asked into the level-2 cache while the pass runs: one place a step for each panel, from
  /// `ahead` on, `ahead_step` apart. Any address will do.
  const float* ahead = nullptr;
  std::size_t ahead_step = 0;
};

/// sums[row][output] += sum over the steps of x[row] * weight[output].
using PanelFunction = void (*)(const PanelPass& pass) noexcept;

/// The loops of one ISA, for every number of rows that its registers hold the sums of.
struct PanelLoop {
  Isa isa = Isa::kScalar;
  std::span<const PanelFunction> one_panel;  ///< [rows - 1]
  std::span<const PanelFunction>
      two_panels;  ///< The same; fewer rows, since there are two of each sum.
  /// The same of two panels whose lines alternate (a pair: steps x 2 x 16), and of two such pairs.
  /// Empty where there are none.
  std::span<const PanelFunction> pair;
  std::span<const PanelFunction> two_pairs;

  [[nodiscard]] std::size_t most_rows() const noexcept { return one_panel.size(); }
};

/// The loops of this build, narrowest first: scalar always.
[[nodiscard]] std::span<const PanelLoop> panel_loops() noexcept;

/// The loops of one ISA, null where this build has none.
[[nodiscard]] const PanelLoop* find_panel_loop(Isa isa) noexcept;

}  // namespace perfbench
