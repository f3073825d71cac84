#include "kernels/lighthouse/gemm_workload.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "harness/core/units/check.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/openblas/verify_gemm.hpp"
#include "kernels/lighthouse/checksum.hpp"

namespace perfbench {
namespace {

constexpr int kSize = 384;
constexpr std::size_t kElements = std::size_t{kSize} * kSize;
constexpr std::size_t kSamples = 16;
constexpr std::size_t kMaxBatch = 16;
constexpr const char* kDescription =
    "Y = W X, 384 x 384 x 384, fp32, one weight matrix, 16 input matrices; fixed size, 1 thread";

class GemmWorkload final : public Workload {
 public:
  GemmWorkload(const OpenBlas& blas, std::uint64_t seed) : blas_(blas), seed_(seed) {
    info_.name = "gemm";
    info_.description = kDescription;
    info_.implementation = blas.label();
    info_.precision = Precision::kFp32;
    info_.bound_by = RoofKind::kCompute;
    info_.threads = 1;
  }

  [[nodiscard]] const WorkloadInfo& info() const noexcept override { return info_; }
  [[nodiscard]] SampleIndex sample_count() const noexcept override { return kSamples; }
  [[nodiscard]] std::size_t max_batch() const noexcept override { return kMaxBatch; }

  [[nodiscard]] Work work(std::size_t batch) const noexcept override {
    const std::uint64_t samples = batch;
    // W and X are read once, Y is read and written: the least that any implementation moves.
    const Bytes bytes(samples * 4 * kElements * sizeof(float));
    return Work{Flops(samples * 2 * kElements * kSize), bytes, bytes};
  }

  void load() override {
    weights_ = FloatBuffer(kElements);
    inputs_ = FloatBuffer(kElements * kSamples);
    outputs_ = FloatBuffer(kElements * kMaxBatch);
    fill();
    // One worker, one thread: the library's count belongs to the process, and a kernel before may
    // have raised it.
    blas_.set_threads(1);
  }

  [[nodiscard]] Verification verify() override {
    const GemmFunction<float> sgemm = [this](const GemmCall& call,
                                             float alpha,
                                             const float* a,
                                             const float* b,
                                             float beta,
                                             float* c) { blas_.sgemm(call, alpha, a, b, beta, c); };
    Verification shapes = verify_gemm_shapes<float>(sgemm);
    if (!shapes.passed) return shapes;
    Verification product = verify_gemm_product<float>(sgemm, problem(0, 0), seed_);
    fill();
    if (!product.passed) return product;
    // The samples as they will be executed, in one batch.
    std::vector<SampleIndex> all(kMaxBatch);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i % kSamples;
    execute(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      Verification entries = verify_gemm_entries<float>(problem(all[i], i), seed_ + i);
      if (!entries.passed) return entries;
    }
    return Verification{true,
                        shapes.detail + "; " + product.detail +
                            "; all samples agree with fp64 within the error bound"};
  }

  void execute(std::span<const SampleIndex> samples) noexcept override {
    constexpr GemmCall kCall{false, false, kSize, kSize, kSize, kSize, kSize, kSize};
    float* output = outputs_.data();
    for (const SampleIndex sample : samples) {
      blas_.sgemm(kCall, 1.0F, weights_.data(), inputs_.data() + sample * kElements, 0.0F, output);
      output += kElements;
    }
    last_batch_ = samples.size();
  }

  [[nodiscard]] std::uint64_t checksum() const noexcept override {
    return checksum_of<float>(outputs_.span().subspan(0, last_batch_ * kElements));
  }

 private:
  void fill() {
    fill_unit(weights_.span(), seed_);
    fill_unit(inputs_.span(), seed_ + 1);
    fill_unit(outputs_.span(), seed_ + 2);
  }

  [[nodiscard]] GemmProblem<float> problem(std::size_t sample, std::size_t slot) {
    return square_problem<float>(kSize,
                                 weights_.span(),
                                 inputs_.span().subspan(sample * kElements, kElements),
                                 outputs_.span().subspan(slot * kElements, kElements));
  }

  OpenBlas blas_;
  std::uint64_t seed_;
  WorkloadInfo info_;
  FloatBuffer weights_;
  FloatBuffer inputs_;
  FloatBuffer outputs_;
  std::size_t last_batch_ = 0;
};

}  // namespace

WorkloadEntry gemm_workload(const OpenBlas& blas, std::uint64_t seed) {
  return WorkloadEntry{"gemm",
                       kDescription,
                       Bytes((1 + kSamples + kMaxBatch) * kElements * sizeof(float)),
                       [blas, seed]() -> std::unique_ptr<Workload> {
                         return std::make_unique<GemmWorkload>(blas, seed);
                       }};
}

}  // namespace perfbench
