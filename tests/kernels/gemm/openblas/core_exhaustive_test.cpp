// The search's choice beside every core type that the library has: prints the table, and holds the
// choice to 0.99 of the best. Run it alone on an idle machine:  ctest -L perf -R core_exhaustive
// --verbose
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "kernels/gemm/openblas/core_search.hpp"
#include "kernels/gemm/openblas/core_trial.hpp"
#include "kernels/gemm/openblas/openblas_environment.hpp"

namespace perfbench {
namespace {

#if defined(__x86_64__)
constexpr Architecture kArchitecture = Architecture::kX86;
const std::vector<Isa> kIsas = {Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512};
#else
constexpr Architecture kArchitecture = Architecture::kArm64;
const std::vector<Isa> kIsas = {Isa::kNeon};
#endif

constexpr int kSize = 2048;
constexpr int kRounds = 3;

struct Row {
  std::string setting;
  std::string core;
  std::string failure;
  double best = 0.0;
};

void run_once(const ChildRunner& runner, Row& row) {
  CoreTrialRequest request;
  request.size = kSize;
  request.cpu = 0;
  request.budget = std::chrono::milliseconds(300);
  ChildCall call{kCoreTrialTask, to_json(request), plain_openblas_environment(1), {}};
  if (!row.setting.empty()) call.environment[std::string(kOpenBlasCoreType)] = row.setting;
  const Interruption none;
  const ChildResult result = runner.call(call, none);
  if (!result.ok()) {
    row.failure = result.sentence;
    return;
  }
  const CoreTrialAnswer answer = core_trial_answer(result.answer);
  row.core = answer.core_name;
  if (!answer.verified) {
    row.failure = answer.detail;
    return;
  }
  row.best = std::max(row.best, 2.0 * kSize * kSize * kSize / seconds(answer.best));
}

TEST(CoreExhaustive, TheChoiceIsWithinOnePercentOfTheBest) {
  const ChildRunner runner(ChildRunnerOptions{PERFBENCH_TRIAL_CHILD, {}});
  CoreSearchOptions options;
  options.candidates = openblas_core_candidates(kArchitecture, kIsas);
  options.cpu = 0;
  const Interruption none;
  const auto begin = std::chrono::steady_clock::now();
  const CoreSearch found = search_openblas_cores(runner, options, none);
  const double took = seconds(std::chrono::steady_clock::now() - begin);
  if (!found.version.available()) GTEST_SKIP() << found.version.reason();
  ASSERT_TRUE(found.fitting_core.available()) << found.fitting_core.reason();
  for (const LibraryTrial& trial : found.trials) {
    std::printf("trial   %-16s -> %-16s %8.1f GFLOP/s  %s %s%s%s\n",
                trial.setting.c_str(),
                trial.core_name.c_str(),
                trial.rate_flop_per_s * 1e-9,
                trial.operation.c_str(),
                trial.ambient ? "[ambient]" : "",
                trial.chosen ? "[chosen]" : "",
                trial.failure.c_str());
  }
  std::printf("search  OpenBLAS %s: ambient %s, fitting %s, setting '%s', %.2f s\n",
              found.version.value().c_str(),
              found.ambient_core.value_or("none").c_str(),
              found.fitting_core.value().c_str(),
              found.fitting_setting.c_str(),
              took);

  std::vector<Row> rows = {Row{}};
  for (const std::string& name : openblas_core_names(kArchitecture))
    rows.push_back(Row{name, {}, {}, 0.0});
  for (int round = 0; round < kRounds; ++round) {
    for (Row& row : rows) {
      if (row.failure.empty()) run_once(runner, row);
    }
  }
  double best = 0.0;
  double chosen = 0.0;
  for (const Row& row : rows) {
    std::printf("all     %-16s -> %-16s %8.1f GFLOP/s  %s\n",
                row.setting.empty() ? "(own choice)" : row.setting.c_str(),
                row.core.c_str(),
                row.best * 1e-9,
                row.failure.c_str());
    best = std::max(best, row.best);
    // Two settings that end at the same kernels differ by noise only.
    if (row.core == found.fitting_core.value()) chosen = std::max(chosen, row.best);
  }
  ASSERT_GT(best, 0.0);
  std::printf("ratio   chosen / best of all = %.4f\n", chosen / best);
  EXPECT_GE(chosen / best, 0.99);
}

}  // namespace
}  // namespace perfbench
