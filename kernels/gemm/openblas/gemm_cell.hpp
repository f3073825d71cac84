#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "harness/core/result/roofline.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

enum class BlasOperation { kSgemm, kDgemm, kSgemv, kDgemv };

/// What decides which kernels of a BLAS win. Fixed weights can be laid out either way when they are
/// loaded, and no layout wins under every core type, so the thin shapes stand in both: plain, the
/// weights W (n x k) column-major, and transposed, row-major (BLAS reads them as W^T).
enum class GemmClass {
  kSquare,            ///< m = n = k, far beyond the caches
  kSmall,             ///< All three within a level-2 cache
  kSkinny,            ///< m of 2 to 16 rows against large weights
  kSkinnyTransposed,  ///< The same with row-major weights
  kVector,            ///< m = 1: gemv
  kVectorTransposed   ///< gemv with row-major weights
};

/// What one core type is chosen for.
struct GemmCell {
  BlasOperation operation = BlasOperation::kSgemm;
  GemmClass shape_class = GemmClass::kSquare;
  friend bool operator==(const GemmCell&, const GemmCell&) = default;
};

/// Every cell, the most important first: where one process cannot hold all the kernels that win, it
/// goes by this order.
[[nodiscard]] std::span<const GemmCell> gemm_cells() noexcept;

/// "sgemm", "dgemv"
[[nodiscard]] std::string_view name_of(BlasOperation operation) noexcept;
/// "square", "small", "skinny", "skinny transposed", "vector", "vector transposed"
[[nodiscard]] std::string_view name_of(GemmClass shape_class) noexcept;
/// The cell of a trial's words; nothing for words that are none of ours.
[[nodiscard]] std::optional<GemmCell> gemm_cell_of(std::string_view operation,
                                                   std::string_view shape_class) noexcept;

[[nodiscard]] bool is_gemv(BlasOperation operation) noexcept;
[[nodiscard]] bool is_transposed(GemmClass shape_class) noexcept;
[[nodiscard]] Precision precision_of(BlasOperation operation) noexcept;
/// Bytes of one element.
[[nodiscard]] std::size_t element_size(BlasOperation operation) noexcept;

/// The class of a product of m x k by k x n whose weights lie column-major.
[[nodiscard]] GemmClass class_of(const MatrixShape& shape) noexcept;

/// 2 m n k: 1 MAC is 2 FLOP.
[[nodiscard]] Flops flops_of(const MatrixShape& shape) noexcept;

/// The shape that ranks the field in a cell, and the one that decides between the best; the same
/// but for square, where the larger one takes too long for everybody.
[[nodiscard]] MatrixShape ranking_shape(const GemmCell& cell) noexcept;
[[nodiscard]] MatrixShape final_shape(const GemmCell& cell) noexcept;

}  // namespace perfbench
