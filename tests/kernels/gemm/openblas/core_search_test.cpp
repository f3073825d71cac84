#include "kernels/gemm/openblas/core_search.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/gemm/openblas/core_choice.hpp"
#include "kernels/gemm/openblas/core_trial.hpp"
#include "kernels/gemm/openblas/openblas_environment.hpp"

namespace perfbench {
namespace {

const std::vector<std::string> kCandidates = {
    "Crashes", "Wrong", "Newest", "SkylakeX", "Haswell", "Zen"};

CoreSearch search(const Environment& environment,
                  const std::vector<std::string>& candidates = kCandidates,
                  Nanoseconds at_most = Nanoseconds::max()) {
  const ChildRunner runner(ChildRunnerOptions{PERFBENCH_SCRIPTED_CHILD, environment});
  CoreSearchOptions options;
  options.candidates = candidates;
  options.at_most = at_most;
  const Interruption none;
  return search_openblas_cores(runner, options, none);
}

const LibraryTrial* find(const CoreSearch& found,
                         const std::string& setting,
                         const std::string& operation = "sgemm",
                         const std::string& shape_class = "square") {
  const auto trial =
      std::find_if(found.trials.begin(), found.trials.end(), [&](const LibraryTrial& t) {
        return t.setting == setting && t.operation == operation && t.shape_class == shape_class;
      });
  return trial == found.trials.end() ? nullptr : &*trial;
}

CoreChoice choice(const CoreSearch& found, BlasOperation operation, GemmClass shape_class) {
  for (const CoreChoice& candidate : core_choices(found.trials)) {
    if (candidate.cell == GemmCell{operation, shape_class}) return candidate;
  }
  ADD_FAILURE() << "no choice for " << name_of(operation) << ' ' << name_of(shape_class);
  return {};
}

CoreChoice square(const CoreSearch& found) {
  return choice(found, BlasOperation::kSgemm, GemmClass::kSquare);
}

TEST(CoreSearch, FindsTheFastestThatAnswersRightInEachCell) {
  const CoreSearch found = search({});
  ASSERT_TRUE(found.fitting_core.available()) << found.fitting_core.reason();
  EXPECT_EQ(found.version.value(), "9.9");
  EXPECT_EQ(found.ambient_core.value(), "Haswell");
  EXPECT_EQ(found.fitting_core.value(), "SkylakeX");
  EXPECT_EQ(found.origin, "measured now");
  const CoreChoice big = square(found);
  EXPECT_EQ(big.chosen.setting, "SkylakeX");
  EXPECT_NEAR(big.chosen.rate_flop_per_s, 200e9, 1e7);
  EXPECT_EQ(big.chosen.shape->m, 2048);
  EXPECT_NEAR(big.ambient_over_chosen, 0.5, 1e-4);
  const CoreChoice thin = choice(found, BlasOperation::kSgemm, GemmClass::kSkinny);
  EXPECT_EQ(thin.chosen.core_name, "Haswell");
  EXPECT_EQ(thin.chosen.setting, "") << "the library's own choice needs no setting";
  EXPECT_NEAR(thin.chosen.rate_flop_per_s, 80e9, 1e8);
  EXPECT_DOUBLE_EQ(thin.ambient_over_chosen, 1.0);
  ASSERT_NE(find(found, "SkylakeX"), nullptr);
  EXPECT_EQ(find(found, "SkylakeX")->library, "OpenBLAS");
  EXPECT_TRUE(find(found, "")->ambient);
}

TEST(CoreSearch, ChoosesOneSettingForEachCell) {
  const CoreSearch found = search({});
  EXPECT_EQ(core_choices(found.trials).size(), gemm_cells().size());
  for (const GemmCell& cell : gemm_cells()) {
    const auto chosen =
        std::count_if(found.trials.begin(), found.trials.end(), [&cell](const LibraryTrial& t) {
          return t.chosen && gemm_cell_of(t.operation, t.shape_class) == cell;
        });
    EXPECT_EQ(chosen, 1) << name_of(cell.operation) << ' ' << name_of(cell.shape_class);
  }
}

TEST(CoreSearch, KeepsCrashesAndWrongAnswersAsWhatTheyAre) {
  const CoreSearch found = search({});
  const LibraryTrial* crash = find(found, "Crashes");
  ASSERT_NE(crash, nullptr);
  EXPECT_FALSE(crash->verified);
  EXPECT_NE(crash->failure.find("SIGILL"), std::string::npos) << crash->failure;
  EXPECT_EQ(crash->rate_flop_per_s, 0.0);
  EXPECT_EQ(find(found, "Crashes", "dgemv", "vector"), nullptr)
      << "one line says that it never ran";
  const LibraryTrial* wrong = find(found, "Wrong");
  ASSERT_NE(wrong, nullptr);
  EXPECT_FALSE(wrong->verified);
  EXPECT_NE(wrong->failure.find("wrong answer"), std::string::npos) << wrong->failure;
  EXPECT_FALSE(crash->chosen || wrong->chosen);
}

TEST(CoreSearch, ACrashOrAWrongAnswerInOneCellCostsThatCellAlone) {
  const CoreSearch found = search({{"SCRIPT_FAST", "CrashesSkinny"}}, {"CrashesSkinny", "Zen"});
  const LibraryTrial* crash = find(found, "CrashesSkinny", "sgemm", "skinny");
  ASSERT_NE(crash, nullptr);
  EXPECT_NE(crash->failure.find("SIGILL"), std::string::npos) << crash->failure;
  EXPECT_EQ(square(found).chosen.setting, "CrashesSkinny");
  EXPECT_TRUE(find(found, "CrashesSkinny", "sgemm", "skinny transposed")->verified);
  EXPECT_FALSE(find(found, "CrashesSkinny", "dgemm", "skinny")->verified);

  const CoreSearch gemv = search({{"SCRIPT_FAST", "WrongGemv"}}, {"WrongGemv", "Zen"});
  EXPECT_EQ(square(gemv).chosen.setting, "WrongGemv");
  EXPECT_FALSE(find(gemv, "WrongGemv", "sgemv", "vector")->verified);
  EXPECT_NE(choice(gemv, BlasOperation::kSgemv, GemmClass::kVector).chosen.setting, "WrongGemv");
}

TEST(CoreSearch, TriesNoKernelsTwiceUnderAnotherName) {
  const CoreSearch found = search({});
  EXPECT_EQ(find(found, "Newest"), nullptr)
      << "the library does not know it and took Haswell again";
  EXPECT_EQ(find(found, "Haswell"), nullptr) << "tried as the library's own choice";
  EXPECT_NE(find(found, "Zen"), nullptr);
}

TEST(CoreSearch, LeavesTheChoiceToTheLibraryWhereThatIsAsGood) {
  const CoreSearch found = search({{"SCRIPT_OWN", "SkylakeX"}}, {"Zen"});
  for (const CoreChoice& each : core_choices(found.trials)) {
    EXPECT_EQ(each.chosen.setting, "");
    EXPECT_DOUBLE_EQ(each.ambient_over_chosen, 1.0);
  }
  EXPECT_EQ(found.fitting_core.value(), "SkylakeX");
  EXPECT_FALSE(ambient_core_warning(found, {}).has_value());
}

TEST(CoreSearch, TellsWhatAnAmbientVariableCosts) {
  const Environment ambient = {
      {"SCRIPT_OWN", "SkylakeX"}, {"OPENBLAS_CORETYPE", "Zen"}, {"OPENBLAS_NUM_THREADS", "1"}};
  const CoreSearch found = search(ambient, {"Zen"});
  EXPECT_EQ(found.ambient_core.value(), "Zen");
  EXPECT_EQ(square(found).chosen.core_name, "SkylakeX");
  EXPECT_EQ(square(found).chosen.setting, "");
  EXPECT_NEAR(square(found).ambient_over_chosen, 0.5, 1e-4);
  const std::optional<Warning> warning = ambient_core_warning(found, ambient);
  ASSERT_TRUE(warning.has_value());
  EXPECT_EQ(warning->id, "openblas-coretype-ambient");
  EXPECT_EQ(warning->remedy, "unset OPENBLAS_CORETYPE");
  EXPECT_NE(warning->what.find("50 %"), std::string::npos) << warning->what;
  EXPECT_NE(warning->what.find("OPENBLAS_CORETYPE=Zen"), std::string::npos) << warning->what;
}

TEST(CoreSearch, NamesTheWorstCellAndWhatItsRemedyCostsElsewhere) {
  const CoreSearch found = search({{"SCRIPT_OWN", "SkylakeX"}}, {"Haswell"});
  const std::optional<Warning> warning = ambient_core_warning(found, {});
  ASSERT_TRUE(warning.has_value());
  EXPECT_EQ(warning->id, "openblas-core-unfit");
  EXPECT_NE(warning->what.find("sgemm, skinny, 8 x 2048 x 2048"), std::string::npos)
      << warning->what;
  EXPECT_EQ(warning->remedy, "export OPENBLAS_CORETYPE=Haswell") << "a command and nothing else";
  EXPECT_NE(warning->why.find("50 % of what fits there"), std::string::npos) << warning->why;
}

TEST(CoreSearch, FiguresOfASharedCpuWarnOfLargeLossesAlone) {
  const CoreSearch busy = search({{"SCRIPT_OWN", "SkylakeX"}, {"SCRIPT_BUSY", "1"}}, {"Haswell"});
  EXPECT_TRUE(busy.blurred());
  const std::optional<Warning> half = ambient_core_warning(busy, {});
  ASSERT_TRUE(half.has_value()) << "half the speed in skinny shapes is no noise";
  CoreSearch close = busy;
  for (LibraryTrial& trial : close.trials) {
    if (trial.ambient) trial.rate_flop_per_s *= 1.7;
  }
  EXPECT_FALSE(ambient_core_warning(close, {}).has_value());
  close.cpu_share = 1.0;
  EXPECT_TRUE(ambient_core_warning(close, {}).has_value()) << "85 % on a quiet machine";
}

TEST(CoreSearch, AnAmbientBlockSizeIsNotMistakenForTheLibrarysOwnChoice) {
  const Environment ambient = {{"SCRIPT_OWN", "SkylakeX"}, {"OPENBLAS_L2_SIZE", "512"}};
  const CoreSearch found = search(ambient, {"Zen"});
  EXPECT_EQ(found.ambient_core.value(), "SkylakeX");
  EXPECT_EQ(square(found).chosen.setting, "");
  EXPECT_NEAR(square(found).ambient_over_chosen, 0.5, 1e-4);
  const std::optional<Warning> warning = ambient_core_warning(found, ambient);
  ASSERT_TRUE(warning.has_value());
  EXPECT_EQ(warning->remedy, "unset OPENBLAS_L2_SIZE");
}

TEST(CoreSearch, DecidesAtTheFinalSize) {
  const CoreSearch found = search({}, {"SmallOnly", "SkylakeX"});
  EXPECT_EQ(square(found).chosen.setting, "SkylakeX");
  EXPECT_NEAR(find(found, "SmallOnly")->rate_flop_per_s, 150e9, 1e7);
  EXPECT_EQ(find(found, "SmallOnly")->shape->n, 2048);
  EXPECT_EQ(find(found, "")->shape->n, 2048) << "the ambient rate stands beside the chosen one";
  EXPECT_EQ(choice(found, BlasOperation::kSgemm, GemmClass::kSmall).chosen.setting, "SmallOnly");
}

TEST(CoreSearch, AnAmbientCrashIsAWarningAndNotTheEnd) {
  const Environment ambient = {{"OPENBLAS_CORETYPE", "Crashes"}};
  const CoreSearch found = search(ambient);
  EXPECT_FALSE(found.ambient_core.available());
  EXPECT_EQ(found.fitting_core.value(), "SkylakeX");
  EXPECT_EQ(square(found).ambient_over_chosen, 0.0);
  const std::optional<Warning> warning = ambient_core_warning(found, ambient);
  ASSERT_TRUE(warning.has_value());
  EXPECT_NE(warning->what.find("SIGILL"), std::string::npos) << warning->what;
  EXPECT_EQ(warning->remedy.find("export OPENBLAS_CORETYPE=SkylakeX"), 0U) << warning->remedy;
}

TEST(CoreSearch, StopsAtOnceWhereThereIsNoLibrary) {
  const CoreSearch found = search({{"SCRIPT_ABSENT", "1"}});
  EXPECT_EQ(found.trials.size(), 1U);
  EXPECT_FALSE(found.version.available());
  ASSERT_FALSE(found.fitting_core.available());
  EXPECT_NE(found.fitting_core.reason().find("install it"), std::string::npos)
      << found.fitting_core.reason();
  EXPECT_FALSE(ambient_core_warning(found, {}).has_value());
}

TEST(CoreSearch, SaysSoWhenNothingAnswersRight) {
  const CoreSearch found = search({{"SCRIPT_OWN", "Wrong"}}, {"Crashes"});
  ASSERT_FALSE(found.fitting_core.available());
  EXPECT_NE(found.fitting_core.reason().find("answers right"), std::string::npos)
      << found.fitting_core.reason();
  EXPECT_EQ(found.trials.size(), 2U);
}

TEST(CoreSearch, WithoutTimeItDecidesByWhatWasTriedAndNamesTheRest) {
  const CoreSearch found = search({}, kCandidates, Nanoseconds(0));
  EXPECT_EQ(found.untried, kCandidates);
  ASSERT_TRUE(found.fitting_core.available()) << found.fitting_core.reason();
  EXPECT_EQ(found.fitting_core.value(), "Haswell") << "the library's own choice is always tried";
  EXPECT_TRUE(search({}).untried.empty());
}

TEST(CoreSearch, EndsWhenInterrupted) {
  Interruption interruption;
  interruption.request(SIGTERM);
  const ChildRunner runner(ChildRunnerOptions{PERFBENCH_SCRIPTED_CHILD, {}});
  CoreSearchOptions options;
  options.candidates = kCandidates;
  const CoreSearch found = search_openblas_cores(runner, options, interruption);
  EXPECT_TRUE(found.interrupted);
  EXPECT_TRUE(found.trials.empty());
  EXPECT_FALSE(found.fitting_core.available());
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TEST(CoreCandidates, FollowTheVectorsOfTheCpu) {
  const auto of = [](std::vector<Isa> isas) {
    return openblas_core_candidates(Architecture::kX86, isas);
  };
  const std::vector<std::string> avx512 =
      of({Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512});
  EXPECT_TRUE(contains(avx512, "SapphireRapids") && contains(avx512, "SkylakeX") &&
              contains(avx512, "Haswell"));
  EXPECT_FALSE(contains(avx512, "Nehalem"));
  EXPECT_EQ(avx512[1], "Haswell") << "one of each width first, where time is short";
  const std::vector<std::string> avx2 = of({Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma});
  EXPECT_TRUE(contains(avx2, "Haswell") && contains(avx2, "Zen"));
  EXPECT_FALSE(contains(avx2, "SkylakeX"));
  EXPECT_TRUE(contains(of({Isa::kSse2}), "Nehalem"));
  EXPECT_TRUE(contains(openblas_core_candidates(Architecture::kArm64, {Isa::kNeon}), "NeoverseN1"));
  EXPECT_TRUE(openblas_core_candidates(Architecture::kOther, {}).empty());
  for (const std::string& name : avx512)
    EXPECT_TRUE(contains(openblas_core_names(Architecture::kX86), name));
}

TEST(OpenBlasVariables, OfKernelsAreToldFromThoseOfThreads) {
  const Environment environment = {
      {"HOME", "/"}, {"OMP_NUM_THREADS", "1"}, {"OPENBLAS_L2_SIZE", "512"}};
  EXPECT_TRUE(changes_openblas_kernels(environment));
  EXPECT_FALSE(changes_openblas_kernels({{"OPENBLAS_NUM_THREADS", "1"}}));
}

TEST(OpenBlasVariables, LoadingTakesTheSettingAndWorkersThatSleepSoon) {
  const EnvironmentChanges changes = openblas_load_environment("SkylakeX", 2);
  EXPECT_EQ(changes.at("OPENBLAS_CORETYPE"), "SkylakeX");
  EXPECT_EQ(changes.at("OPENBLAS_NUM_THREADS"), "2");
  EXPECT_EQ(changes.at("OPENBLAS_THREAD_TIMEOUT"), "16");
  EXPECT_EQ(openblas_load_environment("", 1).at("OPENBLAS_CORETYPE"), std::nullopt);
  EXPECT_EQ(openblas_load_environment("", 1).at("OPENBLAS_L2_SIZE"), std::nullopt);
}

TEST(CoreTrialDocuments, ReadBackWhatWasWritten) {
  CoreTrialRequest request;
  request.cells = {
      {{BlasOperation::kDgemv, GemmClass::kVectorTransposed}, {1, 96, 95}, false, Nanoseconds(5)}};
  request.cpu = 3;
  request.skip_cores = {"Zen"};
  request.file_names = {"x.so"};
  const CoreTrialRequest back = core_trial_request(to_json(request));
  ASSERT_EQ(back.cells.size(), 1U);
  EXPECT_EQ(back.cells[0].cell, request.cells[0].cell);
  EXPECT_EQ(back.cells[0].shape.k, 95);
  EXPECT_FALSE(back.cells[0].verify);
  EXPECT_EQ(back.cells[0].budget, Nanoseconds(5));
  EXPECT_EQ(back.cpu, 3);
  EXPECT_EQ(back.skip_cores, request.skip_cores);
  EXPECT_EQ(back.file_names, request.file_names);
  EXPECT_THROW((void)core_trial_answer(JsonValue::object().set("version", 3)), std::exception);
}

}  // namespace
}  // namespace perfbench
