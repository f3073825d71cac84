#include "kernels/gemm/openblas/openblas_linear.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "harness/core/units/check.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/openblas/pinned_pool.hpp"

namespace perfbench {
namespace {

/// How one shape is carried out.
struct Route {
  BlasOperation operation = BlasOperation::kSgemm;
  GemmClass shape_class = GemmClass::kSquare;
  bool row_major = false;  ///< The weights stay as they come; BLAS reads them transposed.
};

Route route_of(const OpenBlasSet& set, const LinearShape& shape) {
  Route route;
  route.shape_class = class_of({shape.m, shape.n, shape.k});
  if (route.shape_class == GemmClass::kVector) {
    route.operation = BlasOperation::kSgemv;
    route.row_major = set.prefers_transposed(route.operation);
    if (route.row_major) route.shape_class = GemmClass::kVectorTransposed;
  } else if (route.shape_class == GemmClass::kSkinny) {
    route.row_major = set.prefers_transposed(route.operation);
    if (route.row_major) route.shape_class = GemmClass::kSkinnyTransposed;
  }
  return route;
}

/// Row-major n x k into column-major, in square blocks: a column at a time would touch another page
/// with every element.
void transpose(std::span<const float> from, std::size_t n, std::size_t k, std::span<float> to) {
  constexpr std::size_t kBlock = 32;
  for (std::size_t row = 0; row < n; row += kBlock) {
    for (std::size_t column = 0; column < k; column += kBlock) {
      for (std::size_t j = column; j < std::min(column + kBlock, k); ++j) {
        for (std::size_t i = row; i < std::min(row + kBlock, n); ++i)
          to[j * n + i] = from[i * k + j];
      }
    }
  }
}

class OpenBlasLinear final : public Linear {
 public:
  OpenBlasLinear(const OpenBlas& blas,
                 const LinearShape& shape,
                 const Route& route,
                 std::span<const float> weights,
                 const std::vector<int>& cpus)
      : blas_(blas),
        vector_(is_gemv(route.operation)),
        threads_(std::max(1, static_cast<int>(cpus.size()))),
        weights_(weights.size()),
        pool_(pin_pool(blas, cpus)) {
    const auto n = static_cast<std::size_t>(shape.n);
    const auto k = static_cast<std::size_t>(shape.k);
    if (route.row_major) {
      std::copy(weights.begin(), weights.end(), weights_.data());
    } else {
      transpose(weights, n, k, weights_.span());
    }
    const int rows = route.row_major ? shape.k : shape.n;
    const int columns = route.row_major ? shape.n : shape.k;
    gemv_ = GemvCall{route.row_major, rows, columns, rows};
    // Row-major Y (m x n) is column-major Y^T = W X^T, and X is X^T in the same way.
    gemm_ = GemmCall{route.row_major, false, shape.n, shape.m, shape.k, rows, shape.k, shape.n};
  }

  [[nodiscard]] Bytes weight_bytes() const noexcept override {
    return Bytes(sizeof(float) * weights_.size());
  }

  [[nodiscard]] std::unique_ptr<Linear> clone() const override {
    return std::unique_ptr<Linear>(new OpenBlasLinear(*this, weights_));
  }

  void run(const float* x, float* y) noexcept override {
    // The library's count is the process's, and another layer may have changed it.
    blas_.set_threads(threads_);
    if (vector_) {
      blas_.sgemv(gemv_, 1.0F, weights_.data(), x, 0.0F, y);
    } else {
      blas_.sgemm(gemm_, 1.0F, weights_.data(), x, 0.0F, y);
    }
  }

 private:
  OpenBlasLinear(const OpenBlasLinear& other, const FloatBuffer& weights)
      : blas_(other.blas_),
        vector_(other.vector_),
        threads_(other.threads_),
        weights_(weights.size()),
        pool_(other.pool_),
        gemv_(other.gemv_),
        gemm_(other.gemm_) {
    std::copy_n(weights.data(), weights.size(), weights_.data());
  }

  OpenBlas blas_;
  bool vector_;
  int threads_;
  FloatBuffer weights_;
  std::shared_ptr<const PinnedPool> pool_;
  GemvCall gemv_;
  GemmCall gemm_;
};

class OpenBlasBackend final : public LinearBackend {
 public:
  explicit OpenBlasBackend(const OpenBlasSet& set) : set_(set) {}

  [[nodiscard]] std::string label() const override { return set_.label(); }
  [[nodiscard]] std::string library() const override { return "OpenBLAS"; }
  [[nodiscard]] Isa isa() const noexcept override {
    Isa widest = Isa::kScalar;
    for (const OpenBlas& instance : set_.instances()) widest = std::max(widest, instance.isa());
    return widest;
  }
  [[nodiscard]] bool has_pool() const noexcept override { return true; }

  [[nodiscard]] bool supports(const LinearShape& shape) const noexcept override {
    if (shape.precision != Precision::kFp32 || shape.m < 1 || shape.n < 1 || shape.k < 1)
      return false;
    const Route route = route_of(set_, shape);
    return set_.best_for(route.operation, route.shape_class) != nullptr;
  }

  [[nodiscard]] std::unique_ptr<Linear> make(const LinearShape& shape,
                                             std::span<const float> weights,
                                             const std::vector<int>& cpus) const override {
    CHECK(supports(shape), "a shape that this backend does not support");
    CHECK(weights.size() == static_cast<std::size_t>(shape.n) * static_cast<std::size_t>(shape.k),
          "the weights must be n x k");
    const Route route = route_of(set_, shape);
    const OpenBlas& blas = *set_.best_for(route.operation, route.shape_class);
    return std::make_unique<OpenBlasLinear>(blas, shape, route, weights, cpus);
  }

 private:
  OpenBlasSet set_;
};

}  // namespace

std::shared_ptr<const LinearBackend> openblas_linear_backend(const OpenBlasSet& set) {
  return std::make_shared<const OpenBlasBackend>(set);
}

}  // namespace perfbench
