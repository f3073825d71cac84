#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Rows of channels: an image is height x width pixels, a sequence 1 x tokens. Channels lie
/// together (NHWC).
struct TensorShape {
  int height = 1;
  int width = 1;
  int channels = 1;
  [[nodiscard]] std::size_t rows() const noexcept {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  }
  [[nodiscard]] std::size_t elements() const noexcept {
    return rows() * static_cast<std::size_t>(channels);
  }
  friend bool operator==(const TensorShape&, const TensorShape&) = default;
};

enum class LayerKind {
  kDense,        ///< Each row times the same weights; on an image the 1 x 1 convolution.
  kConv,         ///< im2col, then the same product.
  kDepthwise,    ///< One kernel a channel.
  kMaxPool,      ///< Same size of kernel and stride as a convolution.
  kAveragePool,  ///< Over all rows: one row is left.
  kFlatten,      ///< All rows become one.
  kUpsample,     ///< Each pixel becomes 2 x 2.
  kConcat,       ///< Channels of all inputs.
  kSlice,        ///< Channels `first` on, `outputs` of them.
  kAdd,          ///< Of two inputs of one shape.
  kMultiply,     ///< The same.
  kActivation,
  kRmsNorm,   ///< Each row over its root mean square, times a scale a channel.
  kRope,      ///< Rotary position of each head.
  kAttention  ///< Inputs q, k, v; causal, after `context` tokens of the sample's own KV cache.
};

enum class Activation { kNone, kRelu, kRelu6, kSilu };

/// One layer. What a kind does not use is left as it is.
struct LayerSpec {
  std::string name;
  LayerKind kind = LayerKind::kDense;
  /// Names of layers, or "input"; none: the layer before.
  std::vector<std::string> inputs;
  int outputs = 0;  ///< Channels of a dense layer, convolution or slice.
  int kernel_height = 1;
  int kernel_width = 1;
  int stride_height = 1;
  int stride_width = 1;
  bool same_padding = true;  ///< Zeros around, so that the size is divided by the stride alone.
  /// Of dense, convolution, depthwise and add, in the same pass.
  Activation activation = Activation::kNone;
  bool bias = true;  ///< Where batch norm is folded away: its shift; its scale is in the weights.
  int first = 0;     ///< Of a slice.
  int heads = 0;
  int kv_heads = 0;
  int context = 0;
};

/// A model as it is asked for.
struct ModelSpec {
  std::string name;
  std::string rung;
  std::string description;
  TensorShape input;
  std::vector<LayerSpec> layers;
  std::vector<std::string> outputs;  ///< Names; none: the last layer.
  std::size_t max_batch = 1;
  std::size_t samples = 16;
};

/// A layer with everything that follows from the shapes.
struct LayerPlan {
  LayerSpec spec;
  std::vector<int> inputs;  ///< Indices into ModelPlan::layers; kModelInput for the input.
  TensorShape in;           ///< Of the first input.
  TensorShape out;
  int pad_top = 0;
  int pad_left = 0;
  std::size_t depth = 0;  ///< k of the product: inputs of one output of a dense layer, convolution
                          ///< or depthwise convolution.
  std::uint64_t flops = 0;       ///< Of one sample; multiplications and additions of products.
  std::uint64_t weights = 0;     ///< Numbers, biases and scales included.
  std::uint64_t multiplies = 0;  ///< Numbers of the matrix of a dense layer or convolution.
};
inline constexpr int kModelInput = -1;

/// A model in the order of execution, each layer after its inputs.
struct ModelPlan {
  ModelSpec spec;
  std::vector<LayerPlan> layers;
  std::vector<int> outputs;
  Flops flops{0};             ///< Of one sample.
  std::uint64_t weights = 0;  ///< Numbers.
  Bytes cache{0};             ///< KV cache of one sample.
  std::size_t output_elements = 0;

  [[nodiscard]] Bytes weight_bytes() const noexcept { return Bytes(sizeof(float) * weights); }
  [[nodiscard]] const TensorShape& shape_of(int layer) const noexcept {
    return layer == kModelInput ? spec.input : layers[static_cast<std::size_t>(layer)].out;
  }
};

/// Orders the layers and works the shapes out. Flops are 2 for each multiply-accumulate of dense
/// layers, convolutions and attention; nothing else is counted, as in the published figures.
/// Throws UsageError: no layer, a name twice, an unknown one or a circle, shapes that do not meet,
/// a size below 1 or beyond what can be addressed.
[[nodiscard]] ModelPlan plan_model(const ModelSpec& spec);

/// "dense", "conv", "depthwise" ..: as a JSON workload spells them.
[[nodiscard]] const char* name_of(LayerKind kind) noexcept;
[[nodiscard]] const char* name_of(Activation activation) noexcept;

[[nodiscard]] constexpr bool has_matrix(LayerKind kind) noexcept {
  return kind == LayerKind::kDense || kind == LayerKind::kConv;
}

}  // namespace perfbench
