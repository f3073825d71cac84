#pragma once

#include <cstddef>
#include <vector>

#include "kernels/lighthouse/model/model_spec.hpp"

namespace perfbench {

/// How the rows of a dense layer or convolution become calls of a product. A sample with many rows
/// is cut into tiles; samples with few go together, 1, 2, 4 .. of them, so that one reading of the
/// weights serves them all and few numbers of rows are ever asked for.
struct RowPlan {
  std::size_t rows = 1;             ///< Of one sample.
  std::size_t tile = 0;             ///< Rows of a call; 0: whole samples go together.
  std::size_t tail = 0;             ///< Rows of a sample's last call, where they are fewer.
  std::vector<std::size_t> groups;  ///< Samples of a call, ascending; of no tiles.
  bool padded = false;  ///< A batch between two groups runs as the larger one: it costs no more
                        ///< than reading the weights again.

  /// Every number of rows that a call may have, ascending.
  [[nodiscard]] std::vector<std::size_t> row_counts() const;
  /// Samples of the next call when `left` of them are left.
  [[nodiscard]] std::size_t next_group(std::size_t left) const noexcept;
  [[nodiscard]] std::size_t most_rows() const noexcept;
};

/// For calls of up to `batch` samples.
[[nodiscard]] RowPlan plan_rows(const LayerPlan& layer, std::size_t batch);

[[nodiscard]] std::size_t power_of_two_from(std::size_t count) noexcept;

}  // namespace perfbench
