#include "kernels/gemm/openblas/sgemm_kernel.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/openblas/verify_sgemm.hpp"

namespace perfbench {
namespace {

int threads_of(const SgemmOptions& options) {
  return std::max(1, static_cast<int>(options.cpus.size()));
}

std::uint64_t elements_of(const SgemmOptions& options) {
  const auto n = static_cast<std::uint64_t>(options.size);
  return n * n;
}

KernelInfo describe(const OpenBlas& blas, const SgemmOptions& options) {
  KernelInfo info;
  const std::string n = std::to_string(options.size);
  info.name = "sgemm " + n;
  info.variant = blas.label();
  info.kind = RoofKind::kCompute;
  info.is_roof = false;
  info.precision = Precision::kFp32;
  info.isa = blas.isa();
  info.level = MemoryLevel::kNone;
  info.threads = threads_of(options);
  info.description =
      "C = A B, " + n + " x " + n + " x " + n + ", fp32, column-major, not transposed";
  return info;
}

class SgemmKernel final : public Kernel {
 public:
  SgemmKernel(const OpenBlas& blas, SgemmOptions options)
      : blas_(blas), options_(std::move(options)), info_(describe(blas, options_)) {}

  [[nodiscard]] const KernelInfo& info() const noexcept override { return info_; }

  [[nodiscard]] Work work() const noexcept override {
    const std::uint64_t elements = elements_of(options_);
    const auto n = static_cast<std::uint64_t>(options_.size);
    // The least that any implementation must move: A and B read, C read and written.
    const Bytes bytes(sizeof(float) * 4 * elements);
    return Work{Flops(2 * elements * n), bytes, bytes};
  }

  [[nodiscard]] Bytes working_set() const noexcept override {
    return Bytes(sizeof(float) * 3 * elements_of(options_));
  }

  void prepare() override {
    const auto elements = static_cast<std::size_t>(elements_of(options_));
    a_ = FloatBuffer(elements);
    b_ = FloatBuffer(elements);
    c_ = FloatBuffer(elements);
    fill();
    pin_pool();
  }

  [[nodiscard]] Verification verify() override {
    const SgemmFunction sgemm = [this](const GemmCall& call,
                                       float alpha,
                                       const float* a,
                                       const float* b,
                                       float beta,
                                       float* c) { blas_.sgemm(call, alpha, a, b, beta, c); };
    blas_.set_threads(info_.threads);
    const SquareProblem problem{options_.size, a_.span(), b_.span(), c_.span()};
    Verification shapes = verify_sgemm_shapes(sgemm);
    if (!shapes.passed) return shapes;
    Verification product = verify_sgemm_product(sgemm, problem, options_.seed);
    fill();
    if (!product.passed) return product;
    run(1);
    Verification entries = verify_sgemm_entries(problem, options_.seed);
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
      blas_.sgemm(call, 1.0F, a_.data(), b_.data(), 0.0F, c_.data());
    }
  }

 private:
  void fill() {
    fill_unit(a_.span(), options_.seed);
    fill_unit(b_.span(), options_.seed + 1);
    fill_unit(c_.span(), options_.seed + 2);
  }

  /// Unpinned workers of the library may meet on one CPU, at half the speed.
  void pin_pool() {
    const int threads = info_.threads;
    if (threads < 2) return;
    if (blas_.facts().threading == "serial") {
      throw ResourceError("this OpenBLAS is the serial build, which uses one thread",
                          "apt-get install libopenblas0-pthread");
    }
    const std::vector<int> workers = blas_.raise_pool(threads);
    const std::vector<int> cpus(options_.cpus.begin() + 1, options_.cpus.end());
    pool_pins_.emplace(workers, cpus);
  }

  OpenBlas blas_;
  SgemmOptions options_;
  KernelInfo info_;
  FloatBuffer a_;
  FloatBuffer b_;
  FloatBuffer c_;
  std::optional<ScopedThreadPins> pool_pins_;
};

}  // namespace

KernelEntry sgemm_entry(const OpenBlas& blas, const SgemmOptions& options) {
  constexpr int kLargest =
      32768;  // 12 GiB of matrices; n x n and every sum of the checks stay far below 64 bits.
  if (options.size < 1 || options.size > kLargest) {
    throw UsageError("the size of sgemm must be 1 to " + std::to_string(kLargest) + ", not " +
                     std::to_string(options.size));
  }
  KernelEntry entry;
  entry.info = describe(blas, options);
  entry.working_set = Bytes(sizeof(float) * 3 * elements_of(options));
  entry.make = [blas, options]() -> std::unique_ptr<Kernel> {
    return std::make_unique<SgemmKernel>(blas, options);
  };
  return entry;
}

}  // namespace perfbench
