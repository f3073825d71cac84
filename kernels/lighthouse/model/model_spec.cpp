#include "kernels/lighthouse/model/model_spec.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

constexpr const char* kRemedy = "see kernels/README.md for how a model is written";
constexpr std::size_t kMostLayers = 4096;
constexpr std::size_t kMostInputs = 1024;
constexpr int kLargestSide = 1 << 20;
constexpr int kLargestKernel = 255;
/// Pixels or tokens of one tensor: they are counted in int.
constexpr std::size_t kMostRows = std::size_t{1} << 28U;
/// Of one tensor or one layer's weights: 32 GiB.
constexpr std::uint64_t kMostNumbers = std::uint64_t{1} << 33U;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string text_of(const TensorShape& shape) {
  return std::to_string(shape.height) + " x " + std::to_string(shape.width) + " x " +
         std::to_string(shape.channels);
}

[[noreturn]] void refuse(const LayerSpec& layer, const std::string& sentence) {
  throw UsageError("layer " + quoted(layer.name) + ": " + sentence, kRemedy);
}

void check_size(const LayerSpec& layer, const char* what, int size) {
  if (size >= 1 && size <= kLargestSide) return;
  refuse(layer,
         std::string(what) + " is " + std::to_string(size) + "; it must be 1 to " +
             std::to_string(kLargestSide));
}

void check_numbers(const LayerSpec& layer, const char* what, std::uint64_t a, std::uint64_t b) {
  if (a != 0 && b > kMostNumbers / a) {
    refuse(layer, std::string("its ") + what + " would be more than 32 GiB");
  }
}

/// Depth first: what is being visited and comes again is a circle.
class Order {
 public:
  explicit Order(const ModelSpec& spec) : spec_(spec), state_(spec.layers.size(), State::kNew) {
    for (std::size_t i = 0; i < spec.layers.size(); ++i) {
      const std::string& name = spec.layers[i].name;
      if (name.empty() || name == "input") {
        throw UsageError("layer " + std::to_string(i + 1) + ": its name is " + quoted(name) +
                             ", which no layer may have",
                         kRemedy);
      }
      if (spec.layers[i].inputs.size() > kMostInputs) {
        refuse(spec.layers[i],
               "it has " + std::to_string(spec.layers[i].inputs.size()) +
                   " inputs; a layer takes at most " + std::to_string(kMostInputs));
      }
      if (!by_name_.emplace(name, i).second) {
        throw UsageError("two layers have the name " + quoted(name), kRemedy);
      }
    }
    for (std::size_t i = 0; i < spec.layers.size(); ++i) visit(i);
  }

  [[nodiscard]] const std::vector<std::size_t>& sequence() const noexcept { return sequence_; }
  [[nodiscard]] int place_of(const std::string& name, const std::string& who) const {
    if (name == "input") return kModelInput;
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
      throw UsageError(who + " names " + quoted(name) + ", and there is no such layer", kRemedy);
    }
    return place_[found->second];
  }
  [[nodiscard]] std::vector<int> inputs_of(std::size_t layer) const {
    std::vector<int> inputs;
    for (const std::string& name : names_of(layer)) {
      inputs.push_back(place_of(name, "layer " + quoted(spec_.layers[layer].name)));
    }
    return inputs;
  }

 private:
  enum class State { kNew, kVisiting, kDone };

  /// A view: a layer is looked at once for each of its inputs.
  [[nodiscard]] std::span<const std::string> names_of(std::size_t layer) const {
    if (!spec_.layers[layer].inputs.empty()) return spec_.layers[layer].inputs;
    return {layer == 0 ? &model_input_ : &spec_.layers[layer - 1].name, 1};
  }

  void visit(std::size_t from) {
    // With a stack of its own: a file may hold thousands of layers in a row.
    std::vector<std::pair<std::size_t, std::size_t>> stack{{from, 0}};
    if (state_[from] != State::kNew) return;
    state_[from] = State::kVisiting;
    place_.resize(spec_.layers.size());
    while (!stack.empty()) {
      auto& [layer, next] = stack.back();
      const std::span<const std::string> names = names_of(layer);
      if (next == names.size()) {
        state_[layer] = State::kDone;
        place_[layer] = static_cast<int>(sequence_.size());
        sequence_.push_back(layer);
        stack.pop_back();
        continue;
      }
      const std::string& name = names[next++];
      if (name == "input") continue;
      const auto found = by_name_.find(name);
      const std::string& who = spec_.layers[layer].name;
      if (found == by_name_.end()) {
        throw UsageError(
            "layer " + quoted(who) + " names " + quoted(name) + ", and there is no such layer",
            kRemedy);
      }
      if (state_[found->second] == State::kVisiting) {
        throw UsageError("the layers go in a circle: " + quoted(who) + " needs " + quoted(name) +
                             ", which needs it",
                         kRemedy);
      }
      if (state_[found->second] == State::kNew) {
        state_[found->second] = State::kVisiting;
        stack.emplace_back(found->second, 0);
      }
    }
  }

  const ModelSpec& spec_;
  std::string model_input_ = "input";
  std::map<std::string, std::size_t> by_name_;
  std::vector<State> state_;
  std::vector<int> place_;
  std::vector<std::size_t> sequence_;
};

/// Size after a window, and the zeros before the first one.
int windows(const LayerSpec& layer, int size, int kernel, int stride, int& before) {
  before = 0;
  if (!layer.same_padding) {
    if (kernel > size) refuse(layer, "its kernel is larger than its input");
    return (size - kernel) / stride + 1;
  }
  const int count = (size + stride - 1) / stride;
  const std::int64_t span = std::int64_t{count - 1} * stride + kernel;
  before = static_cast<int>(std::max<std::int64_t>(0, span - size) / 2);
  return count;
}

void place_windows(LayerPlan& layer) {
  const LayerSpec& spec = layer.spec;
  check_size(spec, "the kernel's height", spec.kernel_height);
  check_size(spec, "the kernel's width", spec.kernel_width);
  check_size(spec, "the stride's height", spec.stride_height);
  check_size(spec, "the stride's width", spec.stride_width);
  if (spec.kernel_height > kLargestKernel || spec.kernel_width > kLargestKernel)
    refuse(spec, "a kernel's side is at most " + std::to_string(kLargestKernel));
  layer.out.height =
      windows(spec, layer.in.height, spec.kernel_height, spec.stride_height, layer.pad_top);
  layer.out.width =
      windows(spec, layer.in.width, spec.kernel_width, spec.stride_width, layer.pad_left);
}

void size_product(LayerPlan& layer, std::size_t channels_in) {
  const LayerSpec& spec = layer.spec;
  const bool each_channel = spec.kind == LayerKind::kDepthwise;
  if (!each_channel) {
    check_size(spec, "the number of outputs", spec.outputs);
    layer.out.channels = spec.outputs;
  }
  const std::size_t taps =
      static_cast<std::size_t>(spec.kernel_height) * static_cast<std::size_t>(spec.kernel_width);
  check_numbers(spec, "kernel", taps, channels_in);
  layer.depth = each_channel ? taps : taps * channels_in;
  const auto outputs = static_cast<std::uint64_t>(layer.out.channels);
  check_numbers(spec, "weights", layer.depth, outputs);
  check_numbers(spec, "output", layer.out.rows(), outputs);
  layer.multiplies = each_channel ? 0 : layer.depth * outputs;
  layer.weights = layer.depth * outputs + (spec.bias ? outputs : 0);
  layer.flops = 2 * layer.depth * layer.out.elements();
}

void plan_attention(LayerPlan& layer, const ModelPlan& plan) {
  const LayerSpec& spec = layer.spec;
  check_size(spec, "the number of heads", spec.heads);
  check_size(spec, "the number of KV heads", spec.kv_heads);
  if (spec.context < 0 || spec.context > kLargestSide)
    refuse(spec, "a context of " + std::to_string(spec.context) + " tokens cannot be");
  if (layer.in.channels % spec.heads != 0 || spec.heads % spec.kv_heads != 0)
    refuse(spec, "heads must divide the channels, and KV heads the heads");
  TensorShape keys = layer.in;
  keys.channels = layer.in.channels / spec.heads * spec.kv_heads;
  if (plan.shape_of(layer.inputs[1]) != keys || plan.shape_of(layer.inputs[2]) != keys)
    refuse(spec, "its keys and values must be " + text_of(keys));
  const std::uint64_t tokens = layer.in.rows();
  const std::uint64_t pairs =
      tokens * static_cast<std::uint64_t>(spec.context) + tokens * (tokens + 1) / 2;
  check_numbers(spec, "scores", pairs, static_cast<std::uint64_t>(layer.in.channels));
  check_numbers(spec,
                "KV cache",
                static_cast<std::uint64_t>(spec.context) + 1,
                static_cast<std::uint64_t>(keys.channels) * 2);
  layer.flops = 4 * pairs * static_cast<std::uint64_t>(layer.in.channels);
}

std::size_t inputs_wanted(LayerKind kind) noexcept {
  if (kind == LayerKind::kAttention) return 3;
  return kind == LayerKind::kAdd || kind == LayerKind::kMultiply ? 2 : 1;
}

void check_inputs(const LayerPlan& layer) {
  const LayerKind kind = layer.spec.kind;
  if (kind == LayerKind::kConcat ? layer.inputs.size() >= 2
                                 : layer.inputs.size() == inputs_wanted(kind)) {
    return;
  }
  const std::string wanted =
      kind == LayerKind::kConcat ? "two or more" : std::to_string(inputs_wanted(kind));
  refuse(layer.spec,
         std::string(name_of(kind)) + " takes " + wanted + " inputs, not " +
             std::to_string(layer.inputs.size()));
}

void join_channels(LayerPlan& layer, const ModelPlan& plan) {
  std::int64_t channels = 0;
  for (const int input : layer.inputs) {
    const TensorShape& shape = plan.shape_of(input);
    if (shape.height != layer.in.height || shape.width != layer.in.width)
      refuse(layer.spec, "its inputs differ in size: " + text_of(layer.in) + ", " + text_of(shape));
    channels += shape.channels;
  }
  if (channels > kLargestSide) refuse(layer.spec, "it would have too many channels");
  layer.out.channels = static_cast<int>(channels);
}

void plan_layer(LayerPlan& layer, const ModelPlan& plan) {
  check_inputs(layer);
  const LayerSpec& spec = layer.spec;
  layer.in = plan.shape_of(layer.inputs.front());
  layer.out = layer.in;
  const auto channels = static_cast<std::size_t>(layer.in.channels);
  switch (spec.kind) {
    case LayerKind::kDense:
      if (spec.kernel_height != 1 || spec.kernel_width != 1 || spec.stride_height != 1 ||
          spec.stride_width != 1) {
        refuse(spec, "a dense layer has no kernel and no stride");
      }
      return size_product(layer, channels);
    case LayerKind::kConv:
    case LayerKind::kDepthwise:
      place_windows(layer);
      return size_product(layer, channels);
    case LayerKind::kMaxPool:
      return place_windows(layer);
    case LayerKind::kAveragePool:
      layer.out.height = layer.out.width = 1;
      return;
    case LayerKind::kFlatten:
      if (layer.in.elements() > static_cast<std::size_t>(kLargestSide))
        refuse(spec, "it would have too many channels");
      layer.out = {1, 1, static_cast<int>(layer.in.elements())};
      return;
    case LayerKind::kUpsample:
      layer.out.height *= 2;
      layer.out.width *= 2;
      check_size(spec, "its height", layer.out.height);
      check_size(spec, "its width", layer.out.width);
      return check_numbers(spec, "output", layer.out.rows(), channels);
    case LayerKind::kConcat:
      return join_channels(layer, plan);
    case LayerKind::kSlice:
      check_size(spec, "the number of outputs", spec.outputs);
      if (spec.first < 0 || spec.first > layer.in.channels - spec.outputs)
        refuse(spec, "its channels are not all there in " + text_of(layer.in));
      layer.out.channels = spec.outputs;
      return;
    case LayerKind::kAdd:
    case LayerKind::kMultiply:
      if (plan.shape_of(layer.inputs[1]) != layer.in) {
        refuse(spec,
               "its inputs differ: " + text_of(layer.in) + " and " +
                   text_of(plan.shape_of(layer.inputs[1])));
      }
      return;
    case LayerKind::kActivation:
      return;
    case LayerKind::kRmsNorm:
      layer.weights = channels;
      return;
    case LayerKind::kRope:
      check_size(spec, "the number of heads", spec.heads);
      if (layer.in.channels % (2 * spec.heads) != 0)
        refuse(spec, "each head must have an even number of channels");
      if (spec.context < 0 || spec.context > kLargestSide)
        refuse(spec, "a context of " + std::to_string(spec.context) + " tokens cannot be");
      return;
    case LayerKind::kAttention:
      return plan_attention(layer, plan);
  }
}

}  // namespace

ModelPlan plan_model(const ModelSpec& spec) {
  if (spec.layers.empty()) throw UsageError("the model has no layer", kRemedy);
  if (spec.layers.size() > kMostLayers) {
    throw UsageError("the model has " + std::to_string(spec.layers.size()) +
                         " layers; it may have " + std::to_string(kMostLayers),
                     kRemedy);
  }
  if (spec.max_batch < 1 || spec.max_batch > 1024 || spec.samples < 1)
    throw UsageError("a model's largest batch is 1 to 1024 samples", kRemedy);
  LayerSpec input;
  input.name = "input";
  check_size(input, "the height", spec.input.height);
  check_size(input, "the width", spec.input.width);
  check_size(input, "the number of channels", spec.input.channels);
  check_numbers(input, "size", spec.input.rows(), static_cast<std::uint64_t>(spec.input.channels));

  if (spec.input.rows() > kMostRows) refuse(input, "it has too many pixels");

  const Order order(spec);
  ModelPlan plan;
  plan.spec = spec;
  for (const std::size_t index : order.sequence()) {
    LayerPlan layer;
    layer.spec = spec.layers[index];
    layer.inputs = order.inputs_of(index);
    plan_layer(layer, plan);
    if (layer.out.rows() > kMostRows) refuse(layer.spec, "it has too many pixels");
    plan.flops = plan.flops + Flops(layer.flops);
    plan.weights += layer.weights;
    if (layer.spec.kind == LayerKind::kAttention) {
      const std::size_t values = static_cast<std::size_t>(plan.shape_of(layer.inputs[1]).channels) *
                                 static_cast<std::size_t>(layer.spec.context);
      plan.cache = plan.cache + Bytes(2 * values * sizeof(float));
    }
    plan.layers.push_back(std::move(layer));
  }
  if (spec.outputs.empty()) {
    plan.outputs = {order.place_of(spec.layers.back().name, "the model")};
  } else {
    for (const std::string& name : spec.outputs)
      plan.outputs.push_back(order.place_of(name, "the list of outputs"));
  }
  for (const int output : plan.outputs) {
    if (output == kModelInput) throw UsageError("the model's input is no output of it", kRemedy);
    plan.output_elements += plan.shape_of(output).elements();
  }
  return plan;
}

const char* name_of(LayerKind kind) noexcept {
  constexpr const char* kNames[] = {"dense",
                                    "conv",
                                    "depthwise",
                                    "max_pool",
                                    "average_pool",
                                    "flatten",
                                    "upsample",
                                    "concat",
                                    "slice",
                                    "add",
                                    "multiply",
                                    "activation",
                                    "rms_norm",
                                    "rope",
                                    "attention"};
  return kNames[static_cast<std::size_t>(kind)];
}

const char* name_of(Activation activation) noexcept {
  constexpr const char* kNames[] = {"none", "relu", "relu6", "silu"};
  return kNames[static_cast<std::size_t>(activation)];
}

}  // namespace perfbench
