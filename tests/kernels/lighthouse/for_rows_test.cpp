#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "kernels/gemm/linear/verify_linear.hpp"
#include "kernels/gemm/onednn/onednn.hpp"
#include "kernels/gemm/openblas/openblas_linear.hpp"
#include "kernels/gemm/packed/packed_backend.hpp"
#include "tests/kernels/lighthouse/model_support.hpp"

namespace perfbench {
namespace {

std::vector<std::shared_ptr<const LinearBackend>> backends_here() {
  std::vector<std::shared_ptr<const LinearBackend>> backends;
  for (const Isa isa : test::isas_of_host()) {
    if (!has_packed_kernels(isa)) continue;
    backends.push_back(packed_backend(isa));
    backends.push_back(packed_backend(isa, PanelOrder::kPairs));
  }
  static const Reading<OpenBlas> blas = load_openblas();
  if (blas.available()) {
    std::vector<InstancePlan::Service> services;
    for (const GemmCell& cell : gemm_cells()) services.push_back({cell, 0, 0.0, 1.0});
    backends.push_back(openblas_linear_backend(OpenBlasSet({blas.value()}, services, {})));
  }
  static const Reading<OneDnn> onednn = load_onednn();
  if (onednn.available()) backends.push_back(onednn.value().linear());
  return backends;
}

void expect_right(Linear& layer, const LinearShape& shape, const std::string& who) {
  // The weights of a problem do not depend on its number of rows.
  const LinearProblem problem(shape, 0, 3);
  std::vector<float> y(static_cast<std::size_t>(shape.m) * static_cast<std::size_t>(shape.n));
  layer.run(problem.x().data(), y.data());
  const Verification verification = problem.check(y);
  EXPECT_TRUE(verification.passed) << who << ": " << verification.detail;
}

TEST(ForRows, SharesTheWeightsOfAnyNumberOfRows) {
  for (const auto& backend : backends_here()) {
    for (const LinearShape& base : {LinearShape{16, 67, 45}, LinearShape{16, 33, 4700}}) {
      const LinearProblem problem(base, 0, 3);
      std::unique_ptr<Linear> first = backend->make(base, problem.weights(), {});
      std::vector<std::unique_ptr<Linear>> layers;
      for (const int rows : {1, 2, 5, 16, 17, 40, 100}) {
        std::unique_ptr<Linear> layer = first->for_rows(rows);
        if (layer == nullptr) continue;  // oneDNN may have no fast product for that layout.
        LinearShape shape = base;
        shape.m = rows;
        expect_right(*layer, shape, backend->label() + " rows " + std::to_string(rows));
        layers.push_back(std::move(layer));
      }
      EXPECT_GE(layers.size(), 3U) << backend->label();
      first.reset();  // The weights live as long as one of them does.
      std::unique_ptr<Linear> again = layers.back()->for_rows(16);
      if (again != nullptr) expect_right(*again, base, backend->label() + " again");
    }
  }
}

TEST(ForRows, PackedLayersRefuseRowsThatTheirBlocksAreTooLongFor) {
  const LinearShape one{1, 16, 30'000};
  const LinearProblem problem(one, 0, 3);
  const std::unique_ptr<Linear> layer =
      packed_backend(Isa::kScalar)->make(one, problem.weights(), {});
  EXPECT_NE(layer->for_rows(1), nullptr);
  EXPECT_EQ(layer->for_rows(16), nullptr);
  EXPECT_EQ(layer->for_rows(64), nullptr);
}

TEST(ForRows, SeveralThreadsMayRunLayersOfTheSameWeights) {
  for (const auto& backend : backends_here()) {
    const LinearShape shape{8, 192, 300};
    const LinearProblem problem(shape, 0, 3);
    const std::unique_ptr<Linear> shared = backend->make(shape, problem.weights(), {});
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        const std::unique_ptr<Linear> own = shared->for_rows(shape.m);
        ASSERT_NE(own, nullptr) << backend->label();
        for (int run = 0; run < 50; ++run) expect_right(*own, shape, backend->label());
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace perfbench
