#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "harness/core/workload.hpp"
#include "kernels/lighthouse/model/shared_model.hpp"

namespace perfbench {

/// Carries one model out, layer by layer, in buffers of its own. Of one thread. Nothing is
/// allocated after the constructor.
class ModelRunner {
 public:
  /// Throws ResourceError.
  explicit ModelRunner(std::shared_ptr<const SharedModel> model);

  /// Most samples that go through the layers together.
  [[nodiscard]] std::size_t group() const noexcept { return model_->group(); }
  /// All layers for 1 to group() samples; the outputs of each go to `outputs`, one after the other.
  void run(std::span<const SampleIndex> samples, float* outputs) noexcept;

  /// The same in steps, for a check between the layers.
  void begin(std::span<const SampleIndex> samples) noexcept;
  void run_layer(std::size_t layer) noexcept;
  void finish(float* outputs) const noexcept;
  /// What a layer has written, of all samples; kModelInput: what it began with.
  [[nodiscard]] const float* output_of(int layer) const noexcept;

 private:
  struct Step {
    std::vector<std::pair<std::size_t, std::unique_ptr<Linear>>> linears;  ///< By rows.
    float* y = nullptr;
  };

  void make_linears(std::size_t layer);
  [[nodiscard]] Linear& linear(const Step& step, std::size_t rows) const noexcept;
  void run_product(std::size_t layer) noexcept;
  void run_tiles(std::size_t layer) noexcept;
  void run_groups(std::size_t layer) noexcept;
  void run_windows(std::size_t layer, bool depthwise) noexcept;
  void run_attention(std::size_t layer) noexcept;
  void run_rope(std::size_t layer) noexcept;
  void run_copies(std::size_t layer) noexcept;
  void run_upsample(std::size_t layer) noexcept;
  void run_two(std::size_t layer) noexcept;

  std::shared_ptr<const SharedModel> model_;
  std::vector<Step> steps_;
  std::vector<FloatBuffer> buffers_;
  FloatBuffer input_;
  FloatBuffer columns_;
  FloatBuffer scores_;
  std::vector<SampleIndex> samples_;
  std::size_t batch_ = 0;
};

}  // namespace perfbench
