#include "kernels/gemm/openblas/openblas_linear.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
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

/// The same for weights that lie one way already.
Route route_within(const LinearShape& shape, bool row_major) {
  Route route;
  route.shape_class = class_of({shape.m, shape.n, shape.k});
  route.row_major = row_major;
  if (route.shape_class == GemmClass::kVector) {
    route.operation = BlasOperation::kSgemv;
    if (row_major) route.shape_class = GemmClass::kVectorTransposed;
  } else if (route.shape_class == GemmClass::kSkinny && row_major) {
    route.shape_class = GemmClass::kSkinnyTransposed;
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

/// What every layer on the same weights knows.
struct Stored {
  OpenBlasSet set;
  FloatBuffer weights;
  LinearShape shape;
  bool row_major = false;
};

std::shared_ptr<const Stored> store(const OpenBlasSet& set,
                                    const LinearShape& shape,
                                    bool row_major,
                                    std::span<const float> weights) {
  FloatBuffer stored(weights.size());
  if (row_major) {
    std::copy(weights.begin(), weights.end(), stored.data());
  } else {
    transpose(weights,
              static_cast<std::size_t>(shape.n),
              static_cast<std::size_t>(shape.k),
              stored.span());
  }
  return std::make_shared<const Stored>(Stored{set, std::move(stored), shape, row_major});
}

class OpenBlasLinear final : public Linear {
 public:
  OpenBlasLinear(const OpenBlas& blas,
                 const LinearShape& shape,
                 const Route& route,
                 std::shared_ptr<const Stored> stored,
                 const std::vector<int>& cpus)
      : blas_(blas),
        vector_(is_gemv(route.operation)),
        threads_(std::max(1, static_cast<int>(cpus.size()))),
        cpus_(cpus),
        stored_(std::move(stored)),
        pool_(pin_pool(blas, cpus)) {
    const int rows = route.row_major ? shape.k : shape.n;
    const int columns = route.row_major ? shape.n : shape.k;
    gemv_ = GemvCall{route.row_major, rows, columns, rows};
    // Row-major Y (m x n) is column-major Y^T = W X^T, and X is X^T in the same way.
    gemm_ = GemmCall{route.row_major, false, shape.n, shape.m, shape.k, rows, shape.k, shape.n};
  }

  [[nodiscard]] Bytes weight_bytes() const noexcept override {
    return Bytes(sizeof(float) * stored_->weights.size());
  }

  [[nodiscard]] std::unique_ptr<Linear> clone() const override {
    FloatBuffer own(stored_->weights.size());
    std::copy_n(stored_->weights.data(), own.size(), own.data());
    std::unique_ptr<OpenBlasLinear> copy(new OpenBlasLinear(*this));
    copy->stored_ = std::make_shared<const Stored>(
        Stored{stored_->set, std::move(own), stored_->shape, stored_->row_major});
    return copy;
  }

  [[nodiscard]] std::unique_ptr<Linear> for_rows(int m) const override {
    LinearShape shape = stored_->shape;
    shape.m = m;
    const Route route = route_within(shape, stored_->row_major);
    const OpenBlas* blas = stored_->set.best_for(route.operation, route.shape_class);
    if (blas == nullptr) return nullptr;
    return std::make_unique<OpenBlasLinear>(*blas, shape, route, stored_, cpus_);
  }

  void run(const float* x, float* y) noexcept override {
    // The library's count is the process's, and another layer may have changed it. It is written
    // only then: several workers may be in the library at once, each with one thread.
    if (blas_.threads() != threads_) blas_.set_threads(threads_);
    if (vector_) {
      blas_.sgemv(gemv_, 1.0F, stored_->weights.data(), x, 0.0F, y);
    } else {
      blas_.sgemm(gemm_, 1.0F, stored_->weights.data(), x, 0.0F, y);
    }
  }

 private:
  OpenBlasLinear(const OpenBlasLinear& other)
      : blas_(other.blas_),
        vector_(other.vector_),
        threads_(other.threads_),
        cpus_(other.cpus_),
        stored_(other.stored_),
        pool_(other.pool_),
        gemv_(other.gemv_),
        gemm_(other.gemm_) {}

  OpenBlas blas_;
  bool vector_;
  int threads_;
  std::vector<int> cpus_;
  std::shared_ptr<const Stored> stored_;
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
    return std::make_unique<OpenBlasLinear>(
        blas, shape, route, store(set_, shape, route.row_major, weights), cpus);
  }

 private:
  OpenBlasSet set_;
};

}  // namespace

std::shared_ptr<const LinearBackend> openblas_linear_backend(const OpenBlasSet& set) {
  return std::make_shared<const OpenBlasBackend>(set);
}

}  // namespace perfbench
