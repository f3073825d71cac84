#include "kernels/gemm/openblas/openblas.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "kernels/gemm/openblas/sgemm_kernel.hpp"
#include "kernels/gemm/openblas/verify_sgemm.hpp"

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

TEST_F(WithOpenBlas, SgemmIsExactOnSmallShapes) {
  const Verification verification = verify_sgemm_shapes(
      [](const GemmCall& call, float alpha, const float* a, const float* b, float beta, float* c) {
        blas().sgemm(call, alpha, a, b, beta, c);
      });
  EXPECT_TRUE(verification.passed) << verification.detail;
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

TEST_F(WithOpenBlas, TheKernelVerifiesItselfAndCountsItsWork) {
  SgemmOptions options;
  options.size = 97;
  const KernelEntry entry = sgemm_entry(blas(), options);
  EXPECT_EQ(entry.working_set, Bytes(3U * 4 * 97 * 97));
  EXPECT_FALSE(entry.info.is_roof);
  const std::unique_ptr<Kernel> kernel = entry.make();
  kernel->prepare();
  const Verification verification = kernel->verify();
  EXPECT_TRUE(verification.passed) << verification.detail;
  kernel->run(2);
  EXPECT_EQ(blas().threads(), 1);
  EXPECT_EQ(kernel->work().flops, Flops(2ULL * 97 * 97 * 97));
  EXPECT_EQ(kernel->work().bytes, Bytes(4ULL * 4 * 97 * 97));
}

TEST_F(WithOpenBlas, TheKernelPinsItsWorkersAndLetsThemGo) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "needs two allowed CPUs";
  if (blas().facts().threading == "serial")
    GTEST_SKIP() << "the serial build of OpenBLAS has no workers";
  SgemmOptions options;
  options.size = 200;
  options.cpus = {cpus[0], cpus[1]};
  std::vector<int> workers;
  {
    const ScopedPin caller(cpus[0]);
    const std::unique_ptr<Kernel> kernel = sgemm_entry(blas(), options).make();
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

TEST_F(WithOpenBlas, RefusesSizesThatCannotBe) {
  SgemmOptions options;
  for (const int size : {0, -1, 40000}) {
    options.size = size;
    EXPECT_THROW((void)sgemm_entry(blas(), options), UsageError) << size;
  }
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
