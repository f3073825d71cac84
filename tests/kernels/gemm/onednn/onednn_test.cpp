#include "kernels/gemm/onednn/onednn.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "harness/core/result/names.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "kernels/gemm/matrix/matrix.hpp"

namespace perfbench {
namespace {

constexpr Precision kPrecisions[] = {Precision::kFp32, Precision::kBf16, Precision::kInt8};

const Reading<OneDnn>& the_library() {
  static const Reading<OneDnn> loaded = load_onednn();
  return loaded;
}

std::size_t area(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

/// Y = X W^T in fp64.
std::vector<double> reference(const LinearShape& shape,
                              const std::vector<float>& x,
                              const std::vector<float>& w) {
  std::vector<double> y;
  const auto k = static_cast<std::size_t>(shape.k);
  for (std::size_t i = 0; i < static_cast<std::size_t>(shape.m); ++i) {
    for (std::size_t j = 0; j < static_cast<std::size_t>(shape.n); ++j) {
      double sum = 0.0;
      for (std::size_t p = 0; p < k; ++p) {
        sum += static_cast<double>(x[i * k + p]) * static_cast<double>(w[j * k + p]);
      }
      y.push_back(sum);
    }
  }
  return y;
}

std::vector<float> run_once(const LinearBackend& backend,
                            const LinearShape& shape,
                            const std::vector<float>& x,
                            const std::vector<float>& w,
                            const std::vector<int>& cpus = {}) {
  const std::unique_ptr<Linear> layer = backend.make(shape, w, cpus);
  std::vector<float> y(area(shape.m, shape.n), std::nanf(""));
  layer->run(x.data(), y.data());
  return y;
}

TEST(LoadOneDnn, SaysWhatIsMissing) {
  OneDnnLoadOptions options;
  options.file_names = {"libno-such-dnn.so.0"};
  const Reading<OneDnn> loaded = load_onednn(options);
  ASSERT_FALSE(loaded.available());
  EXPECT_NE(loaded.reason().find("libdnnl-dev"), std::string::npos) << loaded.reason();
}

class WithOneDnn : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!the_library().available()) GTEST_SKIP() << the_library().reason();
  }
  [[nodiscard]] static const OneDnn& onednn() { return the_library().value(); }
};

TEST_F(WithOneDnn, RefusesALibraryThatIsNoOneDnn) {
  OneDnnLoadOptions options;
  options.file_names = {"libm.so.6"};
  const Reading<OneDnn> loaded = load_onednn(options);
  ASSERT_FALSE(loaded.available());
  EXPECT_NE(loaded.reason().find("dnnl_version"), std::string::npos) << loaded.reason();
}

TEST_F(WithOneDnn, SaysWhatItIs) {
  const OneDnnFacts& facts = onednn().facts();
  EXPECT_NE(facts.file.find("dnnl"), std::string::npos) << facts.file;
  EXPECT_EQ(onednn().label(), "oneDNN " + facts.version + ", " + facts.effective_isa);
  EXPECT_FALSE(facts.effective_isa.empty());
  EXPECT_EQ(onednn().linear()->library(), "oneDNN");
  EXPECT_TRUE(onednn().linear()->has_pool());
}

TEST_F(WithOneDnn, LayersAreExactOnSmallWholeNumbers) {
  const std::shared_ptr<const LinearBackend> backend = onednn().linear();
  int layers = 0;
  for (const Precision precision : kPrecisions) {
    for (const LinearShape& size : {LinearShape{1, 1, 1, {}},
                                    LinearShape{1, 64, 64, {}},
                                    LinearShape{3, 37, 129, {}},
                                    LinearShape{7, 100, 31, {}},
                                    LinearShape{16, 65, 257, {}},
                                    LinearShape{33, 48, 96, {}}}) {
      LinearShape shape = size;
      shape.precision = precision;
      if (!backend->supports(shape)) continue;
      std::vector<float> x(area(shape.m, shape.k));
      std::vector<float> w(area(shape.n, shape.k));
      fill_integers(x, 1, -9, 9);
      fill_integers(w, 2, -7, 7);
      const std::vector<float> y = run_once(*backend, shape, x, w);
      const std::vector<double> expected = reference(shape, x, w);
      for (std::size_t i = 0; i < y.size(); ++i) {
        ASSERT_EQ(static_cast<double>(y[i]), expected[i])
            << name_of(precision) << " " << shape.m << " x " << shape.n << " x " << shape.k
            << ", element " << i;
      }
      ++layers;
    }
  }
  EXPECT_GE(layers, 6);  // fp32 is there on every CPU.
}

TEST_F(WithOneDnn, RoundingIsOfThePrecisionAndRowsDoNotShareTheirScale) {
  const std::shared_ptr<const LinearBackend> backend = onednn().linear();
  for (const Precision precision : kPrecisions) {
    const LinearShape shape{2, 40, 200, precision};
    if (!backend->supports(shape)) continue;
    std::vector<float> x(area(shape.m, shape.k));
    std::vector<float> w(area(shape.n, shape.k));
    fill_unit(x, 3);
    fill_unit(w, 4);
    // A common scale of all rows would leave nothing of the first in 8 bits.
    for (std::size_t p = 0; p < 200; ++p) x[p] *= 0x1p-20F;
    const std::vector<float> y = run_once(*backend, shape, x, w);
    const std::vector<double> expected = reference(shape, x, w);
    // One rounding of each operand: 2^-24, 2^-9, and of int8 half of 2^-6 of the largest.
    const double relative = precision == Precision::kFp32   ? 0x1p-16
                            : precision == Precision::kBf16 ? 0x1p-8
                                                            : 0x1p-6;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double size = (i < 40 ? 0x1p-20 : 1.0) * 200.0;
      EXPECT_NEAR(static_cast<double>(y[i]), expected[i], relative * size) << name_of(precision);
    }
  }
}

TEST_F(WithOneDnn, WeightsTakeTheirPrecisionsBytes) {
  const std::shared_ptr<const LinearBackend> backend = onednn().linear();
  const std::vector<float> w(area(128, 256), 1.0F);
  for (const Precision precision : kPrecisions) {
    const LinearShape shape{1, 128, 256, precision};
    if (!backend->supports(shape)) continue;
    const std::uint64_t bytes = backend->make(shape, w, {})->weight_bytes().count();
    const std::uint64_t element =
        precision == Precision::kFp32 ? 4 : (precision == Precision::kBf16 ? 2 : 1);
    EXPECT_GE(bytes, element * w.size());
    EXPECT_LE(bytes, element * w.size() + 8 * 128) << name_of(precision);
  }
}

std::vector<int> threads_beside(const std::vector<int>& before) {
  std::vector<int> added;
  for (const int tid : threads_of_process()) {
    if (std::find(before.begin(), before.end(), tid) == before.end()) added.push_back(tid);
  }
  return added;
}

/// Two layers of one pool on two CPUs, made and run by the calling thread.
void use_two_layers(const LinearBackend& backend, const std::vector<int>& cpus) {
  const std::vector<int> before = threads_of_process();
  const LinearShape shape{1, 64, 64, Precision::kFp32};
  const std::vector<float> w(area(64, 64), 1.0F);
  const std::vector<float> x(64, 1.0F);
  std::vector<float> y(64, 0.0F);
  std::unique_ptr<Linear> first = backend.make(shape, w, {cpus[0], cpus[1]});
  std::unique_ptr<Linear> second = backend.make(shape, w, {cpus[0], cpus[1]});
  const std::vector<int> added = threads_beside(before);
  ASSERT_EQ(added.size(), 1U);
  EXPECT_EQ(allowed_cpus_of(added[0]).value(), std::vector<int>{cpus[1]});
  first.reset();
  EXPECT_EQ(allowed_cpus_of(added[0]).value(), std::vector<int>{cpus[1]});
  second->run(x.data(), y.data());
  EXPECT_EQ(y, std::vector<float>(64, 64.0F));
  second.reset();
  EXPECT_EQ(allowed_cpus_of(added[0]).value(), cpus);
}

TEST_F(WithOneDnn, ThePoolIsPinnedWhileALayerLivesAndGoesWithItsThread) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "one CPU: a pool of two has nowhere to go";
  if (!onednn().facts().pool_reachable) GTEST_SKIP() << "not built for OpenMP";
  const std::vector<int> before = threads_of_process();
  std::thread caller([&] { use_two_layers(*onednn().linear(), cpus); });
  caller.join();
  // The workers end after the thread that had them; how soon is the system's affair.
  for (int tries = 0; tries < 5000 && !threads_beside(before).empty(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(threads_beside(before).empty());
}

TEST_F(WithOneDnn, SquareProductsVerifyThemselvesAndCountTheirWork) {
  int products = 0;
  for (const Precision precision : kPrecisions) {
    if (!onednn_has(onednn(), precision)) continue;
    OneDnnGemmOptions options;
    options.size = 150;
    options.precision = precision;
    const KernelEntry entry = onednn_gemm_entry(onednn(), options);
    EXPECT_FALSE(entry.info.is_roof);
    EXPECT_EQ(entry.info.precision, precision);
    ASSERT_TRUE(entry.info.shape.has_value());
    EXPECT_EQ(entry.info.shape->k, 150);
    EXPECT_NE(entry.info.variant.find("oneDNN " + onednn().facts().version), std::string::npos);
    const std::unique_ptr<Kernel> kernel = entry.make();
    kernel->prepare();
    const Verification verification = kernel->verify();
    EXPECT_TRUE(verification.passed) << entry.info.name << ": " << verification.detail;
    kernel->run(2);
    EXPECT_EQ(kernel->work().flops.count(), 2U * 150 * 150 * 150);
    EXPECT_EQ(kernel->working_set(), entry.working_set);
    ++products;
  }
  EXPECT_GE(products, 1);
}

TEST_F(WithOneDnn, RefusesWhatItCannotDo) {
  OneDnnGemmOptions options;
  options.size = 0;
  EXPECT_THROW(static_cast<void>(onednn_gemm_entry(onednn(), options)), UsageError);
  options.size = 64;
  options.precision = Precision::kFp64;
  EXPECT_THROW(static_cast<void>(onednn_gemm_entry(onednn(), options)), UsageError);
  EXPECT_FALSE(onednn().linear()->supports({1, 0, 8, Precision::kFp32}));
  EXPECT_FALSE(onednn().linear()->supports({1, 8, 70000, Precision::kInt8}));
}

}  // namespace
}  // namespace perfbench
