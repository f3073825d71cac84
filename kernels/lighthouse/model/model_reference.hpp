#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kernels/lighthouse/model/model_spec.hpp"
#include "kernels/lighthouse/model/model_weights.hpp"

namespace perfbench {

/// One output of a layer by plain loops in fp64, and the sum of the magnitudes that make it, which
/// its rounding errors are bounded by.
struct ReferenceValue {
  double value = 0.0;
  double magnitude = 0.0;
};

/// Plain evaluation of a model, layer by layer, one sample; shares no code with what it checks but
/// the weights' generator.
class ModelReference {
 public:
  ModelReference(const ModelPlan& plan, const ModelWeights& weights)
      : plan_(plan), weights_(weights) {}

  /// Outputs at rows x channels of one layer from its actual inputs (one pointer an input).
  /// Result: [row][channel], in the order given.
  template <class Real>
  [[nodiscard]] std::vector<ReferenceValue> layer(std::size_t index,
                                                  std::size_t sample,
                                                  std::span<const Real* const> inputs,
                                                  std::span<const std::size_t> rows,
                                                  std::span<const std::size_t> channels) const;

  /// The whole model in fp64 throughout.
  [[nodiscard]] std::vector<double> model(std::size_t sample) const;

 private:
  const ModelPlan& plan_;
  const ModelWeights& weights_;
};

/// How far fp32 in any order of summation may be from that value.
[[nodiscard]] double error_bound(const LayerPlan& layer, const ReferenceValue& value) noexcept;

}  // namespace perfbench
