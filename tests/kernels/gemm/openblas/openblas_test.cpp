#include "kernels/gemm/openblas/openblas.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/openblas/gemm_kernel.hpp"
#include "kernels/gemm/openblas/gemv_kernel.hpp"
#include "kernels/gemm/openblas/openblas_linear.hpp"
#include "kernels/gemm/openblas/openblas_set.hpp"
#include "kernels/gemm/openblas/pinned_pool.hpp"
#include "kernels/gemm/openblas/verify_gemm.hpp"
#include "kernels/gemm/openblas/verify_gemv.hpp"

namespace perfbench {
namespace {

TEST(LoadOpenBlas, SaysWhichPackageIsMissing) {
  const Reading<OpenBlas> loaded = load_openblas({"libno-such-blas.so.0"});
  ASSERT_FALSE(loaded.available());
  EXPECT_NE(loaded.reason().find("libopenblas0"), std::string::npos) << loaded.reason();
  EXPECT_NE(loaded.reason().find("libno-such-blas.so.0"), std::string::npos) << loaded.reason();
}

TEST(LoadOpenBlas, RefusesALibraryThatIsNoOpenBlas) {
  const Reading<OpenBlas> loaded = load_openblas({"libm.so.6"});
  ASSERT_FALSE(loaded.available());
  EXPECT_NE(loaded.reason().find("lacks"), std::string::npos) << loaded.reason();
}

/// Loaded once: only the first load sees the library's workers start.
const Reading<OpenBlas>& the_library() {
  static const Reading<OpenBlas> loaded = load_openblas();
  return loaded;
}

class WithOpenBlas : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!the_library().available()) GTEST_SKIP() << the_library().reason();
  }
  [[nodiscard]] static const OpenBlas& blas() { return the_library().value(); }
};

TEST_F(WithOpenBlas, SaysWhatItIs) {
  const OpenBlasFacts& facts = blas().facts();
  EXPECT_EQ(facts.version.substr(0, 2), "0.") << facts.config;
  EXPECT_NE(facts.config.find(facts.version), std::string::npos);
  EXPECT_FALSE(facts.core_name.empty());
  EXPECT_NE(facts.file.find("openblas"), std::string::npos) << facts.file;
  EXPECT_TRUE(facts.threading == "pthread" || facts.threading == "openmp" ||
              facts.threading == "serial");
  EXPECT_EQ(blas().label(), "OpenBLAS " + facts.version + ", core " + facts.core_name);
}

template <class Real>
void expect_exact(const OpenBlas& blas) {
  const Verification product = verify_gemm_shapes<Real>(
      [&blas](const GemmCall& call, Real alpha, const Real* a, const Real* b, Real beta, Real* c) {
        gemm(blas, call, alpha, a, b, beta, c);
      });
  EXPECT_TRUE(product.passed) << product.detail;
  const Verification vector = verify_gemv_shapes<Real>(
      [&blas](const GemvCall& call, Real alpha, const Real* a, const Real* x, Real beta, Real* y) {
        gemv(blas, call, alpha, a, x, beta, y);
      });
  EXPECT_TRUE(vector.passed) << vector.detail;
}

TEST_F(WithOpenBlas, EveryOperationIsExactOnSmallShapes) {
  expect_exact<float>(blas());
  expect_exact<double>(blas());
}

TEST_F(WithOpenBlas, DgemmAndSgemvKeepTheirArgumentsInOrder) {
  // A = [1 2; 3 4; 5 6] column-major with a padded leading dimension, x = [1 10].
  const std::vector<float> a = {1, 3, 5, -1, 2, 4, 6, -1};
  const std::vector<float> x = {1, 10};
  std::vector<float> y = {100, 200, 300};
  blas().sgemv(GemvCall{false, 3, 2, 4}, 2.0F, a.data(), x.data(), 1.0F, y.data());
  EXPECT_EQ(y, (std::vector<float>{142, 286, 430}));
  std::vector<float> z = {0, 0};
  const std::vector<float> w = {1, 2, 3};
  blas().sgemv(GemvCall{true, 3, 2, 4}, 1.0F, a.data(), w.data(), 0.0F, z.data());
  EXPECT_EQ(z, (std::vector<float>{22, 28}));

  const std::vector<double> p = {1, 3, 5, -1, 2, 4, 6, -1};        // 3 x 2
  const std::vector<double> q = {1, 10, 100, -1, 2, 20, 200, -1};  // 3 x 2, used transposed: 2 x 3
  std::vector<double> c(9, 1.0);
  blas().dgemm(GemmCall{false, true, 3, 3, 2, 4, 4, 3}, 1.0, p.data(), q.data(), 2.0, c.data());
  EXPECT_EQ(c, (std::vector<double>{7, 13, 19, 52, 112, 172, 502, 1102, 1702}));
}

/// Every cell served by the one library, as where no search chose otherwise.
OpenBlasSet set_of(const OpenBlas& blas) {
  std::vector<InstancePlan::Service> services;
  for (const GemmCell& cell : gemm_cells()) services.push_back({cell, 0, 1e9, 1.0});
  return {{blas}, std::move(services), {}};
}

TEST_F(WithOpenBlas, TheGemmKernelVerifiesItselfAndCountsItsWork) {
  for (const BlasOperation operation : {BlasOperation::kSgemm, BlasOperation::kDgemm}) {
    GemmOptions options;
    options.operation = operation;
    options.size = 97;
    const std::uint64_t element = element_size(operation);
    const KernelEntry entry = gemm_entry(set_of(blas()), options).value();
    EXPECT_EQ(entry.working_set, Bytes(3U * element * 97 * 97));
    EXPECT_EQ(entry.info.name, std::string(name_of(operation)) + " 97");
    EXPECT_EQ(entry.info.precision, precision_of(operation));
    EXPECT_EQ(entry.info.kind, RoofKind::kCompute);
    EXPECT_FALSE(entry.info.is_roof);
    ASSERT_TRUE(entry.info.shape.has_value());
    EXPECT_EQ(entry.info.shape->k, 97);
    const std::unique_ptr<Kernel> kernel = entry.make();
    kernel->prepare();
    const Verification verification = kernel->verify();
    EXPECT_TRUE(verification.passed) << verification.detail;
    kernel->run(2);
    EXPECT_EQ(blas().threads(), 1);
    EXPECT_EQ(kernel->work().flops, Flops(2ULL * 97 * 97 * 97));
    EXPECT_EQ(kernel->work().bytes, Bytes(4ULL * element * 97 * 97));
  }
}

TEST_F(WithOpenBlas, TheGemvKernelGoesThroughCopiesInTurn) {
  for (const BlasOperation operation : {BlasOperation::kSgemv, BlasOperation::kDgemv}) {
    GemvOptions options;
    options.operation = operation;
    options.n = 301;
    options.k = 203;
    const std::uint64_t element = element_size(operation);
    options.rotate = Bytes(element * 301 * 203 * 5 / 2);
    const KernelEntry entry = gemv_entry(set_of(blas()), options).value();
    EXPECT_EQ(entry.info.name, std::string(name_of(operation)) + " 301x203");
    EXPECT_EQ(entry.info.kind, RoofKind::kBandwidth);
    EXPECT_TRUE(entry.info.may_hold_cache_hits);
    EXPECT_EQ(entry.info.shape->m, 1);
    EXPECT_EQ(entry.working_set, Bytes(element * (3ULL * 301 * 203 + 301 + 203)));
    const std::unique_ptr<Kernel> kernel = entry.make();
    kernel->prepare();
    const Verification verification = kernel->verify();
    EXPECT_TRUE(verification.passed) << verification.detail;
    kernel->run(7);  // Twice around and one more.
    EXPECT_EQ(kernel->work().flops, Flops(2ULL * 301 * 203));
    EXPECT_EQ(kernel->work().bytes, Bytes(element * (301ULL * 203 + 301 + 203)));
    EXPECT_TRUE(kernel->verify().passed);
  }
}

TEST_F(WithOpenBlas, TheKernelPinsItsWorkersAndLetsThemGo) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "needs two allowed CPUs";
  if (blas().facts().threading == "serial")
    GTEST_SKIP() << "the serial build of OpenBLAS has no workers";
  GemmOptions options;
  options.size = 200;
  options.cpus = {cpus[0], cpus[1]};
  std::vector<int> workers;
  {
    const ScopedPin caller(cpus[0]);
    const std::unique_ptr<Kernel> kernel = gemm_entry(set_of(blas()), options).value().make();
    kernel->prepare();
    workers = blas().raise_pool(2);
    ASSERT_FALSE(workers.empty());
    EXPECT_EQ(allowed_cpus_of(workers.front()).value(), std::vector<int>{cpus[1]});
    const Verification verification = kernel->verify();
    EXPECT_TRUE(verification.passed) << verification.detail;
    EXPECT_EQ(kernel->info().threads, 2);
    EXPECT_EQ(blas().threads(), 2);
  }
  EXPECT_GT(allowed_cpus_of(workers.front()).value().size(), 1U);
}

TEST_F(WithOpenBlas, ThePoolGoesBackInWhateverOrderItsHoldersLetGo) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "needs two allowed CPUs";
  if (blas().facts().threading == "serial")
    GTEST_SKIP() << "the serial build of OpenBLAS has no workers";
  const int worker = blas().raise_pool(2).front();
  const auto allowed = [worker] { return allowed_cpus_of(worker).value(); };
  const std::vector<int> before = allowed();
  auto first = pin_pool(blas(), {cpus[0], cpus[1]});
  EXPECT_EQ(pin_pool(blas(), {cpus[0], cpus[1]}), first) << "one pin serves all that want it";
  auto second = pin_pool(blas(), {cpus[1], cpus[0]});
  EXPECT_EQ(allowed(), std::vector<int>{cpus[0]});
  first.reset();
  EXPECT_EQ(allowed(), std::vector<int>{cpus[0]}) << "the other holder's";
  second.reset();
  EXPECT_EQ(allowed(), before);
  EXPECT_EQ(pin_pool(blas(), {cpus[0]}), nullptr);
}

TEST_F(WithOpenBlas, RefusesSizesThatCannotBe) {
  for (const int size : {0, -1, 40000}) {
    GemmOptions square;
    square.size = size;
    EXPECT_THROW((void)gemm_entry(set_of(blas()), square), UsageError) << size;
    GemvOptions vector;
    vector.k = size;
    EXPECT_THROW((void)gemv_entry(set_of(blas()), vector), UsageError) << size;
  }
}

TEST_F(WithOpenBlas, ACellWithoutARightAnswerHasNoKernel) {
  const OpenBlasSet empty({blas()}, {}, {});
  EXPECT_EQ(empty.best_for(BlasOperation::kDgemm, GemmClass::kSquare), nullptr);
  const Reading<KernelEntry> entry = gemm_entry(empty, GemmOptions{});
  ASSERT_FALSE(entry.available());
  EXPECT_NE(entry.reason().find("sgemm"), std::string::npos) << entry.reason();
  EXPECT_FALSE(openblas_linear_backend(empty)->supports({1, 8, 8}));
}

/// Y = X W^T on whole numbers, whatever layout and operation the backend takes.
void expect_exact_layer(const OpenBlasSet& set,
                        const LinearShape& shape,
                        const std::vector<int>& cpus) {
  const std::shared_ptr<const LinearBackend> backend = openblas_linear_backend(set);
  ASSERT_TRUE(backend->supports(shape));
  const auto m = static_cast<std::size_t>(shape.m);
  const auto n = static_cast<std::size_t>(shape.n);
  const auto k = static_cast<std::size_t>(shape.k);
  std::vector<float> weights(n * k);
  std::vector<float> x(m * k);
  std::vector<float> y(m * n, -1.0F);
  fill_integers(std::span<float>(weights), 1, -9, 9);
  fill_integers(std::span<float>(x), 2, -9, 9);
  const std::unique_ptr<Linear> layer = backend->make(shape, weights, cpus);
  EXPECT_EQ(layer->weight_bytes(), Bytes(4 * n * k));
  weights.assign(weights.size(), 0.0F);  // Not needed after make().
  layer->run(x.data(), y.data());
  fill_integers(std::span<float>(weights), 1, -9, 9);
  for (std::size_t row = 0; row < m; ++row) {
    for (std::size_t output = 0; output < n; ++output) {
      float sum = 0.0F;
      for (std::size_t p = 0; p < k; ++p) sum += x[row * k + p] * weights[output * k + p];
      ASSERT_EQ(y[row * n + output], sum) << "row " << row << ", output " << output << ", m " << m;
    }
  }
}

TEST_F(WithOpenBlas, LayersAreExactInEveryClassAndLayout) {
  // Row-major weights are preferred where the transposed cell was faster.
  std::vector<InstancePlan::Service> services;
  for (const GemmCell& cell : gemm_cells())
    services.push_back({cell, 0, is_transposed(cell.shape_class) ? 2e9 : 1e9, 1.0});
  const OpenBlasSet transposed({blas()}, services, {});
  EXPECT_TRUE(transposed.prefers_transposed(BlasOperation::kSgemm));
  EXPECT_FALSE(set_of(blas()).prefers_transposed(BlasOperation::kSgemv));
  for (const OpenBlasSet& set : {set_of(blas()), transposed}) {
    for (const LinearShape& shape : {LinearShape{1, 601, 77},
                                     LinearShape{3, 77, 601},
                                     LinearShape{16, 65, 520},
                                     LinearShape{17, 33, 30},
                                     LinearShape{1, 1, 1}})
      expect_exact_layer(set, shape, {});
  }
  EXPECT_FALSE(openblas_linear_backend(transposed)->supports({4, 8, 8, Precision::kBf16}));
}

TEST_F(WithOpenBlas, ALayerOnTwoCpusIsExact) {
#if defined(PERFBENCH_SANITIZED)
  GTEST_SKIP() << "ThreadSanitizer sees the pool's memset but not the library's own locks";
#endif
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "needs two allowed CPUs";
  if (blas().facts().threading == "serial")
    GTEST_SKIP() << "the serial build of OpenBLAS has no workers";
  for (const int m : {1, 8, 64})
    expect_exact_layer(set_of(blas()), {m, 700, 300}, {cpus[0], cpus[1]});
}

TEST(IsaOfOpenBlasCore, KnowsTheNamesThatTheLibraryGives) {
  EXPECT_EQ(isa_of_openblas_core("SkylakeX"), Isa::kAvx512);
  EXPECT_EQ(isa_of_openblas_core("haswell"), Isa::kAvx2Fma);
  EXPECT_EQ(isa_of_openblas_core("Nehalem"), Isa::kSse2);
  EXPECT_EQ(isa_of_openblas_core("neoversen1"), Isa::kNeon);
  EXPECT_EQ(isa_of_openblas_core("no such core"), Isa::kScalar);
}

}  // namespace
}  // namespace perfbench
