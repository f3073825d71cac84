#include "kernels/gemm/openblas/gemv_kernel.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/openblas/pinned_pool.hpp"
#include "kernels/gemm/openblas/verify_gemm.hpp"
#include "kernels/gemm/openblas/verify_gemv.hpp"

namespace perfbench {
namespace {

/// A matrix of 8 GiB in fp64; products of the sides stay far below 64 bits.
constexpr int kLargest = 32768;

std::size_t elements_of(const GemvOptions& options) {
  return static_cast<std::size_t>(options.n) * static_cast<std::size_t>(options.k);
}

std::size_t copies_of(const GemvOptions& options) {
  const std::size_t matrix = elements_of(options) * element_size(options.operation);
  return std::max<std::size_t>(1, (options.rotate.count() + matrix - 1) / matrix);
}

Bytes working_set_of(const GemvOptions& options) {
  const std::size_t vectors =
      static_cast<std::size_t>(options.n) + static_cast<std::size_t>(options.k);
  return Bytes(element_size(options.operation) *
               (elements_of(options) * copies_of(options) + vectors));
}

KernelInfo describe(const OpenBlas& blas, const GemvOptions& options, bool transposed) {
  KernelInfo info;
  const std::string sides = std::to_string(options.n) + "x" + std::to_string(options.k);
  info.name = std::string(name_of(options.operation)) + " " + sides;
  info.variant = blas.label();
  info.kind = RoofKind::kBandwidth;
  info.is_roof = false;
  info.precision = precision_of(options.operation);
  info.isa = blas.isa();
  info.level = MemoryLevel::kDram;
  info.shape = MatrixShape{1, options.n, options.k};
  info.threads = std::max(1, static_cast<int>(options.cpus.size()));
  const std::size_t copies = copies_of(options);
  info.description = "y = W x, " + std::to_string(options.n) + " outputs, " +
                     std::to_string(options.k) + " inputs" +
                     (info.precision == Precision::kFp32 ? ", fp32, W " : ", fp64, W ") +
                     (transposed ? "row-major" : "column-major") + ", " + std::to_string(copies) +
                     (copies == 1 ? " copy" : " copies in turn");
  info.may_hold_cache_hits = !options.beyond_caches;
  return info;
}

template <class Real>
class GemvKernel final : public Kernel {
 public:
  GemvKernel(const OpenBlas& blas, GemvOptions options, bool transposed)
      : blas_(blas),
        options_(std::move(options)),
        transposed_(transposed),
        info_(describe(blas, options_, transposed)),
        call_{transposed,
              transposed ? options_.k : options_.n,
              transposed ? options_.n : options_.k,
              transposed ? options_.k : options_.n} {}

  [[nodiscard]] const KernelInfo& info() const noexcept override { return info_; }

  [[nodiscard]] Work work() const noexcept override {
    const std::size_t vectors =
        static_cast<std::size_t>(options_.n) + static_cast<std::size_t>(options_.k);
    const Bytes bytes(sizeof(Real) * (elements_of(options_) + vectors));
    return Work{flops_of(*info_.shape), bytes, bytes};
  }

  [[nodiscard]] Bytes working_set() const noexcept override { return working_set_of(options_); }

  void prepare() override {
    weights_ = MatrixBuffer<Real>(elements_of(options_) * copies_of(options_));
    x_ = MatrixBuffer<Real>(static_cast<std::size_t>(options_.k));
    y_ = MatrixBuffer<Real>(static_cast<std::size_t>(options_.n));
    fill(weights_.size());
    pool_ = pin_pool(blas_, options_.cpus);
  }

  [[nodiscard]] Verification verify() override {
    const GemvFunction<Real> function =
        [this](const GemvCall& call, Real alpha, const Real* a, const Real* x, Real beta, Real* y) {
          gemv(blas_, call, alpha, a, x, beta, y);
        };
    blas_.set_threads(info_.threads);
    Verification shapes = verify_gemv_shapes<Real>(function);
    if (!shapes.passed) return shapes;
    const GemvProblem<Real> problem{
        call_, weights_.span().first(elements_of(options_)), x_.span(), y_.span()};
    Verification product = verify_gemv_product<Real>(function, problem, options_.seed);
    fill(elements_of(options_));  // What that wrote: the first copy.
    if (!product.passed) return product;
    return verify_copies(shapes.detail + "; " + product.detail);
  }

  void run(std::uint64_t iterations) noexcept override {
    blas_.set_threads(info_.threads);  // As in GemmKernel.
    const std::size_t elements = elements_of(options_);
    for (std::uint64_t i = 0; i < iterations; ++i) {
      multiply(next_);
      next_ += elements;
      if (next_ == weights_.size()) next_ = 0;
    }
  }

 private:
  /// The first `elements` of the weights, x and y.
  void fill(std::size_t elements) {
    fill_unit(weights_.span().first(elements), options_.seed);
    fill_unit(x_.span(), options_.seed + 1);
    fill_unit(y_.span(), options_.seed + 2);
  }

  void multiply(std::size_t at) noexcept {
    gemv(blas_, call_, Real{1}, weights_.data() + at, x_.data(), Real{0}, y_.data());
  }

  /// Each copy as it will be timed.
  Verification verify_copies(std::string details) {
    const std::size_t elements = elements_of(options_);
    const GemmCall as_gemm = tight_gemm_call(transposed_, options_.n, 1, options_.k);
    for (std::size_t at = 0; at < weights_.size(); at += elements) {
      multiply(at);
      const GemmProblem<Real> problem{
          as_gemm, weights_.span().subspan(at, elements), x_.span(), y_.span()};
      Verification entries = verify_gemm_entries<Real>(problem, options_.seed);
      if (!entries.passed) return entries;
    }
    return Verification{true, std::move(details) + "; every copy agrees with wider arithmetic"};
  }

  OpenBlas blas_;
  GemvOptions options_;
  bool transposed_;
  KernelInfo info_;
  GemvCall call_;
  MatrixBuffer<Real> weights_;
  MatrixBuffer<Real> x_;
  MatrixBuffer<Real> y_;
  std::size_t next_ = 0;  ///< Element at which the next copy begins.
  std::shared_ptr<const PinnedPool> pool_;
};

}  // namespace

Reading<KernelEntry> gemv_entry(const OpenBlasSet& set, const GemvOptions& options) {
  CHECK(is_gemv(options.operation), "a gemv is sgemv or dgemv");
  for (const int side : {options.n, options.k}) {
    if (side < 1 || side > kLargest) {
      throw UsageError("the sides of gemv must be 1 to " + std::to_string(kLargest) + ", not " +
                       std::to_string(side));
    }
  }
  const bool transposed = set.prefers_transposed(options.operation);
  const OpenBlas* found = set.best_for(
      options.operation, transposed ? GemmClass::kVectorTransposed : GemmClass::kVector);
  if (found == nullptr) {
    return Reading<KernelEntry>::unavailable("no core type of OpenBLAS answers right in " +
                                             std::string(name_of(options.operation)));
  }
  const OpenBlas blas = *found;
  KernelEntry entry;
  entry.info = describe(blas, options, transposed);
  entry.working_set = working_set_of(options);
  entry.make = [blas, options, transposed]() -> std::unique_ptr<Kernel> {
    if (precision_of(options.operation) == Precision::kFp32)
      return std::make_unique<GemvKernel<float>>(blas, options, transposed);
    return std::make_unique<GemvKernel<double>>(blas, options, transposed);
  };
  return Reading<KernelEntry>::of(std::move(entry), blas.facts().file);
}

}  // namespace perfbench
