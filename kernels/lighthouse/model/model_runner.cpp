#include "kernels/lighthouse/model/model_runner.hpp"

#include <algorithm>

#include "harness/core/units/check.hpp"
#include "kernels/lighthouse/layers/im2col.hpp"

namespace perfbench {
namespace {

/// Pages come into being and stay finite: padded rows are multiplied too.
FloatBuffer touched(std::size_t elements) {
  FloatBuffer buffer(elements);
  std::fill_n(buffer.data(), elements, 0.0F);
  return buffer;
}

bool needs_columns(const LayerPlan& layer) noexcept {
  const LayerSpec& spec = layer.spec;
  return spec.kind == LayerKind::kConv && (spec.kernel_height > 1 || spec.kernel_width > 1 ||
                                           spec.stride_height > 1 || spec.stride_width > 1);
}

std::size_t size(int count) noexcept { return static_cast<std::size_t>(count); }

}  // namespace

ModelRunner::ModelRunner(std::shared_ptr<const SharedModel> model)
    : model_(std::move(model)), steps_(model_->plan().layers.size()), samples_(model_->group()) {
  const ModelPlan& plan = model_->plan();
  const std::size_t slots = power_of_two_from(model_->group());
  const BufferPlan buffers = plan_buffers(plan);
  for (const std::size_t elements : buffers.elements) buffers_.push_back(touched(elements * slots));
  input_ = touched(plan.spec.input.elements() * slots);
  std::size_t columns = 0;
  std::size_t scores = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const LayerPlan& layer = plan.layers[i];
    steps_[i].y = buffers_[buffers.buffer_of[i]].data();
    if (has_matrix(layer.spec.kind)) make_linears(i);
    if (needs_columns(layer))
      columns = std::max(columns, model_->rows(i).most_rows() * layer.depth);
    if (layer.spec.kind == LayerKind::kAttention) {
      scores = std::max(scores,
                        size(layer.spec.heads / layer.spec.kv_heads) *
                            (size(layer.spec.context) + layer.in.rows()));
    }
  }
  columns_ = touched(columns);
  scores_ = touched(scores);
}

void ModelRunner::make_linears(std::size_t layer) {
  for (const std::size_t rows : model_->rows(layer).row_counts()) {
    steps_[layer].linears.emplace_back(rows, model_->make_linear(layer, rows));
  }
}

Linear& ModelRunner::linear(const Step& step, std::size_t rows) const noexcept {
  for (const auto& [count, layer] : step.linears) {
    if (count == rows) return *layer;
  }
  CHECK(false, "a number of rows that was not planned");
}

const float* ModelRunner::output_of(int layer) const noexcept {
  return layer == kModelInput ? input_.data() : steps_[size(layer)].y;
}

void ModelRunner::begin(std::span<const SampleIndex> samples) noexcept {
  CHECK(!samples.empty() && samples.size() <= group(), "as many samples as buffers");
  const std::size_t elements = model_->plan().spec.input.elements();
  batch_ = samples.size();
  for (std::size_t slot = 0; slot < batch_; ++slot) {
    samples_[slot] = samples[slot];
    std::copy_n(model_->input(samples[slot]), elements, input_.data() + slot * elements);
  }
}

void ModelRunner::run(std::span<const SampleIndex> samples, float* outputs) noexcept {
  begin(samples);
  for (std::size_t i = 0; i < steps_.size(); ++i) run_layer(i);
  finish(outputs);
}

void ModelRunner::finish(float* outputs) const noexcept {
  const ModelPlan& plan = model_->plan();
  for (std::size_t slot = 0; slot < batch_; ++slot) {
    for (const int output : plan.outputs) {
      const std::size_t elements = plan.shape_of(output).elements();
      std::copy_n(output_of(output) + slot * elements, elements, outputs);
      outputs += elements;
    }
  }
}

void ModelRunner::run_layer(std::size_t index) noexcept {
  const LayerPlan& layer = model_->plan().layers[index];
  const float* x = output_of(layer.inputs.front());
  float* y = steps_[index].y;
  const ElementLoops& loops = model_->loops();
  const std::size_t rows = batch_ * layer.in.rows();
  const std::size_t channels = size(layer.in.channels);
  switch (layer.spec.kind) {
    case LayerKind::kDense:
    case LayerKind::kConv:
      return run_product(index);
    case LayerKind::kDepthwise:
      return run_windows(index, true);
    case LayerKind::kMaxPool:
      return run_windows(index, false);
    case LayerKind::kAveragePool:
      for (std::size_t slot = 0; slot < batch_; ++slot) {
        loops.average(
            x + slot * layer.in.elements(), y + slot * channels, layer.in.rows(), channels);
      }
      return;
    case LayerKind::kUpsample:
      return run_upsample(index);
    case LayerKind::kFlatten:
    case LayerKind::kConcat:
    case LayerKind::kSlice:
      return run_copies(index);
    case LayerKind::kAdd:
    case LayerKind::kMultiply:
      return run_two(index);
    case LayerKind::kActivation:
      std::copy_n(x, rows * channels, y);
      return loops.bias_activate(y, nullptr, rows, channels, layer.spec.activation);
    case LayerKind::kRmsNorm:
      return loops.rms_norm(x, model_->channel_values(index), y, rows, channels);
    case LayerKind::kRope:
      return run_rope(index);
    case LayerKind::kAttention:
      return run_attention(index);
  }
}

void ModelRunner::run_product(std::size_t index) noexcept {
  if (model_->rows(index).tile > 0) {
    run_tiles(index);
  } else {
    run_groups(index);
  }
}

void ModelRunner::run_tiles(std::size_t index) noexcept {
  const LayerPlan& layer = model_->plan().layers[index];
  const RowPlan& plan = model_->rows(index);
  const bool copies = needs_columns(layer);
  const std::size_t outputs = size(layer.out.channels);
  for (std::size_t slot = 0; slot < batch_; ++slot) {
    const float* image = output_of(layer.inputs.front()) + slot * layer.in.elements();
    float* y = steps_[index].y + slot * layer.out.elements();
    for (std::size_t first = 0; first < plan.rows; first += plan.tile) {
      const std::size_t rows = std::min(plan.tile, plan.rows - first);
      const float* x = image + first * layer.depth;
      if (copies) {
        im2col(layer, image, first, rows, columns_.data());
        x = columns_.data();
      }
      float* part = y + first * outputs;
      linear(steps_[index], rows).run(x, part);
      model_->loops().bias_activate(
          part, model_->channel_values(index), rows, outputs, layer.spec.activation);
    }
  }
}

void ModelRunner::run_groups(std::size_t index) noexcept {
  const LayerPlan& layer = model_->plan().layers[index];
  const RowPlan& plan = model_->rows(index);
  const bool copies = needs_columns(layer);
  const std::size_t outputs = size(layer.out.channels);
  const float* input = output_of(layer.inputs.front());
  for (std::size_t slot = 0; slot < batch_;) {
    const std::size_t group = plan.next_group(batch_ - slot);
    const std::size_t present = std::min(group, batch_ - slot);
    const float* x = input + slot * layer.in.elements();
    if (copies) {
      for (std::size_t i = 0; i < present; ++i) {
        im2col(layer,
               x + i * layer.in.elements(),
               0,
               plan.rows,
               columns_.data() + i * plan.rows * layer.depth);
      }
      x = columns_.data();
    }
    float* y = steps_[index].y + slot * layer.out.elements();
    linear(steps_[index], group * plan.rows).run(x, y);
    model_->loops().bias_activate(
        y, model_->channel_values(index), present * plan.rows, outputs, layer.spec.activation);
    slot += present;
  }
}

void ModelRunner::run_windows(std::size_t index, bool depthwise) noexcept {
  const LayerPlan& layer = model_->plan().layers[index];
  WindowCall call;
  call.in = layer.in;
  call.out = layer.out;
  call.kernel_height = layer.spec.kernel_height;
  call.kernel_width = layer.spec.kernel_width;
  call.stride_height = layer.spec.stride_height;
  call.stride_width = layer.spec.stride_width;
  call.pad_top = layer.pad_top;
  call.pad_left = layer.pad_left;
  call.activation = layer.spec.activation;
  call.weights = model_->taps(index);
  call.bias = model_->channel_values(index);
  for (std::size_t slot = 0; slot < batch_; ++slot) {
    call.x = output_of(layer.inputs.front()) + slot * layer.in.elements();
    call.y = steps_[index].y + slot * layer.out.elements();
    if (depthwise) {
      model_->loops().depthwise(call);
    } else {
      model_->loops().max_pool(call);
    }
  }
}

void ModelRunner::run_attention(std::size_t index) noexcept {
  const LayerPlan& layer = model_->plan().layers[index];
  const std::size_t keys = model_->plan().shape_of(layer.inputs[1]).elements();
  AttentionCall call;
  call.scores = scores_.data();
  call.heads = size(layer.spec.heads);
  call.kv_heads = size(layer.spec.kv_heads);
  call.head_channels = size(layer.in.channels / layer.spec.heads);
  call.tokens = layer.in.rows();
  call.context = size(layer.spec.context);
  for (std::size_t slot = 0; slot < batch_; ++slot) {
    call.q = output_of(layer.inputs[0]) + slot * layer.in.elements();
    call.k = output_of(layer.inputs[1]) + slot * keys;
    call.v = output_of(layer.inputs[2]) + slot * keys;
    call.cached_keys = model_->keys(index, samples_[slot]);
    call.cached_values = model_->values(index, samples_[slot]);
    call.y = steps_[index].y + slot * layer.out.elements();
    model_->loops().attention(call);
  }
}

/// Halves of a head are turned as pairs (channel i with i + half), as Llama's code does.
void ModelRunner::run_rope(std::size_t index) noexcept {
  const LayerPlan& layer = model_->plan().layers[index];
  const std::size_t heads = size(layer.spec.heads);
  const std::size_t half = size(layer.in.channels) / heads / 2;
  const float* x = output_of(layer.inputs.front());
  float* y = steps_[index].y;
  for (std::size_t slot = 0; slot < batch_; ++slot) {
    const float* rotation = model_->rotations(index);
    for (std::size_t token = 0; token < layer.in.rows(); ++token, rotation += 2 * half) {
      for (std::size_t head = 0; head < heads; ++head, x += 2 * half, y += 2 * half) {
        for (std::size_t i = 0; i < half; ++i) {
          const float cosine = rotation[2 * i];
          const float sine = rotation[2 * i + 1];
          y[i] = x[i] * cosine - x[i + half] * sine;
          y[i + half] = x[i + half] * cosine + x[i] * sine;
        }
      }
    }
  }
}

void ModelRunner::run_copies(std::size_t index) noexcept {
  const ModelPlan& plan = model_->plan();
  const LayerPlan& layer = plan.layers[index];
  const std::size_t rows = batch_ * layer.in.rows();
  if (layer.spec.kind == LayerKind::kFlatten) {
    std::copy_n(output_of(layer.inputs.front()), batch_ * layer.in.elements(), steps_[index].y);
    return;
  }
  const std::size_t width = size(layer.out.channels);
  const bool slice = layer.spec.kind == LayerKind::kSlice;
  float* y = steps_[index].y;
  for (const int input : layer.inputs) {
    const std::size_t from_width = size(plan.shape_of(input).channels);
    const std::size_t copied = slice ? width : from_width;
    const float* x = output_of(input) + (slice ? size(layer.spec.first) : 0);
    for (std::size_t row = 0; row < rows; ++row)
      std::copy_n(x + row * from_width, copied, y + row * width);
    y += copied;
  }
}

void ModelRunner::run_upsample(std::size_t index) noexcept {
  const LayerPlan& layer = model_->plan().layers[index];
  const std::size_t channels = size(layer.in.channels);
  const float* x = output_of(layer.inputs.front());
  float* y = steps_[index].y;
  for (std::size_t row = 0; row < batch_ * size(layer.in.height); ++row) {
    float* const line = y;
    for (std::size_t column = 0; column < size(layer.in.width); ++column, x += channels) {
      y = std::copy_n(x, channels, y);
      y = std::copy_n(x, channels, y);
    }
    y = std::copy_n(line, 2 * size(layer.in.width) * channels, y);
  }
}

void ModelRunner::run_two(std::size_t index) noexcept {
  const LayerPlan& layer = model_->plan().layers[index];
  const float* a = output_of(layer.inputs[0]);
  const float* b = output_of(layer.inputs[1]);
  const std::size_t count = batch_ * layer.out.elements();
  if (layer.spec.kind == LayerKind::kAdd) {
    model_->loops().add(a, b, steps_[index].y, count, layer.spec.activation);
  } else {
    model_->loops().multiply(a, b, steps_[index].y, count);
  }
}

}  // namespace perfbench
