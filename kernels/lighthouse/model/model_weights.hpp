#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/lighthouse/model/model_spec.hpp"

namespace perfbench {

/// Weights, inputs and KV caches of a model, made from the seed row by row whenever they are
/// wanted: the reference needs no second copy of what a library has packed. Weights are even in
/// such a range that activations keep their size through the layers (He's rule); the model is not
/// trained, and no time depends on that.
class ModelWeights {
 public:
  ModelWeights(const ModelPlan& plan, std::uint64_t seed) : plan_(&plan), seed_(seed) {}

  /// The `depth` weights of one output, in the order kernel row, kernel column, channel.
  void row(std::size_t layer, std::size_t output, std::span<float> to) const noexcept;
  /// Biases of a product, scales of a norm; one a channel.
  void channel_values(std::size_t layer, std::span<float> to) const noexcept;
  void input(std::size_t sample, std::span<float> to) const noexcept;
  /// Keys, then values, each [KV head][token of the context][channel of the head].
  void cache(std::size_t layer, std::size_t sample, std::span<float> to) const noexcept;

 private:
  const ModelPlan* plan_;
  std::uint64_t seed_;
};

}  // namespace perfbench
