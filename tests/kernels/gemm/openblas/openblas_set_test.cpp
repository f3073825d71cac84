// Two core types of the real library in one process.
#include "kernels/gemm/openblas/openblas_set.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "kernels/gemm/openblas/pinned_pool.hpp"
#include "kernels/gemm/openblas/verify_gemm.hpp"
#include "kernels/gemm/openblas/verify_gemv.hpp"

namespace perfbench {
namespace {

void change_environment(const EnvironmentChanges& changes) {
  for (const auto& [name, value] : changes) {
    if (value) {
      ::setenv(name.c_str(), value->c_str(), 1);
    } else {
      ::unsetenv(name.c_str());
    }
  }
}

LibraryTrial trial(const GemmCell& cell, const std::string& core, double rate, bool chosen) {
  LibraryTrial result;
  result.library = "OpenBLAS";
  result.setting = result.core_name = core;
  result.operation = name_of(cell.operation);
  result.shape_class = name_of(cell.shape_class);
  result.shape = final_shape(cell);
  result.verified = true;
  result.rate_flop_per_s = rate;
  result.chosen = chosen;
  return result;
}

/// As if Prescott won skinny shapes and Nehalem everything else: kernels that every x86-64 CPU of
/// today runs.
CoreSearch invented_search() {
  CoreSearch search;
  for (const GemmCell& cell : gemm_cells()) {
    const bool skinny = cell.shape_class == GemmClass::kSkinny;
    search.trials.push_back(trial(cell, "Nehalem", skinny ? 1e9 : 2e9, !skinny));
    search.trials.push_back(trial(cell, "Prescott", skinny ? 2e9 : 1e9, skinny));
  }
  search.fitting_core = Reading<std::string>::of("Nehalem", "a test");
  return search;
}

/// Loaded once: the libraries stay until the process ends.
const Reading<OpenBlasSet>& the_set() {
  static const Reading<OpenBlasSet> loaded = [] {
    OpenBlasSetOptions options;
    options.threads = 2;
    options.change_environment = change_environment;
    return load_openblas_set(invented_search(), options);
  }();
  return loaded;
}

class TwoCoreTypes : public ::testing::Test {
 protected:
  void SetUp() override {
#if !defined(__x86_64__)
    GTEST_SKIP() << "Nehalem and Prescott are core types of x86";
#endif
    if (!the_set().available()) GTEST_SKIP() << the_set().reason();
    if (set().instances().size() < 2)
      GTEST_SKIP() << (set().notes().empty() ? "one core type" : set().notes().front());
  }
  [[nodiscard]] static const OpenBlasSet& set() { return the_set().value(); }
};

TEST_F(TwoCoreTypes, AreWhatWasChosen) {
  EXPECT_EQ(set().instances()[0].facts().core_name, "Nehalem");
  EXPECT_EQ(set().instances()[1].facts().core_name, "Prescott");
  EXPECT_EQ(set().instances()[1].facts().file, set().instances()[0].facts().file);
  EXPECT_EQ(set().best_for(BlasOperation::kSgemm, GemmClass::kSquare), &set().instances()[0]);
  EXPECT_EQ(set().best_for(BlasOperation::kSgemm, GemmClass::kSkinny), &set().instances()[1]);
  EXPECT_EQ(set().rate_for(BlasOperation::kSgemm, GemmClass::kSkinny), 2e9);
  EXPECT_TRUE(set().notes().empty()) << set().notes().front();
  EXPECT_NE(set().label().find("cores Nehalem, Prescott"), std::string::npos) << set().label();
}

template <class Real>
Verification check_operations(const OpenBlas& blas) {
  Verification product = verify_gemm_shapes<Real>(
      [&blas](const GemmCall& call, Real alpha, const Real* a, const Real* b, Real beta, Real* c) {
        gemm(blas, call, alpha, a, b, beta, c);
      });
  if (!product.passed) return product;
  return verify_gemv_shapes<Real>(
      [&blas](const GemvCall& call, Real alpha, const Real* a, const Real* x, Real beta, Real* y) {
        gemv(blas, call, alpha, a, x, beta, y);
      });
}

TEST_F(TwoCoreTypes, ComputeRightInTurn) {
  for (int round = 0; round < 2; ++round) {
    for (const OpenBlas& instance : set().instances()) {
      instance.set_threads(round + 1);
      const Verification single = check_operations<float>(instance);
      EXPECT_TRUE(single.passed) << instance.label() << ": " << single.detail;
      const Verification twice = check_operations<double>(instance);
      EXPECT_TRUE(twice.passed) << instance.label() << ": " << twice.detail;
    }
  }
}

TEST_F(TwoCoreTypes, HaveTheirOwnPoolsAndThreadCounts) {
  set().instances()[0].set_threads(1);
  set().instances()[1].set_threads(2);
  EXPECT_EQ(set().instances()[0].threads(), 1);
  EXPECT_EQ(set().instances()[1].threads(), 2);
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "needs two allowed CPUs";
  if (set().instances()[0].facts().threading != "pthread")
    GTEST_SKIP() << "only the pthread build has a pool for each copy";
  const auto first = pin_pool(set().instances()[0], {cpus[0], cpus[1]});
  const auto second = pin_pool(set().instances()[1], {cpus[0], cpus[1]});
  std::set<int> workers;
  std::size_t count = 0;
  for (const OpenBlas& instance : set().instances()) {
    const std::vector<int> pool = instance.raise_pool(2);
    EXPECT_FALSE(pool.empty());
    for (const int worker : pool)
      EXPECT_EQ(allowed_cpus_of(worker).value(), std::vector<int>{cpus[1]});
    workers.insert(pool.begin(), pool.end());
    count += pool.size();
  }
  EXPECT_EQ(workers.size(), count) << "a worker serves one copy alone";
}

TEST_F(TwoCoreTypes, LetTheirIdleWorkersSleep) {
  for (const OpenBlas& instance : set().instances()) (void)instance.raise_pool(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const Nanoseconds before = process_cpu_time();
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  // A worker that spins would take all of the time that we sleep; CPU time, so that other load on
  // the machine does not matter.
  EXPECT_LT(process_cpu_time() - before, std::chrono::milliseconds(20));
}

TEST_F(TwoCoreTypes, TakeNoPlaceWhereTheyAreNotWantedOrRefused) {
  CoreSearch one = invented_search();
  std::erase_if(one.trials, [](const LibraryTrial& t) { return t.core_name == "Prescott"; });
  EXPECT_EQ(plan_instances(one.trials, 3).instances.size(), 1U);
  // The library is loaded already and keeps the core type that it read then.
  CoreSearch other = invented_search();
  for (LibraryTrial& t : other.trials) {
    if (t.core_name == "Nehalem") t.setting = t.core_name = "Core2";
  }
  OpenBlasSetOptions options;
  options.change_environment = change_environment;
  const Reading<OpenBlasSet> refused = load_openblas_set(other, options);
  ASSERT_FALSE(refused.available());
  EXPECT_NE(refused.reason().find("Nehalem"), std::string::npos) << refused.reason();
}

TEST(OpenBlasSetLoading, SaysWhyThereIsNone) {
  CoreSearch nothing;
  nothing.fitting_core = Reading<std::string>::unavailable("no core type answers right");
  OpenBlasSetOptions options;
  options.change_environment = change_environment;
  const Reading<OpenBlasSet> loaded = load_openblas_set(nothing, options);
  ASSERT_FALSE(loaded.available());
  EXPECT_EQ(loaded.reason(), "no core type answers right");
}

}  // namespace
}  // namespace perfbench
