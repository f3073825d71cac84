#include "kernels/gemm/openblas/gemm_kernel.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/openblas/pinned_pool.hpp"
#include "kernels/gemm/openblas/verify_gemm.hpp"

namespace perfbench {
namespace {

/// 12 GiB of fp32 matrices; n x n and every sum of the checks stay far below 64 bits.
constexpr int kLargest = 32768;

std::uint64_t elements_of(const GemmOptions& options) {
  const auto n = static_cast<std::uint64_t>(options.size);
  return n * n;
}

Bytes matrices_of(const GemmOptions& options, std::uint64_t matrices) {
  return Bytes(element_size(options.operation) * matrices * elements_of(options));
}

KernelInfo describe(const OpenBlas& blas, const GemmOptions& options) {
  KernelInfo info;
  const std::string n = std::to_string(options.size);
  info.name = std::string(name_of(options.operation)) + " " + n;
  info.variant = blas.label();
  info.kind = RoofKind::kCompute;
  info.is_roof = false;
  info.precision = precision_of(options.operation);
  info.isa = blas.isa();
  info.level = MemoryLevel::kNone;
  info.shape = MatrixShape{options.size, options.size, options.size};
  info.threads = std::max(1, static_cast<int>(options.cpus.size()));
  info.description = "C = A B, " + n + " x " + n + " x " + n +
                     (info.precision == Precision::kFp32 ? ", fp32" : ", fp64") +
                     ", column-major, not transposed";
  return info;
}

template <class Real>
class GemmKernel final : public Kernel {
 public:
  GemmKernel(const OpenBlas& blas, GemmOptions options)
      : blas_(blas), options_(std::move(options)), info_(describe(blas, options_)) {}

  [[nodiscard]] const KernelInfo& info() const noexcept override { return info_; }

  [[nodiscard]] Work work() const noexcept override {
    // The least that any implementation must move: A and B read, C read and written.
    const Bytes bytes = matrices_of(options_, 4);
    return Work{flops_of(*info_.shape), bytes, bytes};
  }

  [[nodiscard]] Bytes working_set() const noexcept override { return matrices_of(options_, 3); }

  void prepare() override {
    const auto elements = static_cast<std::size_t>(elements_of(options_));
    a_ = MatrixBuffer<Real>(elements);
    b_ = MatrixBuffer<Real>(elements);
    c_ = MatrixBuffer<Real>(elements);
    fill();
    pool_ = pin_pool(blas_, options_.cpus);
  }

  [[nodiscard]] Verification verify() override {
    const GemmFunction<Real> function =
        [this](const GemmCall& call, Real alpha, const Real* a, const Real* b, Real beta, Real* c) {
          gemm(blas_, call, alpha, a, b, beta, c);
        };
    blas_.set_threads(info_.threads);
    const GemmProblem<Real> problem =
        square_problem(options_.size, a_.span(), b_.span(), c_.span());
    Verification shapes = verify_gemm_shapes<Real>(function);
    if (!shapes.passed) return shapes;
    Verification product = verify_gemm_product<Real>(function, problem, options_.seed);
    fill();
    if (!product.passed) return product;
    run(1);
    Verification entries = verify_gemm_entries<Real>(problem, options_.seed);
    if (entries.passed)
      entries.detail = shapes.detail + "; " + product.detail + "; " + entries.detail;
    return entries;
  }

  void run(std::uint64_t iterations) noexcept override {
    // The library's count is the process's, and another kernel may have changed it. Some
    // nanoseconds beside milliseconds.
    blas_.set_threads(info_.threads);
    const int n = options_.size;
    const GemmCall call{false, false, n, n, n, n, n, n};
    for (std::uint64_t i = 0; i < iterations; ++i) {
      gemm(blas_, call, Real{1}, a_.data(), b_.data(), Real{0}, c_.data());
    }
  }

 private:
  void fill() {
    fill_unit(a_.span(), options_.seed);
    fill_unit(b_.span(), options_.seed + 1);
    fill_unit(c_.span(), options_.seed + 2);
  }

  OpenBlas blas_;
  GemmOptions options_;
  KernelInfo info_;
  MatrixBuffer<Real> a_;
  MatrixBuffer<Real> b_;
  MatrixBuffer<Real> c_;
  std::shared_ptr<const PinnedPool> pool_;
};

}  // namespace

Reading<KernelEntry> gemm_entry(const OpenBlasSet& set, const GemmOptions& options) {
  CHECK(!is_gemv(options.operation), "a gemm is sgemm or dgemm");
  if (options.size < 1 || options.size > kLargest) {
    throw UsageError("the size of gemm must be 1 to " + std::to_string(kLargest) + ", not " +
                     std::to_string(options.size));
  }
  const std::int64_t n = options.size;
  const OpenBlas* found = set.best_for(options.operation, class_of({n, n, n}));
  if (found == nullptr) {
    return Reading<KernelEntry>::unavailable("no core type of OpenBLAS answers right in " +
                                             std::string(name_of(options.operation)));
  }
  const OpenBlas blas = *found;
  KernelEntry entry;
  entry.info = describe(blas, options);
  entry.working_set = matrices_of(options, 3);
  entry.make = [blas, options]() -> std::unique_ptr<Kernel> {
    if (precision_of(options.operation) == Precision::kFp32)
      return std::make_unique<GemmKernel<float>>(blas, options);
    return std::make_unique<GemmKernel<double>>(blas, options);
  };
  return Reading<KernelEntry>::of(std::move(entry), blas.facts().file);
}

}  // namespace perfbench
