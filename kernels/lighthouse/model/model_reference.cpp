#include "kernels/lighthouse/model/model_reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

/// Llama's, as in the loops; written out here on purpose.
constexpr double kEpsilon = 1e-5;
constexpr double kRopeBase = 500000.0;

double activated(double x, Activation activation) noexcept {
  switch (activation) {
    case Activation::kRelu:
      return std::max(0.0, x);
    case Activation::kRelu6:
      return std::clamp(x, 0.0, 6.0);
    case Activation::kSilu:
      return x / (1.0 + std::exp(-x));
    case Activation::kNone:
      break;
  }
  return x;
}

/// One layer with its inputs.
template <class Real>
class LayerReference {
 public:
  LayerReference(const ModelPlan& plan,
                 const ModelWeights& weights,
                 std::size_t index,
                 std::size_t sample,
                 std::span<const Real* const> inputs)
      : plan_(plan),
        layer_(plan.layers[index]),
        weights_(weights),
        index_(index),
        inputs_(inputs),
        channels_(static_cast<std::size_t>(layer_.in.channels)) {
    if (layer_.spec.bias || layer_.spec.kind == LayerKind::kRmsNorm) {
      of_channel_.resize(static_cast<std::size_t>(layer_.out.channels));
      weights.channel_values(index, of_channel_);
    }
    if (layer_.spec.kind == LayerKind::kAttention) {
      cache_.resize(2 * static_cast<std::size_t>(plan.shape_of(layer_.inputs[1]).channels) *
                    static_cast<std::size_t>(layer_.spec.context));
      weights.cache(index, sample, cache_);
    }
  }

  /// Chosen before the values of a channel are asked for.
  void take_channel(std::size_t channel) {
    const LayerKind kind = layer_.spec.kind;
    if (!has_matrix(kind) && kind != LayerKind::kDepthwise) return;
    row_.resize(layer_.depth);
    weights_.row(index_, channel, row_);
  }

  [[nodiscard]] ReferenceValue value(std::size_t row, std::size_t channel) {
    switch (layer_.spec.kind) {
      case LayerKind::kDense:
      case LayerKind::kConv:
        return window(row, 0, channels_, channel);
      case LayerKind::kDepthwise:
        return window(row, channel, 1, channel);
      case LayerKind::kMaxPool:
        return maximum(row, channel);
      case LayerKind::kAveragePool:
        return average(channel);
      case LayerKind::kFlatten:
        return plain(inputs_[0][channel]);
      case LayerKind::kUpsample:
        return upsampled(row, channel);
      case LayerKind::kConcat:
        return joined(row, channel);
      case LayerKind::kSlice:
        return plain(at(row, channel + static_cast<std::size_t>(layer_.spec.first)));
      case LayerKind::kAdd: {
        const double sum = at(row, channel) + other(row, channel);
        return {activated(sum, layer_.spec.activation),
                std::abs(at(row, channel)) + std::abs(other(row, channel))};
      }
      case LayerKind::kMultiply:
        return plain(at(row, channel) * other(row, channel));
      case LayerKind::kActivation:
        return {activated(at(row, channel), layer_.spec.activation), std::abs(at(row, channel))};
      case LayerKind::kRmsNorm:
        return normed(row, channel);
      case LayerKind::kRope:
        return turned(row, channel);
      case LayerKind::kAttention:
        return attended(row, channel);
    }
    CHECK(false, "a kind of layer");
  }

 private:
  [[nodiscard]] static ReferenceValue plain(double value) { return {value, std::abs(value)}; }
  [[nodiscard]] double at(std::size_t row, std::size_t channel) const {
    return static_cast<double>(inputs_[0][row * channels_ + channel]);
  }
  [[nodiscard]] double other(std::size_t row, std::size_t channel) const {
    return static_cast<double>(inputs_[1][row * channels_ + channel]);
  }

  /// Calls visit(pixel, tap) for each tap within the image.
  template <class Visit>
  void each_tap(std::size_t row, const Visit& visit) const {
    const LayerSpec& spec = layer_.spec;
    const int top = static_cast<int>(row) / layer_.out.width * spec.stride_height - layer_.pad_top;
    const int left = static_cast<int>(row) % layer_.out.width * spec.stride_width - layer_.pad_left;
    for (int i = 0; i < spec.kernel_height; ++i) {
      for (int j = 0; j < spec.kernel_width; ++j) {
        const int y = top + i;
        const int x = left + j;
        if (y < 0 || y >= layer_.in.height || x < 0 || x >= layer_.in.width) continue;
        const int pixel = y * layer_.in.width + x;
        const int tap = i * spec.kernel_width + j;
        visit(static_cast<std::size_t>(pixel), static_cast<std::size_t>(tap));
      }
    }
  }

  [[nodiscard]] ReferenceValue window(std::size_t row,
                                      std::size_t first,
                                      std::size_t count,
                                      std::size_t channel) const {
    const double bias = of_channel_.empty() ? 0.0 : static_cast<double>(of_channel_[channel]);
    // Four sums, since one waits for itself.
    constexpr std::size_t kSums = 4;
    double sums[kSums] = {bias, 0.0, 0.0, 0.0};
    double magnitudes[kSums] = {std::abs(bias), 0.0, 0.0, 0.0};
    each_tap(row, [&](std::size_t pixel, std::size_t tap) {
      const Real* x = inputs_[0] + pixel * channels_ + first;
      const float* w = row_.data() + tap * count;
      for (std::size_t i = 0; i < count; ++i) {
        const double product = static_cast<double>(x[i]) * static_cast<double>(w[i]);
        sums[i % kSums] += product;
        magnitudes[i % kSums] += std::abs(product);
      }
    });
    return {activated(std::accumulate(sums, sums + kSums, 0.0), layer_.spec.activation),
            std::accumulate(magnitudes, magnitudes + kSums, 0.0)};
  }

  [[nodiscard]] ReferenceValue maximum(std::size_t row, std::size_t channel) const {
    double most = -std::numeric_limits<double>::infinity();
    each_tap(row,
             [&](std::size_t pixel, std::size_t) { most = std::max(most, at(pixel, channel)); });
    return plain(most);
  }

  [[nodiscard]] ReferenceValue average(std::size_t channel) const {
    const std::size_t rows = layer_.in.rows();
    ReferenceValue sum;
    for (std::size_t row = 0; row < rows; ++row) {
      sum.value += at(row, channel) / static_cast<double>(rows);
      sum.magnitude += std::abs(at(row, channel)) / static_cast<double>(rows);
    }
    return sum;
  }

  [[nodiscard]] ReferenceValue upsampled(std::size_t row, std::size_t channel) const {
    const auto width = static_cast<std::size_t>(layer_.out.width);
    const std::size_t from = row / width / 2 * (width / 2) + row % width / 2;
    return plain(at(from, channel));
  }

  [[nodiscard]] ReferenceValue joined(std::size_t row, std::size_t channel) const {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const auto width = static_cast<std::size_t>(plan_.shape_of(layer_.inputs[i]).channels);
      if (channel < width) return plain(static_cast<double>(inputs_[i][row * width + channel]));
      channel -= width;
    }
    CHECK(false, "a channel of one of the inputs");
  }

  [[nodiscard]] ReferenceValue normed(std::size_t row, std::size_t channel) const {
    double squares = 0.0;
    for (std::size_t i = 0; i < channels_; ++i) squares += at(row, i) * at(row, i);
    const double mean = squares / static_cast<double>(channels_);
    return plain(at(row, channel) / std::sqrt(mean + kEpsilon) *
                 static_cast<double>(of_channel_[channel]));
  }

  [[nodiscard]] ReferenceValue turned(std::size_t row, std::size_t channel) const {
    const std::size_t width = channels_ / static_cast<std::size_t>(layer_.spec.heads);
    const std::size_t half = width / 2;
    const std::size_t within = channel % width;
    const std::size_t pair = within % half;
    const std::size_t first = channel - within + pair;
    const auto position = static_cast<double>(row + static_cast<std::size_t>(layer_.spec.context));
    const double angle =
        position * std::pow(kRopeBase, -static_cast<double>(pair) / static_cast<double>(half));
    const double a = at(row, first);
    const double b = at(row, first + half);
    const double value = within < half ? a * std::cos(angle) - b * std::sin(angle)
                                       : b * std::cos(angle) + a * std::sin(angle);
    return {value, std::abs(a) + std::abs(b)};
  }

  /// Key (which = 0) or value (1) of a token, the context's first.
  [[nodiscard]] double stored(std::size_t which,
                              std::size_t kv_head,
                              std::size_t token,
                              std::size_t i,
                              std::size_t width) const {
    const auto context = static_cast<std::size_t>(layer_.spec.context);
    const auto kv_heads = static_cast<std::size_t>(layer_.spec.kv_heads);
    if (token < context) {
      const std::size_t half = cache_.size() / 2;
      return static_cast<double>(cache_[which * half + (kv_head * context + token) * width + i]);
    }
    const std::size_t row = (token - context) * kv_heads + kv_head;
    return static_cast<double>(inputs_[1 + which][row * width + i]);
  }

  void take_shares(std::size_t row, std::size_t head, std::size_t width, std::size_t kv_head) {
    if (!shares_.empty() && row == shares_row_ && head == shares_head_) return;
    shares_row_ = row;
    shares_head_ = head;
    shares_.assign(static_cast<std::size_t>(layer_.spec.context) + row + 1, 0.0);
    for (std::size_t token = 0; token < shares_.size(); ++token) {
      for (std::size_t i = 0; i < width; ++i)
        shares_[token] += at(row, head * width + i) * stored(0, kv_head, token, i, width);
      shares_[token] /= std::sqrt(static_cast<double>(width));
    }
    const double most = *std::max_element(shares_.begin(), shares_.end());
    double sum = 0.0;
    for (double& share : shares_) sum += share = std::exp(share - most);
    for (double& share : shares_) share /= sum;
  }

  [[nodiscard]] ReferenceValue attended(std::size_t row, std::size_t channel) {
    const auto heads = static_cast<std::size_t>(layer_.spec.heads);
    const std::size_t width = channels_ / heads;
    const std::size_t head = channel / width;
    const std::size_t kv_head = head / (heads / static_cast<std::size_t>(layer_.spec.kv_heads));
    take_shares(row, head, width, kv_head);
    ReferenceValue sum;
    for (std::size_t token = 0; token < shares_.size(); ++token) {
      const double part = shares_[token] * stored(1, kv_head, token, channel % width, width);
      sum.value += part;
      sum.magnitude += std::abs(part);
    }
    return sum;
  }

  const ModelPlan& plan_;
  const LayerPlan& layer_;
  const ModelWeights& weights_;
  std::size_t index_;
  std::span<const Real* const> inputs_;
  std::size_t channels_;
  std::vector<float> row_;
  std::vector<float> of_channel_;
  std::vector<float> cache_;
  std::vector<double> shares_;
  std::size_t shares_row_ = 0;
  std::size_t shares_head_ = 0;
};

std::vector<std::size_t> all_up_to(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace

template <class Real>
std::vector<ReferenceValue> ModelReference::layer(std::size_t index,
                                                  std::size_t sample,
                                                  std::span<const Real* const> inputs,
                                                  std::span<const std::size_t> rows,
                                                  std::span<const std::size_t> channels) const {
  LayerReference<Real> reference(plan_, weights_, index, sample, inputs);
  std::vector<ReferenceValue> values(rows.size() * channels.size());
  const bool by_row = plan_.layers[index].spec.kind == LayerKind::kAttention;
  if (by_row) {  // A row's shares serve all channels of a head.
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < channels.size(); ++j)
        values[i * channels.size() + j] = reference.value(rows[i], channels[j]);
    }
    return values;
  }
  for (std::size_t j = 0; j < channels.size(); ++j) {
    reference.take_channel(channels[j]);
    for (std::size_t i = 0; i < rows.size(); ++i)
      values[i * channels.size() + j] = reference.value(rows[i], channels[j]);
  }
  return values;
}

template std::vector<ReferenceValue> ModelReference::layer<float>(
    std::size_t,
    std::size_t,
    std::span<const float* const>,
    std::span<const std::size_t>,
    std::span<const std::size_t>) const;
template std::vector<ReferenceValue> ModelReference::layer<double>(
    std::size_t,
    std::size_t,
    std::span<const double* const>,
    std::span<const std::size_t>,
    std::span<const std::size_t>) const;

std::vector<double> ModelReference::model(std::size_t sample) const {
  std::vector<float> input(plan_.spec.input.elements());
  weights_.input(sample, input);
  const std::vector<double> begin(input.begin(), input.end());
  std::vector<std::vector<double>> outputs(plan_.layers.size());
  const auto data_of = [&](int layer) {
    return layer == kModelInput ? begin.data() : outputs[static_cast<std::size_t>(layer)].data();
  };
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    const LayerPlan& layer_plan = plan_.layers[i];
    std::vector<const double*> inputs;
    for (const int source : layer_plan.inputs) inputs.push_back(data_of(source));
    const std::vector<std::size_t> rows = all_up_to(layer_plan.out.rows());
    const std::vector<std::size_t> channels =
        all_up_to(static_cast<std::size_t>(layer_plan.out.channels));
    for (const ReferenceValue& value : layer<double>(i, sample, inputs, rows, channels))
      outputs[i].push_back(value.value);
  }
  std::vector<double> result;
  for (const int output : plan_.outputs) {
    const auto& values = outputs[static_cast<std::size_t>(output)];
    result.insert(result.end(), values.begin(), values.end());
  }
  return result;
}

double error_bound(const LayerPlan& layer, const ReferenceValue& value) noexcept {
  constexpr double kUnit = 0x1p-24;
  // Sums: one rounding a term (Higham, Accuracy and Stability, 2002, 3.1). No activation has a
  // slope beyond 1.1. Exponentials, roots and divisions: their own errors, some units of the last
  // place, and those of the scores that go into an exponential.
  constexpr double kSlope = 1.1;
  constexpr double kFunctions = 64.0;
  double terms = kFunctions;
  if (layer.depth > 0) terms += kSlope * static_cast<double>(layer.depth);
  if (layer.spec.kind == LayerKind::kAveragePool) terms += static_cast<double>(layer.in.rows());
  if (layer.spec.kind == LayerKind::kRmsNorm) terms += static_cast<double>(layer.in.channels);
  if (layer.spec.kind == LayerKind::kAttention) {
    const int width = layer.in.channels / layer.spec.heads;
    terms += static_cast<double>(layer.in.rows()) + layer.spec.context + 16.0 * width;
  }
  return terms * kUnit * value.magnitude + 1e-30;
}

}  // namespace perfbench
