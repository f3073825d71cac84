#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>

#include "harness/core/result/names.hpp"
#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/gemm/onednn/conversion.hpp"
#include "kernels/gemm/onednn/matmul.hpp"
#include "kernels/gemm/onednn/onednn.hpp"

namespace perfbench {
namespace {

/// 255 x 127 x k stays below 2^31.
constexpr int kLargestInt8Depth = 65536;

std::size_t elements(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

MatmulSpec spec_of(const LinearShape& shape, const std::vector<int>& cpus) {
  MatmulSpec spec;
  spec.m = shape.m;
  spec.n = shape.n;
  spec.k = shape.k;
  spec.b_transposed = true;
  spec.cpus = cpus;
  if (shape.precision == Precision::kBf16) spec.a = spec.b = dnnl_bf16;
  if (shape.precision == Precision::kInt8) {
    spec.a = dnnl_u8;
    spec.b = dnnl_s8;
    spec.c = dnnl_s32;
  }
  return spec;
}

/// fp32 as it is.
class Fp32Linear final : public Linear {
 public:
  Fp32Linear(std::shared_ptr<const OneDnnLibrary> library,
             const MatmulSpec& spec,
             std::span<const float> weights)
      : matmul_(std::make_unique<Matmul>(std::move(library), spec, dnnl_f32, weights.data())) {}
  explicit Fp32Linear(std::unique_ptr<Matmul> matmul) : matmul_(std::move(matmul)) {}

  [[nodiscard]] Bytes weight_bytes() const noexcept override { return matmul_->packed_bytes(); }
  [[nodiscard]] std::unique_ptr<Linear> for_rows(int m) const override {
    std::unique_ptr<Matmul> matmul = Matmul::for_rows(*matmul_, m);
    if (matmul == nullptr) return nullptr;
    return std::make_unique<Fp32Linear>(std::move(matmul));
  }
  void run(const float* x, float* y) noexcept override { matmul_->run(x, y); }

 private:
  std::unique_ptr<Matmul> matmul_;
};

class Bf16Linear final : public Linear {
 public:
  Bf16Linear(std::shared_ptr<const OneDnnLibrary> library,
             const MatmulSpec& spec,
             std::span<const float> weights)
      : matmul_(std::move(library), spec, dnnl_f32, weights.data()),
        inputs_(elements(spec.m, spec.k)) {}

  [[nodiscard]] Bytes weight_bytes() const noexcept override { return matmul_.packed_bytes(); }

  void run(const float* x, float* y) noexcept override {
    to_bf16({x, inputs_.size()}, inputs_);
    matmul_.run(inputs_.data(), y);
  }

 private:
  Matmul matmul_;
  std::vector<std::uint16_t> inputs_;
};

/// u8 s8 -> s32. Inputs stand around 128, so that sum((u - 128) w) = sum(u w) - 128 sum(w), and the
/// last term is known when the weights are packed.
class Int8Linear final : public Linear {
 public:
  Int8Linear(std::shared_ptr<const OneDnnLibrary> library,
             const MatmulSpec& spec,
             std::span<const float> weights)
      : m_(spec.m),
        n_(spec.n),
        k_(spec.k),
        quantised_(quantise(weights)),
        matmul_(std::move(library), spec, dnnl_s8, quantised_.data()),
        inputs_(elements(spec.m, spec.k)),
        sums_(elements(spec.m, spec.n)) {
    quantised_ = {};
  }

  [[nodiscard]] Bytes weight_bytes() const noexcept override { return matmul_.packed_bytes(); }

  void run(const float* x, float* y) noexcept override {
    const auto depth = static_cast<std::size_t>(k_);
    const auto outputs = static_cast<std::size_t>(n_);
    for (std::size_t i = 0; i < static_cast<std::size_t>(m_); ++i) {
      const std::span<const float> row(x + i * depth, depth);
      input_scales_[i] = int8_scale(row);
      to_u8(row, input_scales_[i], std::span(inputs_).subspan(i * depth, depth));
    }
    matmul_.run(inputs_.data(), sums_.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(m_); ++i) {
      for (std::size_t j = 0; j < outputs; ++j) {
        y[i * outputs + j] = static_cast<float>(sums_[i * outputs + j] - zero_sums_[j]) *
                             weight_scales_[j] * input_scales_[i];
      }
    }
  }

 private:
  std::vector<std::int8_t> quantise(std::span<const float> weights) {
    const auto depth = static_cast<std::size_t>(k_);
    std::vector<std::int8_t> quantised(weights.size());
    for (std::size_t j = 0; j < static_cast<std::size_t>(n_); ++j) {
      const std::span<const float> row = weights.subspan(j * depth, depth);
      const auto to = std::span(quantised).subspan(j * depth, depth);
      weight_scales_.push_back(int8_scale(row));
      to_s8(row, weight_scales_.back(), to);
      zero_sums_.push_back(kU8Zero * std::accumulate(to.begin(), to.end(), std::int32_t{0}));
    }
    input_scales_.resize(static_cast<std::size_t>(m_));
    return quantised;
  }

  int m_;
  int n_;
  int k_;
  std::vector<float> weight_scales_;
  std::vector<float> input_scales_;
  std::vector<std::int32_t> zero_sums_;  ///< 128 x the sum of each output's weights.
  std::vector<std::int8_t> quantised_;   ///< Only while packing.
  Matmul matmul_;
  std::vector<std::uint8_t> inputs_;
  std::vector<std::int32_t> sums_;
};

class OneDnnBackend final : public LinearBackend {
 public:
  explicit OneDnnBackend(OneDnn onednn) : onednn_(std::move(onednn)) {}

  [[nodiscard]] std::string label() const override { return onednn_.label(); }
  [[nodiscard]] std::string library() const override { return "oneDNN"; }
  [[nodiscard]] Isa isa() const noexcept override { return onednn_.facts().isa; }
  [[nodiscard]] bool has_pool() const noexcept override { return true; }

  [[nodiscard]] bool supports(const LinearShape& shape) const noexcept override {
    if (shape.m < 1 || shape.n < 1 || shape.k < 1) return false;
    if (shape.precision == Precision::kInt8 && shape.k > kLargestInt8Depth) return false;
    return onednn_has(onednn_, shape.precision);
  }

  [[nodiscard]] std::unique_ptr<Linear> make(const LinearShape& shape,
                                             std::span<const float> weights,
                                             const std::vector<int>& cpus) const override {
    CHECK(supports(shape), "make() is for shapes that supports() takes");
    CHECK(weights.size() == elements(shape.n, shape.k), "the weights are n x k");
    const MatmulSpec spec = spec_of(shape, cpus);
    switch (shape.precision) {
      case Precision::kBf16:
        return std::make_unique<Bf16Linear>(onednn_.library(), spec, weights);
      case Precision::kInt8:
        return std::make_unique<Int8Linear>(onednn_.library(), spec, weights);
      default:
        return std::make_unique<Fp32Linear>(onednn_.library(), spec, weights);
    }
  }

 private:
  OneDnn onednn_;
};

}  // namespace

std::shared_ptr<const LinearBackend> OneDnn::linear() const {
  return std::make_shared<OneDnnBackend>(*this);
}

}  // namespace perfbench
