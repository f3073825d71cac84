#include "kernels/gemm/openblas/gemm_cell.hpp"

#include <algorithm>
#include <array>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

using Op = BlasOperation;
using Class = GemmClass;

constexpr std::array kCells = {GemmCell{Op::kSgemm, Class::kSquare},
                               GemmCell{Op::kSgemm, Class::kSmall},
                               GemmCell{Op::kSgemm, Class::kSkinny},
                               GemmCell{Op::kSgemm, Class::kSkinnyTransposed},
                               GemmCell{Op::kSgemv, Class::kVector},
                               GemmCell{Op::kSgemv, Class::kVectorTransposed},
                               GemmCell{Op::kDgemm, Class::kSquare},
                               GemmCell{Op::kDgemm, Class::kSmall},
                               GemmCell{Op::kDgemm, Class::kSkinny},
                               GemmCell{Op::kDgemm, Class::kSkinnyTransposed},
                               GemmCell{Op::kDgemv, Class::kVector},
                               GemmCell{Op::kDgemv, Class::kVectorTransposed}};

/// Up to so many rows the weights' traffic binds, not the arithmetic: packing them anew in each
/// call is what costs.
constexpr std::int64_t kSkinnyRows = 16;
/// Three fp32 matrices of this size are 3 MiB: about a level-2 cache.
constexpr std::int64_t kSmallSide = 512;

}  // namespace

std::span<const GemmCell> gemm_cells() noexcept { return kCells; }

std::string_view name_of(BlasOperation operation) noexcept {
  switch (operation) {
    case Op::kSgemm:
      return "sgemm";
    case Op::kDgemm:
      return "dgemm";
    case Op::kSgemv:
      return "sgemv";
    case Op::kDgemv:
      return "dgemv";
  }
  CHECK(false, "an operation without a name");
}

std::string_view name_of(GemmClass shape_class) noexcept {
  switch (shape_class) {
    case Class::kSquare:
      return "square";
    case Class::kSmall:
      return "small";
    case Class::kSkinny:
      return "skinny";
    case Class::kSkinnyTransposed:
      return "skinny transposed";
    case Class::kVector:
      return "vector";
    case Class::kVectorTransposed:
      return "vector transposed";
  }
  CHECK(false, "a class without a name");
}

std::optional<GemmCell> gemm_cell_of(std::string_view operation,
                                     std::string_view shape_class) noexcept {
  const auto* const found = std::find_if(kCells.begin(), kCells.end(), [&](const GemmCell& cell) {
    return name_of(cell.operation) == operation && name_of(cell.shape_class) == shape_class;
  });
  if (found == kCells.end()) return std::nullopt;
  return *found;
}

bool is_gemv(BlasOperation operation) noexcept {
  return operation == Op::kSgemv || operation == Op::kDgemv;
}

bool is_transposed(GemmClass shape_class) noexcept {
  return shape_class == Class::kSkinnyTransposed || shape_class == Class::kVectorTransposed;
}

Precision precision_of(BlasOperation operation) noexcept {
  return operation == Op::kSgemm || operation == Op::kSgemv ? Precision::kFp32 : Precision::kFp64;
}

std::size_t element_size(BlasOperation operation) noexcept {
  return precision_of(operation) == Precision::kFp32 ? sizeof(float) : sizeof(double);
}

GemmClass class_of(const MatrixShape& shape) noexcept {
  if (shape.m == 1) return Class::kVector;
  const bool within_cache = std::max(shape.n, shape.k) <= kSmallSide;
  if (shape.m <= kSkinnyRows && !within_cache) return Class::kSkinny;
  return shape.m <= kSmallSide && within_cache ? Class::kSmall : Class::kSquare;
}

Flops flops_of(const MatrixShape& shape) noexcept {
  return Flops(2 * static_cast<std::uint64_t>(shape.m) * static_cast<std::uint64_t>(shape.n) *
               static_cast<std::uint64_t>(shape.k));
}

MatrixShape ranking_shape(const GemmCell& cell) noexcept {
  if (cell.shape_class == Class::kSquare) return {1024, 1024, 1024};
  return final_shape(cell);
}

MatrixShape final_shape(const GemmCell& cell) noexcept {
  switch (cell.shape_class) {
    case Class::kSquare:
      return {2048, 2048, 2048};
    case Class::kSmall:
      return {192, 192, 192};
    case Class::kSkinny:
    case Class::kSkinnyTransposed:
      return {8, 2048, 2048};
    case Class::kVector:
    case Class::kVectorTransposed:
      return {1, 2048, 2048};
  }
  CHECK(false, "a class without a shape");
}

}  // namespace perfbench
