#pragma once

#include <cstddef>
#include <span>

#include "harness/core/result/roofline.hpp"
#include "kernels/lighthouse/model/model_spec.hpp"

namespace perfbench {

/// A window over an image of x: depthwise convolution or maximum. NHWC, one sample.
struct WindowCall {
  const float* x = nullptr;
  float* y = nullptr;
  const float* weights = nullptr;  ///< [tap][channel]; of a depthwise convolution.
  const float* bias = nullptr;     ///< [channel]
  TensorShape in;
  TensorShape out;
  int kernel_height = 1;
  int kernel_width = 1;
  int stride_height = 1;
  int stride_width = 1;
  int pad_top = 0;
  int pad_left = 0;
  Activation activation = Activation::kNone;
};

/// Causal attention of one sample. Rows are tokens.
struct AttentionCall {
  const float* q = nullptr;              ///< [token][head][channel]
  const float* k = nullptr;              ///< [token][KV head][channel]
  const float* v = nullptr;              ///< The same.
  const float* cached_keys = nullptr;    ///< [KV head][context][channel]
  const float* cached_values = nullptr;  ///< The same.
  float* y = nullptr;                    ///< As q.
  float* scores = nullptr;  ///< Room for heads / kv_heads x (context + tokens) numbers.
  std::size_t heads = 1;
  std::size_t kv_heads = 1;
  std::size_t head_channels = 1;
  std::size_t tokens = 1;
  std::size_t context = 0;
};

/// The loops of a model that are no matrix product, for one instruction set. Memory may be aligned
/// in any way; x and y may be the same but for windows and attention.
struct ElementLoops {
  Isa isa = Isa::kScalar;
  /// y = activation(y + bias); no bias where null.
  void (*bias_activate)(float* y,
                        const float* bias,
                        std::size_t rows,
                        std::size_t channels,
                        Activation activation) noexcept = nullptr;
  /// y = activation(a + b)
  void (*add)(const float* a,
              const float* b,
              float* y,
              std::size_t count,
              Activation activation) noexcept = nullptr;
  void (*multiply)(const float* a, const float* b, float* y, std::size_t count) noexcept = nullptr;
  void (*depthwise)(const WindowCall& call) noexcept = nullptr;
  void (*max_pool)(const WindowCall& call) noexcept = nullptr;
  /// Mean of the rows.
  void (*average)(const float* x,
                  float* y,
                  std::size_t rows,
                  std::size_t channels) noexcept = nullptr;
  void (*rms_norm)(const float* x,
                   const float* scale,
                   float* y,
                   std::size_t rows,
                   std::size_t channels) noexcept = nullptr;
  void (*attention)(const AttentionCall& call) noexcept = nullptr;
};

/// Added to the mean square of a norm (Llama's).
inline constexpr float kNormEpsilon = 1e-5F;

/// The loops of this build, narrowest first: kScalar (what the compiler's baseline has: SSE2, NEON)
/// always.
[[nodiscard]] std::span<const ElementLoops> element_loops() noexcept;

/// The widest of them among a machine's instruction sets.
[[nodiscard]] const ElementLoops& widest_element_loops(std::span<const Isa> isas) noexcept;

}  // namespace perfbench
