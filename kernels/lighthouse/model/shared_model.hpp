#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/kernel.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/lighthouse/layers/element_loops.hpp"
#include "kernels/lighthouse/model/linear_choice.hpp"
#include "kernels/lighthouse/model/model_spec.hpp"
#include "kernels/lighthouse/model/model_weights.hpp"
#include "kernels/lighthouse/model/row_plan.hpp"

namespace perfbench {

/// What a model is run with.
struct ModelOptions {
  LinearBackends backends;  ///< At least one that serves every shape (packed).
  std::vector<Isa> isas;    ///< Of the machine, for the layers that are no product.
  Bytes last_level_cache{0};
  std::uint64_t seed = 1;
};

/// Everything that the instances of one model only read: weights in their layouts, samples, KV
/// caches, and the answers that were found right. Made by the first instance under the slot's
/// mutex; immutable after that but for answers(), which have a mutex of their own.
class SharedModel {
 public:
  /// Numbers of rows and the choice for them, kept from one loading to the next.
  using Choices = std::vector<std::pair<std::string, LinearChoice>>;

  /// Makes and measures. `choices`: what is found there is not measured again. Throws
  /// ResourceError.
  SharedModel(const ModelPlan& plan, const ModelOptions& options, Choices& choices, Clock& clock);
  SharedModel(const SharedModel&) = delete;
  SharedModel& operator=(const SharedModel&) = delete;
  ~SharedModel() = default;

  [[nodiscard]] const ModelPlan& plan() const noexcept { return plan_; }
  [[nodiscard]] const ModelWeights& weights() const noexcept { return weights_; }
  [[nodiscard]] const ElementLoops& loops() const noexcept { return loops_; }
  [[nodiscard]] std::size_t group() const noexcept { return group_; }
  [[nodiscard]] const RowPlan& rows(std::size_t layer) const noexcept { return parts_[layer].rows; }
  [[nodiscard]] std::unique_ptr<Linear> make_linear(std::size_t layer, std::size_t rows) const;
  /// Biases or scales, one a channel; null where the layer has none.
  [[nodiscard]] const float* channel_values(std::size_t layer) const noexcept;
  /// [tap][channel]
  [[nodiscard]] const float* taps(std::size_t layer) const noexcept {
    return parts_[layer].taps.data();
  }
  /// Cosine and sine of each token and pair of channels: [token][pair][2].
  [[nodiscard]] const float* rotations(std::size_t layer) const noexcept {
    return parts_[layer].taps.data();
  }
  [[nodiscard]] const float* input(std::size_t sample) const noexcept;
  [[nodiscard]] const float* keys(std::size_t layer, std::size_t sample) const noexcept;
  [[nodiscard]] const float* values(std::size_t layer, std::size_t sample) const noexcept;
  /// What executes the products, in words: "packed AVX-512 (rows 1, 2), OpenBLAS .. (rows 4 to
  /// 32)".
  [[nodiscard]] const std::string& implementation() const noexcept { return implementation_; }

  /// The right answers, once they are known: [sample][output]. Written under `verified_mutex`.
  struct Answers {
    std::mutex mutex;
    std::optional<Verification> verification;
    FloatBuffer values;
    std::vector<float> largest;  ///< Magnitude of each sample's answer.
  };
  [[nodiscard]] Answers& answers() const noexcept { return answers_; }

 private:
  struct Part {
    RowPlan rows;
    std::unique_ptr<LinearForms> forms;
    std::vector<float> channel_values;
    std::vector<float> taps;
    FloatBuffer cache;  ///< [sample][keys, values]
    std::size_t cache_half = 0;
  };

  void fill_part(std::size_t layer);
  [[nodiscard]] std::vector<float> matrix(std::size_t layer) const;
  void describe(const LinearBackends& backends, const Choices& used);

  ModelPlan plan_;
  ModelWeights weights_;
  const ElementLoops& loops_;
  std::size_t group_ = 1;
  std::vector<Part> parts_;
  FloatBuffer inputs_;
  std::string implementation_;
  mutable Answers answers_;
};

/// Samples that go through the layers together: all of a batch where the weights are the larger
/// part, else as many as keep a layer's activations in a level-2 cache.
[[nodiscard]] std::size_t samples_together(const ModelPlan& plan) noexcept;

/// Whether the weights come from memory for each batch: 32 MiB are assumed where no cache is told.
[[nodiscard]] bool weights_beyond_cache(const ModelPlan& plan, Bytes last_level_cache) noexcept;

/// What one instance of the model takes at most, what is shared included, and the shared part.
struct ModelMemory {
  Bytes working_set{0};
  Bytes shared{0};
};
[[nodiscard]] ModelMemory memory_of(const ModelPlan& plan) noexcept;

/// Where each layer's output lies: buffers are used again once nobody reads them any more.
struct BufferPlan {
  std::vector<std::size_t> buffer_of;  ///< [layer]
  std::vector<std::size_t> elements;   ///< [buffer], of one sample
};
[[nodiscard]] BufferPlan plan_buffers(const ModelPlan& plan);

/// The place where the instances of one entry find what they share.
struct ModelSlot {
  std::mutex mutex;
  std::weak_ptr<SharedModel> model;
  SharedModel::Choices choices;
};

}  // namespace perfbench
