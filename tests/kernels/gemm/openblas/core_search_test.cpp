#include "kernels/gemm/openblas/core_search.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

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

const LibraryTrial* find(const CoreSearch& found, const std::string& setting) {
  const auto trial =
      std::find_if(found.trials.begin(), found.trials.end(), [&setting](const LibraryTrial& t) {
        return t.setting == setting;
      });
  return trial == found.trials.end() ? nullptr : &*trial;
}

TEST(CoreSearch, FindsTheFastestThatAnswersRight) {
  const CoreSearch found = search({});
  ASSERT_TRUE(found.fitting_core.available()) << found.fitting_core.reason();
  EXPECT_EQ(found.version.value(), "9.9");
  EXPECT_EQ(found.ambient_core.value(), "Haswell");
  EXPECT_EQ(found.fitting_core.value(), "SkylakeX");
  EXPECT_EQ(found.fitting_setting, "SkylakeX");
  EXPECT_NEAR(found.ambient_over_fitting, 0.5, 1e-4);
  ASSERT_NE(find(found, "SkylakeX"), nullptr);
  EXPECT_TRUE(find(found, "SkylakeX")->chosen);
  EXPECT_NEAR(find(found, "SkylakeX")->rate_flop_per_s, 200e9, 1e7);
  EXPECT_EQ(find(found, "SkylakeX")->library, "OpenBLAS");
  EXPECT_TRUE(find(found, "")->ambient);
}

TEST(CoreSearch, KeepsCrashesAndWrongAnswersAsWhatTheyAre) {
  const CoreSearch found = search({});
  const LibraryTrial* crash = find(found, "Crashes");
  ASSERT_NE(crash, nullptr);
  EXPECT_FALSE(crash->verified);
  EXPECT_NE(crash->failure.find("SIGILL"), std::string::npos) << crash->failure;
  EXPECT_EQ(crash->rate_flop_per_s, 0.0);
  const LibraryTrial* wrong = find(found, "Wrong");
  ASSERT_NE(wrong, nullptr);
  EXPECT_FALSE(wrong->verified);
  EXPECT_NE(wrong->failure.find("wrong answer"), std::string::npos) << wrong->failure;
  EXPECT_FALSE(crash->chosen || wrong->chosen);
}

TEST(CoreSearch, TriesNoKernelsTwiceUnderAnotherName) {
  const CoreSearch found = search({});
  EXPECT_EQ(find(found, "Newest"), nullptr)
      << "the library does not know it and took Haswell again";
  EXPECT_EQ(find(found, "Haswell"), nullptr) << "tried as the library's own choice";
  EXPECT_NE(find(found, "Zen"), nullptr);
}

TEST(CoreSearch, LeavesTheChoiceToTheLibraryWhereThatIsAsGood) {
  const CoreSearch found = search({{"SCRIPT_OWN", "SkylakeX"}});
  EXPECT_EQ(found.fitting_core.value(), "SkylakeX");
  EXPECT_EQ(found.fitting_setting, "");
  EXPECT_DOUBLE_EQ(found.ambient_over_fitting, 1.0);
  EXPECT_FALSE(ambient_core_warning(found, {}).has_value());
  EXPECT_EQ(openblas_load_environment(found, 2).at("OPENBLAS_CORETYPE"), std::nullopt);
}

TEST(CoreSearch, TellsWhatAnAmbientVariableCosts) {
  const Environment ambient = {
      {"SCRIPT_OWN", "SkylakeX"}, {"OPENBLAS_CORETYPE", "Haswell"}, {"OPENBLAS_NUM_THREADS", "1"}};
  const CoreSearch found = search(ambient);
  EXPECT_EQ(found.ambient_core.value(), "Haswell");
  EXPECT_EQ(found.fitting_core.value(), "SkylakeX");
  EXPECT_EQ(found.fitting_setting, "");
  EXPECT_NEAR(found.ambient_over_fitting, 0.5, 1e-4);
  const std::optional<Warning> warning = ambient_core_warning(found, ambient);
  ASSERT_TRUE(warning.has_value());
  EXPECT_EQ(warning->id, "openblas-coretype-ambient");
  EXPECT_EQ(warning->remedy, "unset OPENBLAS_CORETYPE");
  EXPECT_NE(warning->what.find("50 %"), std::string::npos) << warning->what;
  const EnvironmentChanges changes = openblas_load_environment(found, 2);
  EXPECT_EQ(changes.at("OPENBLAS_CORETYPE"), std::nullopt);
  EXPECT_EQ(changes.at("OPENBLAS_NUM_THREADS"), "2");
  EXPECT_EQ(changes.at("OPENBLAS_THREAD_TIMEOUT"), "16");
}

TEST(CoreSearch, AnAmbientBlockSizeIsNotMistakenForTheLibrarysOwnChoice) {
  const CoreSearch found = search({{"SCRIPT_OWN", "SkylakeX"}, {"OPENBLAS_L2_SIZE", "512"}});
  EXPECT_EQ(found.ambient_core.value(), "SkylakeX");
  EXPECT_EQ(found.fitting_setting, "");
  EXPECT_NEAR(found.ambient_over_fitting, 0.5, 1e-4);
  EXPECT_EQ(openblas_load_environment(found, 1).at("OPENBLAS_L2_SIZE"), std::nullopt);
}

TEST(CoreSearch, DecidesAtTheFinalSize) {
  const CoreSearch found = search({}, {"SmallOnly", "SkylakeX"});
  EXPECT_EQ(found.fitting_setting, "SkylakeX");
  EXPECT_NEAR(find(found, "SmallOnly")->rate_flop_per_s, 150e9, 1e7);
  EXPECT_NE(find(found, "SmallOnly")->operation.find("2048"), std::string::npos);
}

TEST(CoreSearch, AnAmbientCrashIsAWarningAndNotTheEnd) {
  const Environment ambient = {{"OPENBLAS_CORETYPE", "Crashes"}};
  const CoreSearch found = search(ambient);
  EXPECT_FALSE(found.ambient_core.available());
  EXPECT_EQ(found.fitting_core.value(), "SkylakeX");
  EXPECT_EQ(found.ambient_over_fitting, 0.0);
  const std::optional<Warning> warning = ambient_core_warning(found, ambient);
  ASSERT_TRUE(warning.has_value());
  EXPECT_NE(warning->what.find("SIGILL"), std::string::npos) << warning->what;
  EXPECT_EQ(warning->remedy, "export OPENBLAS_CORETYPE=SkylakeX");
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

TEST(CoreTrialDocuments, ReadBackWhatWasWritten) {
  CoreTrialRequest request;
  request.size = 96;
  request.cpu = 3;
  request.budget = Nanoseconds(5);
  request.skip_cores = {"Zen"};
  request.file_names = {"x.so"};
  const CoreTrialRequest back = core_trial_request(to_json(request));
  EXPECT_EQ(back.size, 96);
  EXPECT_EQ(back.cpu, 3);
  EXPECT_EQ(back.budget, Nanoseconds(5));
  EXPECT_EQ(back.skip_cores, request.skip_cores);
  EXPECT_EQ(back.file_names, request.file_names);
  EXPECT_THROW((void)core_trial_answer(JsonValue::object().set("version", 3)), std::exception);
}

}  // namespace
}  // namespace perfbench
