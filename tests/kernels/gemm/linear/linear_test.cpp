#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "kernels/gemm/linear/linear_dot.hpp"
#include "kernels/gemm/linear/verify_linear.hpp"

namespace perfbench {
namespace {

std::size_t size_of(int a, int b) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b);
}

/// What a scripted backend was asked for, and how it answers.
struct Script {
  std::vector<int> outputs;            ///< Of each layer made: its n.
  std::vector<float> first_weights;    ///< Of each layer made: its first weight.
  std::vector<std::vector<int>> cpus;  ///< Of each layer made.
  std::vector<int> runs;               ///< Number of the layer of each run.
  std::function<void(int layer, std::vector<float>&)>
      distort;  ///< Y of a run, before it is handed out.
};

class ScriptedLinear final : public Linear {
 public:
  ScriptedLinear(std::shared_ptr<Script> script, const LinearShape& shape, std::span<const float> w)
      : script_(std::move(script)),
        shape_(shape),
        weights_(w.begin(), w.end()),
        y_(size_of(shape.m, shape.n)),
        number_(static_cast<int>(script_->outputs.size())) {
    script_->outputs.push_back(shape.n);
    script_->first_weights.push_back(weights_.front());
  }
  Bytes weight_bytes() const noexcept override { return Bytes(weights_.size() * sizeof(float)); }
  void run(const float* x, float* y) noexcept override {
    script_->runs.push_back(number_);
    const auto k = static_cast<std::size_t>(shape_.k);
    const auto n = static_cast<std::size_t>(shape_.n);
    for (std::size_t i = 0; i < y_.size(); ++i) {
      y_[i] = 0.0F;
      for (std::size_t j = 0; j < k; ++j) y_[i] += x[i / n * k + j] * weights_[i % n * k + j];
    }
    if (script_->distort) script_->distort(number_, y_);
    std::copy(y_.begin(), y_.end(), y);
  }

 private:
  std::shared_ptr<Script> script_;
  LinearShape shape_;
  std::vector<float> weights_;
  std::vector<float> y_;
  int number_ = 0;
};

class ScriptedBackend final : public LinearBackend {
 public:
  explicit ScriptedBackend(std::string name, bool has_pool = false, int most_rows = 16)
      : name_(std::move(name)), has_pool_(has_pool), most_rows_(most_rows) {}
  std::string label() const override { return name_ + " 1.0"; }
  std::string library() const override { return name_; }
  Isa isa() const noexcept override { return Isa::kScalar; }
  bool has_pool() const noexcept override { return has_pool_; }
  bool supports(const LinearShape& shape) const noexcept override { return shape.m <= most_rows_; }
  std::unique_ptr<Linear> make(const LinearShape& shape,
                               std::span<const float> weights,
                               const std::vector<int>& cpus) const override {
    script->cpus.push_back(cpus);
    return std::make_unique<ScriptedLinear>(script, shape, weights);
  }
  std::shared_ptr<Script> script = std::make_shared<Script>();

 private:
  std::string name_;
  bool has_pool_;
  int most_rows_;
};

LinearDotOptions options_of(LinearShape shape, std::vector<int> cpus = {}, Bytes cold = Bytes(0)) {
  LinearDotOptions options;
  options.shape = shape;
  options.cpus = std::move(cpus);
  options.cold_at_least = cold;
  return options;
}

TEST(LinearDot, SaysWhatItMeasures) {
  const auto backend = std::make_shared<ScriptedBackend>("scripted");
  const KernelEntry one = linear_entry(backend, options_of({1, 4096, 4096}, {0}, mib(1)));
  EXPECT_EQ(one.info.name, "linear m=1 n=4096 k=4096");
  EXPECT_EQ(one.info.variant, "scripted 1.0");
  EXPECT_FALSE(one.info.is_roof);
  EXPECT_EQ(one.info.kind, RoofKind::kBandwidth);
  EXPECT_EQ(one.info.level, MemoryLevel::kDram);
  EXPECT_TRUE(one.info.may_hold_cache_hits) << "nobody said how large the caches are";
  ASSERT_TRUE(one.info.shape);
  EXPECT_EQ(one.info.shape->m, 1);
  EXPECT_EQ(one.info.shape->n, 4096);
  const Work work = one.make()->work();
  EXPECT_EQ(work.flops, Flops(2 * 4096 * 4096));
  EXPECT_EQ(work.bytes, Bytes(4 * (4096 * 4096 + 4096 + 4096)));

  EXPECT_EQ(linear_entry(backend, options_of({8, 64, 64})).info.kind, RoofKind::kBandwidth);
  const KernelEntry nine = linear_entry(backend, options_of({9, 64, 64}));
  EXPECT_EQ(nine.info.kind, RoofKind::kCompute);
  EXPECT_EQ(nine.info.name, "linear m=9 n=64 k=64 warm");
  EXPECT_EQ(nine.info.level, MemoryLevel::kNone);
  EXPECT_FALSE(nine.info.may_hold_cache_hits) << "it is meant to";
  LinearDotOptions beyond = options_of({1, 64, 64}, {0}, mib(1));
  beyond.beyond_caches = true;
  EXPECT_FALSE(linear_entry(backend, beyond).info.may_hold_cache_hits);
}

TEST(LinearDot, WithoutAPoolEachThreadHasItsLinesOfTheOutputs) {
  const auto backend = std::make_shared<ScriptedBackend>("scripted");
  // 67 outputs are 5 lines of 16: 1, 2 and 2 of them, the last one short.
  const KernelEntry entry = linear_entry(backend, options_of({2, 67, 5}, {0, 1, 2}));
  EXPECT_EQ(entry.info.threads, 1);
  std::uint64_t flops = 0;
  for (int thread = 0; thread < 3; ++thread) {
    const std::unique_ptr<Kernel> kernel = entry.make();
    kernel->prepare();
    const Verification verification = kernel->verify();
    EXPECT_TRUE(verification.passed) << verification.detail;
    flops += kernel->work().flops.count();
  }
  EXPECT_EQ(backend->script->outputs, (std::vector<int>{16, 32, 19}));
  // An equal share each, so that instances times work() is the whole, but for what does not divide.
  EXPECT_NEAR(static_cast<double>(flops), 2.0 * 2 * 67 * 5, 3.0);
  // Parts of one layer: not the same weights three times.
  const std::vector<float>& first = backend->script->first_weights;
  EXPECT_EQ(std::set<float>(first.begin(), first.end()).size(), 3U);
  EXPECT_EQ(backend->script->cpus, std::vector<std::vector<int>>(3));
}

TEST(LinearDot, AThreadWithoutOutputsDoesNothing) {
  const auto backend = std::make_shared<ScriptedBackend>("scripted");
  const KernelEntry entry = linear_entry(backend, options_of({1, 16, 4}, {0, 1}));
  for (int thread = 0; thread < 2; ++thread) {
    const std::unique_ptr<Kernel> kernel = entry.make();
    kernel->prepare();
    EXPECT_TRUE(kernel->verify().passed);
    kernel->run(2);
  }
  EXPECT_EQ(backend->script->outputs, std::vector<int>{16});
}

TEST(LinearDot, APoolGetsTheWholeLayerAndTheCpus) {
  const auto backend = std::make_shared<ScriptedBackend>("pooled", true);
  const KernelEntry entry = linear_entry(backend, options_of({2, 40, 6}, {3, 5}));
  EXPECT_EQ(entry.info.threads, 2);
  const std::unique_ptr<Kernel> kernel = entry.make();
  kernel->prepare();
  EXPECT_TRUE(kernel->verify().passed);
  EXPECT_EQ(backend->script->outputs, std::vector<int>{40});
  EXPECT_EQ(backend->script->cpus, (std::vector<std::vector<int>>{{3, 5}}));
  EXPECT_EQ(kernel->work().flops, Flops(2 * 2 * 40 * 6));
}

TEST(LinearDot, ColdWeightsRotateThroughTheirCopies) {
  const auto backend = std::make_shared<ScriptedBackend>("scripted");
  // 32 x 8 x 4 bytes are 1 KiB, so 2.5 KiB take three copies.
  const KernelEntry entry = linear_entry(backend, options_of({1, 32, 8}, {}, Bytes(2560)));
  const std::unique_ptr<Kernel> kernel = entry.make();
  EXPECT_EQ(kernel->working_set(), Bytes(3 * 1024 + 4 * (8 + 32)));
  EXPECT_EQ(entry.working_set, kernel->working_set());
  kernel->prepare();
  EXPECT_TRUE(kernel->verify().passed);
  backend->script->runs.clear();
  kernel->run(4);
  kernel->run(1);
  EXPECT_EQ(backend->script->runs, (std::vector<int>{0, 1, 2, 0, 1}));
}

TEST(LinearDot, AWrongAnswerOfAnyCopyIsSeen) {
  const auto backend = std::make_shared<ScriptedBackend>("scripted");
  const KernelEntry entry = linear_entry(backend, options_of({3, 20, 9}, {}, Bytes(4096)));
  const std::unique_ptr<Kernel> kernel = entry.make();
  kernel->prepare();
  ASSERT_GT(backend->script->outputs.size(), 2U);
  ASSERT_TRUE(kernel->verify().passed);
  for (const float wrong : {1.0F, std::numeric_limits<float>::quiet_NaN()}) {
    backend->script->distort = [wrong](int layer, std::vector<float>& y) {
      if (layer == 2) y[size_of(1, 20) + 7] += wrong;
    };
    const Verification verification = kernel->verify();
    EXPECT_FALSE(verification.passed);
    EXPECT_NE(verification.detail.find("copy 2: row 1, output 7"), std::string::npos)
        << verification.detail;
  }
}

TEST(LinearDot, RefusesAShapeThatTheBackendDoesNotHave) {
  const auto backend = std::make_shared<ScriptedBackend>("scripted", false, 4);
  EXPECT_THROW(static_cast<void>(linear_entry(backend, options_of({5, 8, 8}))), UsageError);
  EXPECT_THROW(static_cast<void>(linear_entry(backend, options_of({1, 1, kMostExactInputs + 1}))),
               UsageError);
}

TEST(LinearDot, TheCampaignsLayersAreThoseThatABackendSupports) {
  const std::vector<std::shared_ptr<const LinearBackend>> backends{
      std::make_shared<ScriptedBackend>("wide"),
      std::make_shared<ScriptedBackend>("narrow", false, 2)};
  std::vector<std::string> names;
  for (const KernelEntry& entry : linear_dots(backends, {})) {
    names.push_back(entry.info.name + " " + entry.info.variant);
  }
  EXPECT_EQ(names.size(), 6U + 2U);
  EXPECT_EQ(names[0], "linear m=1 n=4096 k=4096 warm wide 1.0");
  EXPECT_EQ(names[1], "linear m=1 n=4096 k=4096 warm narrow 1.0");
  EXPECT_EQ(names[4], "linear m=3 n=4099 k=4001 warm wide 1.0");
}

TEST(LinearProblem, SumsStayExactInFp32AndFactorsInBf16) {
  for (const int k : {1, 100, 8806, kMostExactInputs}) {
    const LinearProblem problem({1, 1, k}, 0, 7);
    double bound = 0.0;
    const std::vector<float> weights = problem.weights();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      EXPECT_LE(std::abs(weights[i]), 127.0F);
      bound += std::abs(static_cast<double>(weights[i]) * static_cast<double>(problem.x()[i]));
    }
    EXPECT_LT(bound, 0x1p24) << k;
    EXPECT_GT(bound, 0.0) << k;
  }
}

TEST(LinearProblem, ALargeLayerIsSampledAtItsEdges) {
  const LinearShape shape{1, 4096, 1024};
  const LinearProblem problem(shape, 0, 3);
  const std::vector<float> weights = problem.weights();
  std::vector<float> y(4096);
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t j = 0; j < 1024; ++j) y[i] += problem.x()[j] * weights[i * 1024 + j];
  }
  EXPECT_TRUE(problem.check(y).passed);
  for (const std::size_t edge : {std::size_t{0}, y.size() - 1}) {
    const float kept = y[edge];
    y[edge] += 1.0F;
    EXPECT_FALSE(problem.check(y).passed) << edge;
    y[edge] = kept;
  }
}

TEST(LinearProblem, Int8MayBeWrongByItsRoundingOnly) {
  const LinearShape shape{1, 4, 4096, Precision::kInt8};
  const LinearProblem problem(shape, 0, 3);
  const std::vector<float> weights = problem.weights();
  std::vector<float> y(4);
  for (std::size_t i = 0; i < y.size(); ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < 4096; ++j) {
      // X in steps of 254 / 255, as an unsigned byte with a zero point has them.
      const double step = 254.0 / 255.0;
      const double x = std::round(static_cast<double>(problem.x()[j]) / step) * step;
      sum += x * static_cast<double>(weights[i * 4096 + j]);
    }
    y[i] = static_cast<float>(sum);
  }
  const Verification rounded = problem.check(y);
  EXPECT_TRUE(rounded.passed) << rounded.detail;
  // One product of a typical size left out of each 64, as a loop that stops early would.
  y[2] += 64.0F * 80.0F * 80.0F;
  EXPECT_FALSE(problem.check(y).passed);
}

}  // namespace
}  // namespace perfbench
