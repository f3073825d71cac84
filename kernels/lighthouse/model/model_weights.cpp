#include "kernels/lighthouse/model/model_weights.hpp"

#include <cmath>

#include "harness/core/plan/random.hpp"
#include "kernels/gemm/matrix/matrix.hpp"

namespace perfbench {
namespace {

/// Streams of one seed.
constexpr std::uint64_t kRows = std::uint64_t{1} << 48U;
constexpr std::uint64_t kChannels = std::uint64_t{2} << 48U;
constexpr std::uint64_t kInputs = std::uint64_t{3} << 48U;
constexpr std::uint64_t kCaches = std::uint64_t{4} << 48U;
/// Of the biases beside activations near 1; of a norm's scales around 1.
constexpr float kSmall = 0.125F;
/// Even numbers in [-a, a) have a variance of a^2 / 3.
constexpr double kVarianceOfUnit = 1.0 / 3.0;

/// 1 over the mean square that the activation leaves of a normal number.
double gain_of(Activation activation) noexcept {
  switch (activation) {
    case Activation::kRelu:
    case Activation::kRelu6:
      return 2.0;
    case Activation::kSilu:
      return 2.8;
    case Activation::kNone:
      break;
  }
  return 1.0;
}

void fill_scaled(std::span<float> to, std::uint64_t seed, float scale) noexcept {
  ValueStream stream(seed);
  for (float& value : to) value = stream.unit() * scale;
}

}  // namespace

void ModelWeights::row(std::size_t layer, std::size_t output, std::span<float> to) const noexcept {
  const LayerPlan& plan = plan_->layers[layer];
  const double variance = gain_of(plan.spec.activation) / static_cast<double>(plan.depth);
  const auto scale = static_cast<float>(std::sqrt(variance / kVarianceOfUnit));
  fill_scaled(to, derive_seed(seed_, kRows + (layer << 32U) + output), scale);
}

void ModelWeights::channel_values(std::size_t layer, std::span<float> to) const noexcept {
  fill_scaled(to, derive_seed(seed_, kChannels + layer), kSmall);
  if (plan_->layers[layer].spec.kind != LayerKind::kRmsNorm) return;
  for (float& value : to) value += 1.0F;
}

void ModelWeights::input(std::size_t sample, std::span<float> to) const noexcept {
  fill_unit(to, derive_seed(seed_, kInputs + sample));
}

void ModelWeights::cache(std::size_t layer,
                         std::size_t sample,
                         std::span<float> to) const noexcept {
  fill_unit(to, derive_seed(seed_, kCaches + (layer << 32U) + sample));
}

}  // namespace perfbench
