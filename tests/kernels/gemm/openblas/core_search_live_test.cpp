// The search against the OpenBLAS of this machine, at small sizes: what it finds depends on the
// machine, that it finds something verified does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "kernels/gemm/openblas/core_search.hpp"
#include "kernels/gemm/openblas/core_trial.hpp"

namespace perfbench {
namespace {

#if defined(__x86_64__)
constexpr Architecture kArchitecture = Architecture::kX86;
constexpr Isa kCertain = Isa::kSse2;
#else
constexpr Architecture kArchitecture = Architecture::kArm64;
constexpr Isa kCertain = Isa::kNeon;
#endif

CoreSearch search(const Environment& environment) {
  const ChildRunner runner(ChildRunnerOptions{PERFBENCH_TRIAL_CHILD, environment});
  CoreSearchOptions options;
  options.candidates = openblas_core_candidates(kArchitecture, {kCertain});
  options.ranking_size = 160;
  options.final_size = 256;
  options.final_rounds = 1;
  options.ranking_budget = options.final_budget = std::chrono::milliseconds(2);
  const Interruption none;
  return search_openblas_cores(runner, options, none);
}

TEST(CoreSearchLive, FindsAVerifiedCoreType) {
  const CoreSearch found = search({});
  ASSERT_FALSE(found.trials.empty());
  if (!found.version.available()) GTEST_SKIP() << found.version.reason();
  ASSERT_TRUE(found.fitting_core.available()) << found.fitting_core.reason();
  EXPECT_TRUE(found.ambient_core.available()) << found.ambient_core.reason();
  const auto chosen =
      std::count_if(found.trials.begin(), found.trials.end(), [](const LibraryTrial& trial) {
        return trial.chosen && trial.verified && trial.rate_flop_per_s > 0.0;
      });
  EXPECT_EQ(chosen, 1);
}

TEST(CoreSearchLive, SeesTheAmbientCoreType) {
  if (kArchitecture != Architecture::kX86) GTEST_SKIP() << "Prescott is a core type of x86";
  const CoreSearch found = search({{"OPENBLAS_CORETYPE", "Prescott"}});
  if (!found.version.available()) GTEST_SKIP() << found.version.reason();
  EXPECT_EQ(found.ambient_core.value_or("none"), "Prescott");
  EXPECT_LT(found.ambient_over_fitting, 0.95) << "SSE3 kernels as fast as the fitting ones";
}

TEST(CoreSearchLive, ATrialWithoutTheLibrarySaysWhichPackageToInstall) {
  const ChildRunner runner(ChildRunnerOptions{PERFBENCH_TRIAL_CHILD, {}});
  CoreTrialRequest request;
  request.file_names = {"libno-such-blas.so.0"};
  const Interruption none;
  const ChildResult result = runner.call(ChildCall{kCoreTrialTask, to_json(request), {}, {}}, none);
  EXPECT_EQ(result.outcome, ChildOutcome::kRefused);
  EXPECT_NE(result.sentence.find("libopenblas0"), std::string::npos) << result.sentence;
}

}  // namespace
}  // namespace perfbench
