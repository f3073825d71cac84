// The search against the OpenBLAS of this machine, at small sizes: what it finds depends on the
// machine, that it finds something verified in every cell does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "kernels/gemm/openblas/core_choice.hpp"
#include "kernels/gemm/openblas/core_search.hpp"
#include "kernels/gemm/openblas/core_trial.hpp"

namespace perfbench {
namespace {

#if defined(__x86_64__)
constexpr Architecture kArchitecture = Architecture::kX86;
constexpr Isa kCertain = Isa::kSse2;
bool has_wide_vectors() { return __builtin_cpu_supports("avx2") != 0; }
#else
constexpr Architecture kArchitecture = Architecture::kArm64;
constexpr Isa kCertain = Isa::kNeon;
bool has_wide_vectors() { return false; }
#endif

std::vector<SearchCell> small_cells() {
  std::vector<SearchCell> cells = openblas_search_cells();
  for (SearchCell& cell : cells) {
    const bool square = cell.cell.shape_class == GemmClass::kSquare;
    const std::int64_t n = square ? 160 : 96;
    const std::int64_t m = std::min(cell.final.m, n);
    cell.ranking = {m, n, n};
    cell.final = square ? MatrixShape{224, 224, 224} : cell.ranking;
  }
  return cells;
}

CoreSearch search(const Environment& environment, std::vector<std::string> candidates) {
  const ChildRunner runner(ChildRunnerOptions{PERFBENCH_TRIAL_CHILD, environment});
  CoreSearchOptions options;
  options.candidates = std::move(candidates);
  options.cells = small_cells();
  options.final_rounds = 1;
  options.budget = std::chrono::milliseconds(2);
  const Interruption none;
  return search_openblas_cores(runner, options, none);
}

TEST(CoreSearchLive, FindsAVerifiedCoreTypeForEveryCell) {
  std::vector<std::string> candidates = openblas_core_candidates(kArchitecture, {kCertain});
  candidates.resize(std::min<std::size_t>(candidates.size(), 3));
  const CoreSearch found = search({}, candidates);
  ASSERT_FALSE(found.trials.empty());
  if (!found.version.available()) GTEST_SKIP() << found.version.reason();
  ASSERT_TRUE(found.fitting_core.available()) << found.fitting_core.reason();
  EXPECT_TRUE(found.ambient_core.available()) << found.ambient_core.reason();
  EXPECT_NE(found.file.path.find("openblas"), std::string::npos) << found.file.path;
  EXPECT_GT(found.file.bytes, 0U);
  const std::vector<CoreChoice> choices = core_choices(found.trials);
  ASSERT_EQ(choices.size(), gemm_cells().size());
  for (const CoreChoice& choice : choices) {
    EXPECT_TRUE(choice.chosen.verified);
    EXPECT_GT(choice.chosen.rate_flop_per_s, 0.0);
    ASSERT_TRUE(choice.ambient.has_value());
    EXPECT_GT(choice.ambient_over_chosen, 0.0);
    const auto chosen =
        std::count_if(found.trials.begin(), found.trials.end(), [&choice](const LibraryTrial& t) {
          return t.chosen && t.operation == choice.chosen.operation &&
                 t.shape_class == choice.chosen.shape_class;
        });
    EXPECT_EQ(chosen, 1) << choice.chosen.operation << ' ' << choice.chosen.shape_class;
  }
}

TEST(CoreSearchLive, AnAmbientNehalemIsSeenWithWhatItCostsAndItsRemedy) {
  if (kArchitecture != Architecture::kX86) GTEST_SKIP() << "Nehalem is a core type of x86";
  if (!has_wide_vectors()) GTEST_SKIP() << "Nehalem's vectors are as wide as this CPU's";
  const Environment ambient = {{"OPENBLAS_CORETYPE", "Nehalem"}};
  const CoreSearch found = search(ambient, {});
  if (!found.version.available()) GTEST_SKIP() << found.version.reason();
  EXPECT_EQ(found.ambient_core.value_or("none"), "Nehalem");
  const std::vector<CoreChoice> choices = core_choices(found.trials);
  ASSERT_FALSE(choices.empty());
  const CoreChoice& square = choices.front();
  ASSERT_TRUE(square.ambient.has_value());
  EXPECT_TRUE(square.ambient->verified) << square.ambient->failure;
  EXPECT_GT(square.ambient->rate_flop_per_s, 0.0);
  EXPECT_NE(square.chosen.core_name, "Nehalem");
  EXPECT_GT(square.ambient_over_chosen, 0.0);
  EXPECT_LT(square.ambient_over_chosen, 0.75) << "SSE kernels as fast as the fitting ones";
  const std::optional<Warning> warning = ambient_core_warning(found, ambient);
  ASSERT_TRUE(warning.has_value());
  EXPECT_EQ(warning->id, "openblas-coretype-ambient");
  EXPECT_NE(warning->what.find("OPENBLAS_CORETYPE=Nehalem"), std::string::npos) << warning->what;
  EXPECT_EQ(warning->remedy, "unset OPENBLAS_CORETYPE");
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
