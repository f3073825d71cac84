#include "kernels/lighthouse/model/shared_model.hpp"

#include <algorithm>
#include <cmath>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

/// Llama 3's base of the rotary positions (config.json, rope_theta).
constexpr double kRopeBase = 500000.0;
constexpr std::uint64_t kPackedRows = 16;
constexpr Bytes kAssumedCache = mib(32);
constexpr Bytes kMostEvicted = mib(256);
/// Of cold weights in a trial: more tells nothing new and takes seconds.
constexpr std::size_t kTrialNumbers = (std::size_t{64} << 20U) / sizeof(float);
constexpr std::size_t kActivationNumbers = (std::size_t{1} << 20U) / sizeof(float);

Bytes cache_or_assumed(Bytes cache) noexcept { return cache.count() > 0 ? cache : kAssumedCache; }

std::size_t largest_activation(const ModelPlan& plan) noexcept {
  std::size_t largest = plan.spec.input.elements();
  for (const LayerPlan& layer : plan.layers) largest = std::max(largest, layer.out.elements());
  return largest;
}

std::string key_of(const LayerPlan& layer, const RowPlan& rows, bool cold) {
  std::string key;
  // Cold weights are read from memory whatever their shape: one choice, made on the largest.
  if (!cold) {
    key = std::to_string(layer.out.channels) + " x " + std::to_string(layer.depth) + ", rows";
  }
  for (const std::size_t count : rows.row_counts()) key += " " + std::to_string(count);
  return key;
}

std::size_t outputs_of_trial(const LayerPlan& layer) {
  constexpr std::size_t kOutputsOfPanel = 16;
  const std::size_t most =
      std::max(kOutputsOfPanel, kTrialNumbers / layer.depth / kOutputsOfPanel * kOutputsOfPanel);
  return std::min(static_cast<std::size_t>(layer.out.channels), most);
}

const LinearChoice* find_choice(const SharedModel::Choices& choices, const std::string& key) {
  for (const auto& [name, choice] : choices) {
    if (name == key) return &choice;
  }
  return nullptr;
}

std::vector<float> rotations_of(const LayerPlan& layer) {
  const std::size_t pairs = static_cast<std::size_t>(layer.in.channels / layer.spec.heads) / 2;
  std::vector<float> rotations(layer.in.rows() * pairs * 2);
  for (std::size_t token = 0; token < layer.in.rows(); ++token) {
    for (std::size_t pair = 0; pair < pairs; ++pair) {
      const double exponent = -static_cast<double>(pair) / static_cast<double>(pairs);
      const double position =
          static_cast<double>(token + static_cast<std::size_t>(layer.spec.context));
      const double angle = position * std::pow(kRopeBase, exponent);
      rotations[2 * (token * pairs + pair)] = static_cast<float>(std::cos(angle));
      rotations[2 * (token * pairs + pair) + 1] = static_cast<float>(std::sin(angle));
    }
  }
  return rotations;
}

}  // namespace

std::size_t samples_together(const ModelPlan& plan) noexcept {
  const std::size_t largest = largest_activation(plan);
  if (plan.weights >= largest * plan.spec.max_batch) return plan.spec.max_batch;
  std::size_t group = 1;
  while (2 * group <= plan.spec.max_batch && 2 * group * largest <= kActivationNumbers) group *= 2;
  return group;
}

bool weights_beyond_cache(const ModelPlan& plan, Bytes last_level_cache) noexcept {
  return plan.weight_bytes() > cache_or_assumed(last_level_cache);
}

ModelMemory memory_of(const ModelPlan& plan) noexcept {
  const std::uint64_t samples = plan.spec.samples;
  const std::size_t slots = power_of_two_from(samples_together(plan));
  std::uint64_t forms = 0;
  std::uint64_t others = plan.weights;  // Biases, scales and depthwise kernels.
  std::uint64_t largest_matrix = 0;
  std::uint64_t columns = 0;
  std::uint64_t scores = 0;
  std::uint64_t scratch = 0;  // Of the packed layers, for 16 rows.
  for (const LayerPlan& layer : plan.layers) {
    if (layer.spec.kind == LayerKind::kAttention) {
      scores = std::max<std::uint64_t>(
          scores,
          static_cast<std::uint64_t>(layer.spec.heads / layer.spec.kv_heads) *
              (static_cast<std::uint64_t>(layer.spec.context) + layer.in.rows()));
    }
    if (!has_matrix(layer.spec.kind)) continue;
    const RowPlan rows = plan_rows(layer, slots);
    forms += layer.multiplies * (rows.row_counts().size() > 1 ? kMostForms : 1);
    others -= layer.multiplies;
    largest_matrix = std::max(largest_matrix, layer.multiplies);
    columns = std::max<std::uint64_t>(columns, rows.most_rows() * layer.depth);
    scratch += 2 * kPackedRows * rows.row_counts().size() *
               (layer.depth + static_cast<std::uint64_t>(layer.out.channels));
  }
  const BufferPlan buffers = plan_buffers(plan);
  std::uint64_t activations = plan.spec.input.elements();
  for (const std::size_t elements : buffers.elements) activations += elements;
  // While it loads, one matrix also lies there as it comes.
  const std::uint64_t shared_numbers =
      forms + largest_matrix + others +
      samples * (plan.spec.input.elements() + plan.output_elements);
  ModelMemory memory;
  memory.shared = Bytes(shared_numbers * sizeof(float)) + samples * plan.cache;
  memory.working_set = memory.shared + Bytes((activations * slots + 2 * columns + scores + scratch +
                                              plan.spec.max_batch * plan.output_elements) *
                                             sizeof(float));
  return memory;
}

BufferPlan plan_buffers(const ModelPlan& plan) {
  const std::size_t count = plan.layers.size();
  std::vector<std::size_t> last_use(count);
  for (std::size_t i = 0; i < count; ++i) {
    last_use[i] = std::max(last_use[i], i);
    for (const int input : plan.layers[i].inputs) {
      if (input != kModelInput) last_use[static_cast<std::size_t>(input)] = i;
    }
  }
  for (const int output : plan.outputs) last_use[static_cast<std::size_t>(output)] = count;

  BufferPlan buffers;
  buffers.buffer_of.resize(count);
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t wanted = plan.layers[i].out.elements();
    // The smallest that is large enough, else the largest, which grows.
    auto best = free.end();
    for (auto candidate = free.begin(); candidate != free.end(); ++candidate) {
      if (best == free.end()) {
        best = candidate;
        continue;
      }
      const std::size_t have = buffers.elements[*candidate];
      const std::size_t held = buffers.elements[*best];
      const bool better = held < wanted ? have > held : have >= wanted && have < held;
      if (better) best = candidate;
    }
    if (best == free.end()) {
      buffers.buffer_of[i] = buffers.elements.size();
      buffers.elements.push_back(wanted);
    } else {
      buffers.buffer_of[i] = *best;
      buffers.elements[*best] = std::max(buffers.elements[*best], wanted);
      free.erase(best);
    }
    for (std::size_t j = 0; j <= i; ++j) {
      if (last_use[j] == i) free.push_back(buffers.buffer_of[j]);
    }
  }
  return buffers;
}

SharedModel::SharedModel(const ModelPlan& plan,
                         const ModelOptions& options,
                         Choices& choices,
                         Clock& clock)
    : plan_(plan),
      weights_(plan_, options.seed),
      loops_(widest_element_loops(options.isas)),
      group_(samples_together(plan_)),
      parts_(plan_.layers.size()),
      inputs_(plan_.spec.samples * plan_.spec.input.elements()) {
  const Bytes cache = cache_or_assumed(options.last_level_cache);
  const bool cold = weights_beyond_cache(plan_, cache);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    fill_part(i);
    if (!has_matrix(plan_.layers[i].spec.kind)) continue;
    parts_[i].rows = plan_rows(plan_.layers[i], group_);
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return plan_.layers[a].multiplies > plan_.layers[b].multiplies;
  });
  Choices used;
  for (const std::size_t i : order) {
    const LayerPlan& layer = plan_.layers[i];
    const std::string key = key_of(layer, parts_[i].rows, cold);
    const std::vector<float> weights = matrix(i);
    if (find_choice(choices, key) == nullptr) {
      const std::size_t outputs = cold ? outputs_of_trial(layer) : layer.multiplies / layer.depth;
      LinearTrial trial;
      trial.n = static_cast<int>(outputs);
      trial.k = static_cast<int>(layer.depth);
      trial.weights = std::span(weights).subspan(0, outputs * layer.depth);
      trial.row_counts = parts_[i].rows.row_counts();
      if (cold) trial.evict = std::min(cache, kMostEvicted);
      trial.seed = options.seed;
      choices.emplace_back(key, choose_linear(options.backends, trial, clock));
    }
    const LinearChoice& choice = *find_choice(choices, key);
    if (find_choice(used, key) == nullptr) used.emplace_back(key, choice);
    parts_[i].forms = std::make_unique<LinearForms>(
        options.backends, choice, layer.out.channels, static_cast<int>(layer.depth), weights);
  }
  describe(options.backends, used);
  for (std::size_t sample = 0; sample < plan_.spec.samples; ++sample) {
    const std::size_t elements = plan_.spec.input.elements();
    weights_.input(sample, inputs_.span().subspan(sample * elements, elements));
  }
}

void SharedModel::fill_part(std::size_t index) {
  const LayerPlan& layer = plan_.layers[index];
  Part& part = parts_[index];
  const auto channels = static_cast<std::size_t>(layer.out.channels);
  const LayerKind kind = layer.spec.kind;
  const bool product = has_matrix(kind) || kind == LayerKind::kDepthwise;
  if ((product && layer.spec.bias) || kind == LayerKind::kRmsNorm) {
    part.channel_values.resize(channels);
    weights_.channel_values(index, part.channel_values);
  }
  if (kind == LayerKind::kRope) part.taps = rotations_of(layer);
  if (kind == LayerKind::kDepthwise) {
    part.taps.resize(layer.depth * channels);
    std::vector<float> row(layer.depth);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      weights_.row(index, channel, row);
      for (std::size_t tap = 0; tap < layer.depth; ++tap)
        part.taps[tap * channels + channel] = row[tap];
    }
  }
  if (kind == LayerKind::kAttention && layer.spec.context > 0) {
    part.cache_half = static_cast<std::size_t>(plan_.shape_of(layer.inputs[1]).channels) *
                      static_cast<std::size_t>(layer.spec.context);
    part.cache = FloatBuffer(plan_.spec.samples * 2 * part.cache_half);
    for (std::size_t sample = 0; sample < plan_.spec.samples; ++sample) {
      weights_.cache(index,
                     sample,
                     part.cache.span().subspan(sample * 2 * part.cache_half, 2 * part.cache_half));
    }
  }
}

std::vector<float> SharedModel::matrix(std::size_t index) const {
  const LayerPlan& layer = plan_.layers[index];
  std::vector<float> rows(layer.multiplies);
  for (std::size_t output = 0; output < static_cast<std::size_t>(layer.out.channels); ++output) {
    weights_.row(index, output, std::span(rows).subspan(output * layer.depth, layer.depth));
  }
  return rows;
}

void SharedModel::describe(const LinearBackends& backends, const Choices& used) {
  std::vector<std::size_t> counts(backends.size());
  std::size_t all = 0;
  bool one_choice = used.size() == 1;
  for (const auto& [key, choice] : used) {
    for (const RowsChoice& rows : choice.rows) {
      ++counts[rows.backend];
      ++all;
    }
  }
  for (std::size_t i = 0; i < backends.size(); ++i) {
    if (counts[i] == 0) continue;
    if (!implementation_.empty()) implementation_ += "; ";
    implementation_ += backends[i]->label();
    if (counts[i] == all) break;
    if (one_choice) {
      implementation_ += " for rows";
      for (const RowsChoice& rows : used.front().second.rows) {
        if (rows.backend == i) implementation_ += " " + std::to_string(rows.rows);
      }
    } else {
      implementation_ +=
          " in " + std::to_string(counts[i]) + " of " + std::to_string(all) + " shapes";
    }
  }
  // A library that answers wrong is a finding, not a silence.
  for (const auto& [key, choice] : used) {
    if (choice.refused.empty()) continue;
    implementation_ += "; refused: " + choice.refused.front();
    break;
  }
}

std::unique_ptr<Linear> SharedModel::make_linear(std::size_t layer, std::size_t rows) const {
  CHECK(parts_[layer].forms != nullptr, "a layer with a matrix");
  return parts_[layer].forms->make(rows);
}

const float* SharedModel::channel_values(std::size_t layer) const noexcept {
  const std::vector<float>& values = parts_[layer].channel_values;
  return values.empty() ? nullptr : values.data();
}

const float* SharedModel::input(std::size_t sample) const noexcept {
  return inputs_.data() + sample * plan_.spec.input.elements();
}

const float* SharedModel::keys(std::size_t layer, std::size_t sample) const noexcept {
  const Part& part = parts_[layer];
  return part.cache.data() + sample * 2 * part.cache_half;
}

const float* SharedModel::values(std::size_t layer, std::size_t sample) const noexcept {
  return keys(layer, sample) + parts_[layer].cache_half;
}

}  // namespace perfbench
