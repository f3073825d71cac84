#include "kernels/lighthouse/model/model_workload.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/core/units/check.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "kernels/lighthouse/checksum.hpp"
#include "kernels/lighthouse/model/model_check.hpp"
#include "kernels/lighthouse/model/model_runner.hpp"

namespace perfbench {
namespace {

/// Flop a byte below which reading takes a core longer than the arithmetic in fp32 (6 to 12 on the
/// cores of this decade).
constexpr std::uint64_t kRidge = 8;

Work work_of(const ModelPlan& plan, std::uint64_t batch) noexcept {
  const std::uint64_t numbers = plan.spec.input.elements() + plan.output_elements;
  // The least that any implementation moves: weights once a batch, each sample's own once.
  const Bytes bytes = plan.weight_bytes() + batch * (Bytes(numbers * sizeof(float)) + plan.cache);
  return {batch * plan.flops, bytes, bytes};
}

class ModelWorkload final : public Workload {
 public:
  ModelWorkload(const ModelPlan& plan,
                const ModelOptions& options,
                const std::optional<ModelPlan>& smallest,
                std::shared_ptr<ModelSlot> slot)
      : plan_(plan), options_(options), smallest_(smallest), slot_(std::move(slot)) {
    info_.name = plan.spec.name;
    info_.description = plan.spec.description;
    info_.rung = plan.spec.rung;
    info_.implementation = "chosen by load()";
    info_.precision = Precision::kFp32;
    const Work work = work_of(plan, 1);
    const bool streams = weights_beyond_cache(plan, options.last_level_cache) &&
                         work.flops.count() < kRidge * work.bytes.count();
    info_.bound_by = streams ? RoofKind::kBandwidth : RoofKind::kCompute;
    info_.threads = 1;
  }

  [[nodiscard]] const WorkloadInfo& info() const noexcept override { return info_; }
  [[nodiscard]] SampleIndex sample_count() const noexcept override { return plan_.spec.samples; }
  [[nodiscard]] std::size_t max_batch() const noexcept override { return plan_.spec.max_batch; }
  [[nodiscard]] Work work(std::size_t batch) const noexcept override {
    return work_of(plan_, batch);
  }

  void load() override {
    {
      const std::lock_guard lock(slot_->mutex);
      model_ = slot_->model.lock();
      if (model_ == nullptr) {
        SteadyClock clock;
        model_ = std::make_shared<SharedModel>(plan_, options_, slot_->choices, clock);
        slot_->model = model_;
      }
      runner_.emplace(model_);
    }
    outputs_ = FloatBuffer(plan_.spec.max_batch * plan_.output_elements);
    std::fill_n(outputs_.data(), outputs_.size(), 0.0F);
    last_batch_ = 0;
    info_.implementation = model_->implementation() +
                           (model_->implementation().empty() ? "" : "; ") +
                           "other layers own loops";
  }

  [[nodiscard]] Verification verify() override {
    CHECK(runner_.has_value(), "load() comes first");
    Verification first = verify_once();
    if (!first.passed) return first;
    const std::size_t most = plan_.spec.max_batch;
    for (const std::size_t batch : {most, std::max<std::size_t>(1, most - 1), std::size_t{1}}) {
      std::vector<SampleIndex> samples(batch);
      for (std::size_t i = 0; i < batch; ++i) samples[i] = (i * 7 + batch) % plan_.spec.samples;
      execute(samples);
      for (std::size_t slot = 0; slot < batch; ++slot) {
        if (answer_holds(slot, samples[slot])) continue;
        return {false,
                "sample " + std::to_string(samples[slot]) + " in a batch of " +
                    std::to_string(batch) + " is answered otherwise than alone"};
      }
    }
    return {true, first.detail + "; batches answer as single samples do"};
  }

  void execute(std::span<const SampleIndex> samples) override {
    const std::size_t group = runner_->group();
    for (std::size_t slot = 0; slot < samples.size(); slot += group) {
      const std::size_t count = std::min(group, samples.size() - slot);
      runner_->run(samples.subspan(slot, count), outputs_.data() + slot * plan_.output_elements);
    }
    last_batch_ = samples.size();
  }

  [[nodiscard]] bool answer_holds(std::size_t slot, SampleIndex sample) const noexcept override {
    const SharedModel::Answers& answers = model_->answers();
    if (slot >= last_batch_ || sample >= plan_.spec.samples || answers.values.size() == 0)
      return false;
    const std::size_t count = plan_.output_elements;
    const float* right = answers.values.data() + sample * count;
    const float* found = outputs_.data() + slot * count;
    const auto bound = static_cast<float>(
        kAnswerTolerance * static_cast<double>(answers.largest[static_cast<std::size_t>(sample)]));
    for (std::size_t i = 0; i < count; ++i) {
      if (!(std::abs(found[i] - right[i]) <= bound)) return false;  // NaN does not hold.
    }
    return true;
  }

  [[nodiscard]] std::uint64_t checksum() const noexcept override {
    return checksum_of<float>(outputs_.span().subspan(0, last_batch_ * plan_.output_elements));
  }

 private:
  /// What all instances need to know once.
  [[nodiscard]] Verification verify_once() {
    SharedModel::Answers& answers = model_->answers();
    const std::lock_guard lock(answers.mutex);
    if (!answers.verification) {
      Verification verification = check_layers(*model_, *runner_);
      if (verification.passed) {
        const Verification whole = verify_whole();
        verification = {whole.passed,
                        whole.passed ? verification.detail + "; " + whole.detail : whole.detail};
      }
      if (verification.passed) keep_answers(answers);
      answers.verification = verification;
    }
    return *answers.verification;
  }

  [[nodiscard]] Verification verify_whole() {
    if (plan_.flops <= kWholeReference) return check_whole(*model_, *runner_);
    if (!smallest_ || smallest_->flops > kWholeReference)
      return {true, "too large to be held against plain loops whole"};
    SharedModel::Choices choices;
    SteadyClock clock;
    const auto small = std::make_shared<SharedModel>(*smallest_, options_, choices, clock);
    ModelRunner runner(small);
    return check_whole(*small, runner);
  }

  void keep_answers(SharedModel::Answers& answers) {
    const std::size_t count = plan_.output_elements;
    FloatBuffer values(plan_.spec.samples * count);
    answers.largest.clear();
    for (SampleIndex sample = 0; sample < plan_.spec.samples; ++sample) {
      float* to = values.data() + sample * count;
      runner_->run(std::span(&sample, 1), to);
      float largest = 0.0F;
      for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(to[i]));
      answers.largest.push_back(largest);
    }
    answers.values = std::move(values);
  }

  ModelPlan plan_;
  ModelOptions options_;
  std::optional<ModelPlan> smallest_;
  std::shared_ptr<ModelSlot> slot_;
  WorkloadInfo info_;
  std::shared_ptr<SharedModel> model_;
  std::optional<ModelRunner> runner_;
  FloatBuffer outputs_;
  std::size_t last_batch_ = 0;
};

}  // namespace

WorkloadEntry model_entry(const ModelPlan& plan,
                          const ModelOptions& options,
                          const std::optional<ModelPlan>& smallest) {
  CHECK(!options.backends.empty(), "a model needs a way to multiply");
  const ModelMemory memory = memory_of(plan);
  WorkloadEntry entry;
  entry.name = plan.spec.name;
  entry.description = plan.spec.description;
  entry.working_set = memory.working_set;
  entry.shared = memory.shared;
  entry.make = [plan, options, smallest, slot = std::make_shared<ModelSlot>()]() {
    return std::unique_ptr<Workload>(
        std::make_unique<ModelWorkload>(plan, options, smallest, slot));
  };
  return entry;
}

}  // namespace perfbench
