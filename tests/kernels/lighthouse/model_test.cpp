#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "kernels/lighthouse/model/model_reference.hpp"
#include "kernels/lighthouse/model/model_runner.hpp"
#include "kernels/lighthouse/models/models.hpp"
#include "tests/kernels/lighthouse/model_support.hpp"

namespace perfbench {
namespace {

ModelSpec named(ModelSpec spec, std::size_t max_batch) {
  spec.name = "model";
  spec.max_batch = max_batch;
  spec.samples = 8;
  return spec;
}

std::vector<ModelSpec> small_models() {
  return {test::odd_model(),
          named(llama_model({512, 1, 1, 9}), 6),
          named(llama_model({512, 1, 5, 0}), 3),
          named(mobilenet_model(32, 0.35), 3),
          named(detector_model(32), 2),
          named(ds_cnn_model('S'), 5)};
}

std::shared_ptr<const SharedModel> shared_of(const ModelSpec& spec, const ModelOptions& options) {
  SharedModel::Choices choices;
  SteadyClock clock;
  return std::make_shared<const SharedModel>(plan_model(spec), options, choices, clock);
}

std::vector<float> run(ModelRunner& runner,
                       std::size_t elements,
                       std::vector<SampleIndex> samples) {
  std::vector<float> outputs(samples.size() * elements);
  runner.run(samples, outputs.data());
  return outputs;
}

TEST(Model, EveryModelVerifiesWholeAndInBatches) {
  for (const ModelSpec& spec : small_models()) {
    const WorkloadEntry entry = model_entry(plan_model(spec), test::packed_options());
    const std::unique_ptr<Workload> model = entry.make();
    model->load();
    const Verification verification = model->verify();
    EXPECT_TRUE(verification.passed) << spec.layers.front().name << ": " << verification.detail;
    EXPECT_NE(verification.detail.find("agrees with fp64"), std::string::npos);
  }
}

TEST(Model, EveryInstructionSetGivesTheSameModel) {
  for (const ElementLoops& loops : element_loops()) {
    if (!test::host_has(loops.isa)) continue;
    ModelOptions options = test::packed_options();
    options.isas = {loops.isa};
    for (const ModelSpec& spec : small_models()) {
      const std::unique_ptr<Workload> model = model_entry(plan_model(spec), options).make();
      model->load();
      const Verification verification = model->verify();
      EXPECT_TRUE(verification.passed) << static_cast<int>(loops.isa) << ' ' << verification.detail;
    }
  }
}

TEST(Model, ABatchIsAsManySingleSamples) {
  for (const ModelSpec& spec : small_models()) {
    const auto model = shared_of(spec, test::packed_options());
    const std::size_t elements = model->plan().output_elements;
    ModelRunner runner(model);
    std::vector<SampleIndex> samples;
    for (std::size_t i = 0; i < runner.group(); ++i) samples.push_back((3 * i + 1) % 8);
    const std::vector<float> together = run(runner, elements, samples);
    for (std::size_t slot = 0; slot < samples.size(); ++slot) {
      const std::vector<float> alone = run(runner, elements, {samples[slot]});
      for (std::size_t i = 0; i < elements; ++i) {
        ASSERT_NEAR(alone[i], together[slot * elements + i], 1e-3F)
            << spec.layers.front().name << " slot " << slot << " output " << i;
      }
    }
  }
}

TEST(Model, TheOutputComesFromTheInputThroughEveryLayer) {
  for (const ModelSpec& spec : small_models()) {
    const auto model = shared_of(spec, test::packed_options());
    const std::size_t elements = model->plan().output_elements;
    ModelRunner runner(model);
    const std::vector<float> first = run(runner, elements, {0});
    EXPECT_EQ(run(runner, elements, {0}), first);
    EXPECT_NE(run(runner, elements, {1}), first);
    // A layer that is not carried out leaves what another sample put there.
    const SampleIndex samples[] = {0};
    for (std::size_t skipped = 0; skipped < model->plan().layers.size(); ++skipped) {
      const std::vector<float> other = run(runner, elements, {1});
      std::vector<float> found(elements);
      runner.begin(samples);
      for (std::size_t i = 0; i < model->plan().layers.size(); ++i) {
        if (i != skipped) runner.run_layer(i);
      }
      runner.finish(found.data());
      EXPECT_NE(found, first) << "without " << model->plan().layers[skipped].spec.name;
    }
  }
}

TEST(Model, TheTokensBeforeCount) {
  const auto answer = [](int context) {
    const auto model =
        shared_of(named(llama_model({512, 1, 1, context}), 1), test::packed_options());
    ModelRunner runner(model);
    return run(runner, 512, {2});
  };
  EXPECT_NE(answer(4), answer(5));
}

TEST(Model, NoticesADamagedAnswer) {
  const auto damage = std::make_shared<test::DamagedBackend::Damage>();
  ModelOptions options = test::packed_options();
  options.backends = {std::make_shared<test::DamagedBackend>(damage)};
  const ModelSpec spec = named(mobilenet_model(32, 0.35), 3);
  const std::unique_ptr<Workload> model = model_entry(plan_model(spec), options).make();
  model->load();
  ASSERT_TRUE(model->verify().passed);
  const std::vector<SampleIndex> samples{4, 5, 6};
  model->execute(samples);
  for (std::size_t slot = 0; slot < samples.size(); ++slot)
    EXPECT_TRUE(model->answer_holds(slot, samples[slot]));
  EXPECT_FALSE(model->answer_holds(0, 5)) << "the answer of another sample";
  EXPECT_FALSE(model->answer_holds(3, 4)) << "no such slot in the last batch";

  // One number of one layer in the middle (24 -> 144 of block 3), as a damaged weight would do.
  *damage = [](const LinearShape& shape, float* y) {
    if (shape.k == 32 && shape.n == 192) y[7] += 1.0F;
  };
  model->execute(samples);
  EXPECT_FALSE(model->answer_holds(0, 4));
  *damage = [](const LinearShape&, float* y) { y[0] = std::nanf(""); };
  model->execute(samples);
  EXPECT_FALSE(model->answer_holds(0, 4));
  *damage = nullptr;
  model->execute(samples);
  EXPECT_TRUE(model->answer_holds(0, 4));
}

TEST(Model, IsNotVerifiedWithDamage) {
  const auto damage = std::make_shared<test::DamagedBackend::Damage>();
  ModelOptions options = test::packed_options();
  options.backends = {std::make_shared<test::DamagedBackend>(damage)};
  const std::unique_ptr<Workload> model =
      model_entry(plan_model(named(ds_cnn_model('S'), 2)), options).make();
  model->load();
  *damage = [](const LinearShape& shape, float* y) {
    if (shape.n == 12) y[0] *= 1.001F;
  };
  const Verification verification = model->verify();
  EXPECT_FALSE(verification.passed);
  EXPECT_NE(verification.detail.find("words"), std::string::npos) << verification.detail;
}

TEST(Model, ABackendThatAnswersWrongIsNotChosen) {
  const auto damage = std::make_shared<test::DamagedBackend::Damage>(
      [](const LinearShape& shape, float* y) { y[shape.n - 1] += 0.01F; });
  ModelOptions options = test::packed_options();
  options.backends.insert(options.backends.begin(), std::make_shared<test::DamagedBackend>(damage));
  const std::unique_ptr<Workload> model =
      model_entry(plan_model(named(ds_cnn_model('S'), 2)), options).make();
  model->load();
  // Not among what is used, and named as refused.
  const std::string& words = model->info().implementation;
  const std::size_t refused = words.find("; refused: ");
  ASSERT_NE(refused, std::string::npos) << words;
  EXPECT_EQ(words.substr(0, refused).find("damaged"), std::string::npos) << words;
  EXPECT_NE(words.find("damaged", refused), std::string::npos) << words;
  EXPECT_TRUE(model->verify().passed);
  options.backends.pop_back();
  const std::unique_ptr<Workload> wrong =
      model_entry(plan_model(named(ds_cnn_model('S'), 2)), options).make();
  EXPECT_THROW(wrong->load(), ResourceError);
}

TEST(Model, InstancesShareTheWeightsAndAgree) {
  const WorkloadEntry entry =
      model_entry(plan_model(named(llama_model({512, 1, 1, 16}), 4)), test::packed_options());
  EXPECT_GT(entry.shared, Bytes(0));
  EXPECT_GT(entry.working_set, entry.shared);
  std::vector<std::uint64_t> checksums(2);
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<Workload>> models;
  models.push_back(entry.make());
  models.push_back(entry.make());
  for (std::size_t i = 0; i < models.size(); ++i) {
    threads.emplace_back([&, i] {
      models[i]->load();
      EXPECT_TRUE(models[i]->verify().passed);
      const std::vector<SampleIndex> samples{1, 2, 3};
      models[i]->execute(samples);
      checksums[i] = models[i]->checksum();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(checksums[0], checksums[1]);
  EXPECT_EQ(models[0]->info().implementation, models[1]->info().implementation);
}

TEST(Model, WorkCountsWeightsOnceABatch) {
  ModelOptions options = test::packed_options();
  options.last_level_cache = mib(1);
  const WorkloadEntry entry =
      model_entry(plan_model(named(llama_model({512, 1, 1, 16}), 4)), options);
  const std::unique_ptr<Workload> model = entry.make();
  EXPECT_EQ(model->work(4).flops, 4 * model->work(1).flops);
  EXPECT_LT(model->work(4).bytes, 2 * model->work(1).bytes);
  EXPECT_EQ(model->info().bound_by, RoofKind::kBandwidth);
  const WorkloadEntry image = model_entry(plan_model(named(detector_model(96), 1)), options);
  EXPECT_EQ(image.make()->info().bound_by, RoofKind::kCompute);
}

TEST(Buffers, AreUsedAgainButNeverWhileRead) {
  for (const ModelSpec& spec : small_models()) {
    const ModelPlan plan = plan_model(spec);
    const BufferPlan buffers = plan_buffers(plan);
    EXPECT_LT(buffers.elements.size(), plan.layers.size());
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      EXPECT_GE(buffers.elements[buffers.buffer_of[i]], plan.layers[i].out.elements());
      for (const int input : plan.layers[i].inputs) {
        if (input == kModelInput) continue;
        // Nobody wrote into the buffer between the layer and its reader.
        for (std::size_t j = static_cast<std::size_t>(input) + 1; j <= i; ++j) {
          EXPECT_NE(buffers.buffer_of[j], buffers.buffer_of[static_cast<std::size_t>(input)]);
        }
      }
    }
  }
}

TEST(Rows, FewSamplesGoTogetherAndManyRowsAreCut) {
  const ModelPlan decode = plan_model(named(llama_model({512, 1, 1, 0}), 24));
  const RowPlan one = plan_rows(decode.layers[1], 24);
  EXPECT_TRUE(one.padded);
  EXPECT_EQ(one.row_counts(), (std::vector<std::size_t>{1, 2, 4, 8, 16, 32}));
  EXPECT_EQ(one.next_group(5), 8U);
  EXPECT_EQ(one.next_group(24), 32U);
  const ModelPlan image = plan_model(named(detector_model(128), 8));
  const RowPlan many = plan_rows(image.layers[0], 8);
  EXPECT_GT(many.tile, 0U);
  EXPECT_EQ((many.rows - many.tail) % many.tile, 0U);
  const RowPlan few = plan_rows(image.layers[image.layers.size() - 1], 8);  // 4 x 4
  EXPECT_FALSE(few.padded);
  EXPECT_EQ(few.next_group(7), 4U);
}

}  // namespace
}  // namespace perfbench
