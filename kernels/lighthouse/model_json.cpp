#include "kernels/lighthouse/model_json.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <initializer_list>
#include <limits>

#include "harness/core/json/cursor.hpp"
#include "harness/core/json/parse.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/lighthouse/ladder.hpp"
#include "kernels/lighthouse/model/shared_model.hpp"

namespace perfbench {
namespace {

constexpr const char* kRemedy = "see kernels/README.md for how a model is written";
constexpr Bytes kMostUnknown = gib(64);
constexpr std::size_t kDefaultBatch = 8;
/// A model's text is small.
constexpr JsonLimits kLimits{std::size_t{4} << 20U, 16, 4096, 200'000};

constexpr std::array kKinds = {LayerKind::kDense,
                               LayerKind::kConv,
                               LayerKind::kDepthwise,
                               LayerKind::kMaxPool,
                               LayerKind::kAveragePool,
                               LayerKind::kFlatten,
                               LayerKind::kUpsample,
                               LayerKind::kConcat,
                               LayerKind::kSlice,
                               LayerKind::kAdd,
                               LayerKind::kMultiply,
                               LayerKind::kActivation,
                               LayerKind::kRmsNorm,
                               LayerKind::kRope,
                               LayerKind::kAttention};
constexpr std::array kActivations = {
    Activation::kNone, Activation::kRelu, Activation::kRelu6, Activation::kSilu};

/// A misspelt member would be a default in silence.
void allow_members(const JsonCursor& object, std::initializer_list<std::string_view> names) {
  for (const std::string& key : object.keys()) {
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    object.fail("it has no member \"" + key + "\" here");
  }
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// What is shown on a terminal must not steer it.
std::string shown_text(const JsonCursor& value) {
  const std::string& text = value.as_string();
  if (std::any_of(text.begin(), text.end(), is_control)) value.fail("it holds control characters");
  return text;
}

int whole(const JsonCursor& value, std::int64_t least) {
  const std::int64_t number = value.as_int64();
  if (number < least || number > std::numeric_limits<int>::max())
    value.fail("expected a whole number from " + std::to_string(least) + " to " +
               std::to_string(std::numeric_limits<int>::max()));
  return static_cast<int>(number);
}

int whole_or(const JsonCursor& object, const char* key, std::int64_t least, int otherwise) {
  const std::optional<JsonCursor> value = object.find(key);
  return value ? whole(*value, least) : otherwise;
}

template <class Kind, std::size_t kCount>
Kind named(const JsonCursor& value, const std::array<Kind, kCount>& kinds) {
  const std::string& name = value.as_string();
  std::string names;
  for (const Kind kind : kinds) {
    if (name == name_of(kind)) return kind;
    names += std::string(names.empty() ? "" : ", ") + name_of(kind);
  }
  value.fail("\"" + name + "\" is none of " + names);
}

/// 3, or [3, 1] for height and width.
void read_pair(const JsonCursor& object, const char* key, int& height, int& width) {
  const std::optional<JsonCursor> value = object.find(key);
  if (!value) return;
  if (value->value().is_array()) {
    if (value->size() != 2) value->fail("expected one number, or two: height and width");
    height = whole(value->at(std::size_t{0}), 1);
    width = whole(value->at(std::size_t{1}), 1);
  } else {
    height = width = whole(*value, 1);
  }
}

void read_inputs(const JsonCursor& object, LayerSpec& layer) {
  const std::optional<JsonCursor> value = object.find("input");
  if (!value) return;
  if (value->value().is_array()) {
    layer.inputs = value->string_array();
  } else {
    layer.inputs = {value->as_string()};
  }
  if (layer.inputs.empty()) value->fail("an empty list of inputs");
}

LayerSpec read_layer(const JsonCursor& object) {
  allow_members(object,
                {"name",
                 "type",
                 "input",
                 "outputs",
                 "kernel",
                 "stride",
                 "padding",
                 "activation",
                 "bias",
                 "first",
                 "heads",
                 "kv_heads",
                 "context"});
  LayerSpec layer;
  layer.name = shown_text(object.at("name"));
  layer.kind = named(object.at("type"), kKinds);
  read_inputs(object, layer);
  layer.outputs = whole_or(object, "outputs", 1, 0);
  const bool takes_outputs = has_matrix(layer.kind) || layer.kind == LayerKind::kSlice;
  if (takes_outputs && layer.outputs == 0) object.fail("it needs \"outputs\"");
  if (!takes_outputs && layer.outputs != 0)
    object.fail("its number of outputs follows from its input");
  read_pair(object, "kernel", layer.kernel_height, layer.kernel_width);
  read_pair(object, "stride", layer.stride_height, layer.stride_width);
  if (const auto padding = object.find("padding")) {
    layer.same_padding = padding->as_string() == "same";
    if (!layer.same_padding && padding->as_string() != "valid")
      padding->fail("expected \"same\" or \"valid\"");
  }
  if (const auto activation = object.find("activation"))
    layer.activation = named(*activation, kActivations);
  if (const auto bias = object.find("bias")) layer.bias = bias->as_bool();
  layer.first = whole_or(object, "first", 0, 0);
  layer.heads = whole_or(object, "heads", 1, 1);
  layer.kv_heads = whole_or(object, "kv_heads", 1, layer.heads);
  layer.context = whole_or(object, "context", 0, 0);
  return layer;
}

TensorShape read_shape(const JsonCursor& object) {
  allow_members(object, {"height", "width", "tokens", "channels"});
  TensorShape shape;
  shape.channels = whole(object.at("channels"), 1);
  shape.height = whole_or(object, "height", 1, 1);
  shape.width = whole_or(object, "width", 1, 1);
  if (const auto tokens = object.find("tokens")) {
    if (object.find("height") || object.find("width"))
      object.fail("it has tokens, or height and width");
    shape.width = whole(*tokens, 1);
  }
  return shape;
}

ModelSpec read(const JsonCursor& root) {
  allow_members(root, {"name", "description", "input", "layers", "outputs", "max_batch"});
  ModelSpec spec;
  spec.name = shown_text(root.at("name"));
  if (spec.name.empty()) root.at("name").fail("a model needs a name");
  spec.input = read_shape(root.at("input"));
  for (const JsonCursor& layer : root.at("layers").elements())
    spec.layers.push_back(read_layer(layer));
  if (const auto outputs = root.find("outputs")) spec.outputs = outputs->string_array();
  const auto batch = root.find("max_batch");
  spec.max_batch = batch ? static_cast<std::size_t>(whole(*batch, 1)) : kDefaultBatch;
  if (const auto description = root.find("description"))
    spec.description = shown_text(*description);
  return spec;
}

std::string gib_text(Bytes bytes) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g GiB", static_cast<double>(bytes.count()) / 0x1p30);
  return text;
}

std::string with_file(const std::string& file, const char* sentence) {
  std::string text = "workload file " + file + ": " + sentence;
  std::replace_if(text.begin(), text.end(), is_control, '?');
  return text;
}

}  // namespace

ModelSpec read_model(const std::string& file, std::string_view text) {
  try {
    const JsonValue document = parse_json(text, kLimits);
    ModelSpec spec = read(JsonCursor(document));
    spec.rung = "file";
    const std::string size = "model of the file " + file + ", " +
                             std::to_string(spec.layers.size()) +
                             " layers; fp32, weights not trained, 1 thread";
    spec.description = spec.description.empty() ? size : spec.description + "; " + size;
    return spec;
  } catch (const InputError& error) {
    throw UsageError(with_file(file, error.what()), kRemedy);
  }
}

ModelPlan plan_model_of_file(const std::string& file, const ModelSpec& spec) {
  try {
    return plan_model(spec);
  } catch (const UsageError& error) {
    throw UsageError(with_file(file, error.what()), error.remedy());
  }
}

void check_model_memory(const std::string& file,
                        const ModelPlan& plan,
                        const Reading<Bytes>& available) {
  const Bytes needed = memory_of(plan).working_set;
  const Bytes allowed = available.available()
                            ? Bytes(static_cast<std::uint64_t>(
                                  kShareOfMemory * static_cast<double>(available.value().count())))
                            : kMostUnknown;
  if (needed <= allowed) return;
  throw UsageError(
      with_file(file,
                ("it needs " + gib_text(needed) + " of memory, and " + gib_text(allowed) +
                 " may be used" + (available.available() ? " (75 % of what is available)" : ""))
                    .c_str()),
      "choose smaller layers or a smaller max_batch");
}

}  // namespace perfbench
