#include "kernels/lighthouse/model/row_plan.hpp"

#include <algorithm>

namespace perfbench {
namespace {

/// From so many rows on more of them gain nothing.
constexpr std::size_t kManyRows = 192;
/// Up to so many rows reading the weights takes longer than the arithmetic of padding.
constexpr std::size_t kPaddedRows = 32;
/// Of what im2col writes and the product reads again: half of a level-2 cache of 1 MiB.
constexpr std::size_t kTileNumbers = (std::size_t{512} << 10U) / sizeof(float);
constexpr std::size_t kRowsOfPanel = 16;

std::size_t divided_up(std::size_t a, std::size_t b) noexcept { return (a + b - 1) / b; }

}  // namespace

std::size_t power_of_two_from(std::size_t count) noexcept {
  std::size_t power = 1;
  while (power < count) power *= 2;
  return power;
}

std::vector<std::size_t> RowPlan::row_counts() const {
  std::vector<std::size_t> counts;
  for (const std::size_t group : groups) counts.push_back(group * rows);
  if (tail > 0) counts.push_back(tail);
  if (tile > 0) counts.push_back(tile);
  return counts;
}

std::size_t RowPlan::next_group(std::size_t left) const noexcept {
  if (padded) return std::min(groups.back(), power_of_two_from(left));
  std::size_t best = groups.front();
  for (const std::size_t group : groups) {
    if (group <= left) best = group;
  }
  return best;
}

std::size_t RowPlan::most_rows() const noexcept { return tile > 0 ? tile : groups.back() * rows; }

RowPlan plan_rows(const LayerPlan& layer, std::size_t batch) {
  RowPlan plan;
  plan.rows = layer.out.rows();
  if (plan.rows >= kManyRows) {
    const bool copies = layer.spec.kind == LayerKind::kConv && layer.depth > 0 &&
                        (layer.spec.kernel_height > 1 || layer.spec.kernel_width > 1);
    const std::size_t most =
        copies ? std::max(kRowsOfPanel, kTileNumbers / layer.depth) : 16 * kManyRows;
    const std::size_t tiles = divided_up(plan.rows, most);
    plan.tile =
        std::min(plan.rows, divided_up(divided_up(plan.rows, tiles), kRowsOfPanel) * kRowsOfPanel);
    plan.tail = plan.rows % plan.tile;
    return plan;
  }
  const std::size_t largest = power_of_two_from(batch);
  for (std::size_t group = 1; group <= largest; group *= 2) {
    if (group > 1 && group * plan.rows > 2 * kManyRows) break;
    if (group > batch && group * plan.rows > kPaddedRows) break;
    plan.groups.push_back(group);
  }
  plan.padded = plan.groups.back() * plan.rows <= kPaddedRows;
  return plan;
}

}  // namespace perfbench
