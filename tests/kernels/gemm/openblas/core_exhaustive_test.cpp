// The search's choice in each operation and shape class beside every core type that the library
// has: prints the table, and holds the choice to 0.99 of the best. Run it alone on an idle machine:
//   ctest -L perf -R core_exhaustive --verbose
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "kernels/gemm/openblas/core_choice.hpp"
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

constexpr int kRounds = 3;
/// Two settings in turn, once the exhaustive search has named its winner: the best of many noisy
/// figures is too high, and only a fresh comparison is fair to the one that was chosen before.
constexpr int kDuelRounds = 6;

/// One core type, and its best time in each cell.
struct Row {
  std::string setting;
  std::string core;
  std::string failure;
  std::vector<Nanoseconds> best = std::vector<Nanoseconds>(gemm_cells().size(), Nanoseconds(0));
};

void run_once(const ChildRunner& runner, const std::vector<std::size_t>& cells, Row& row) {
  CoreTrialRequest request;
  for (const std::size_t i : cells) {
    const GemmCell& cell = gemm_cells()[i];
    request.cells.push_back(
        {cell, final_shape(cell), row.core.empty(), std::chrono::milliseconds(40)});
  }
  request.cpu = 0;
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
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Nanoseconds took = answer.cells[i].best;
    Nanoseconds& best = row.best[cells[i]];
    if (took.count() > 0 && (best.count() == 0 || took < best)) best = took;
  }
}

/// Every core type of the library, each once, in turn.
std::vector<Row> run_all(const ChildRunner& runner) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < gemm_cells().size(); ++i) all.push_back(i);
  std::vector<Row> rows = {Row{}};
  for (const std::string& name : openblas_core_names(kArchitecture)) {
    rows.emplace_back();
    rows.back().setting = name;
  }
  for (Row& row : rows) run_once(runner, all, row);
  std::map<std::string, int> seen;
  std::erase_if(rows,
                [&seen](const Row& row) { return !row.failure.empty() || ++seen[row.core] > 1; });
  for (int round = 1; round < kRounds; ++round) {
    for (Row& row : rows) run_once(runner, all, row);
  }
  return rows;
}

double rate(const GemmCell& cell, Nanoseconds took) {
  return took.count() > 0 ? static_cast<double>(flops_of(final_shape(cell)).count()) / seconds(took)
                          : 0.0;
}

/// The rate of the chosen core type over that of the exhaustive winner, both measured afresh.
double duel(const ChildRunner& runner, std::size_t cell, Row chosen, Row winner) {
  chosen.best[cell] = winner.best[cell] = Nanoseconds(0);
  for (int round = 0; round < kDuelRounds; ++round) {
    run_once(runner, {cell}, chosen);
    run_once(runner, {cell}, winner);
  }
  return rate(gemm_cells()[cell], chosen.best[cell]) / rate(gemm_cells()[cell], winner.best[cell]);
}

TEST(CoreExhaustive, TheChoiceIsWithinOnePercentOfTheBestInEveryClass) {
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
  std::printf("search of OpenBLAS %s: %.2f s\n", found.version.value().c_str(), took);

  const std::vector<Row> rows = run_all(runner);
  const std::vector<CoreChoice> choices = core_choices(found.trials);
  ASSERT_EQ(choices.size(), gemm_cells().size());
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const CoreChoice& choice = choices[i];
    const auto slower = [&choice, i](const Row& a, const Row& b) {
      return rate(choice.cell, a.best[i]) < rate(choice.cell, b.best[i]);
    };
    const Row& winner = *std::max_element(rows.begin(), rows.end(), slower);
    const auto chosen = std::find_if(rows.begin(), rows.end(), [&choice](const Row& row) {
      return row.core == choice.chosen.core_name;
    });
    ASSERT_NE(chosen, rows.end()) << choice.chosen.core_name;
    const double ratio = winner.core == chosen->core ? 1.0 : duel(runner, i, *chosen, winner);
    std::string all;
    for (const Row& row : rows)
      all +=
          " " + row.core + " " + std::to_string(std::lround(rate(choice.cell, row.best[i]) * 1e-9));
    std::printf("%-6s %-18s chosen %-12s %6.1f GFLOP/s, %.4f of %-12s |%s\n",
                choice.chosen.operation.c_str(),
                choice.chosen.shape_class.c_str(),
                chosen->core.c_str(),
                choice.chosen.rate_flop_per_s * 1e-9,
                ratio,
                winner.core.c_str(),
                all.c_str());
    EXPECT_GE(ratio, 0.99) << choice.chosen.operation << ' ' << choice.chosen.shape_class;
  }
}

}  // namespace
}  // namespace perfbench
