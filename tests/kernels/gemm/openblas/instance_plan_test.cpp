#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernels/gemm/openblas/core_choice.hpp"

namespace perfbench {
namespace {

/// Trials of one cell: core type and rate, the first of the fastest chosen, "" (of core Own)
/// ambient.
void add(std::vector<LibraryTrial>& trials,
         const GemmCell& cell,
         const std::vector<std::pair<std::string, double>>& rates) {
  double best = 0.0;
  for (const auto& [setting, rate] : rates) best = std::max(best, rate);
  for (const auto& [setting, rate] : rates) {
    LibraryTrial trial;
    trial.library = "OpenBLAS";
    trial.setting = setting;
    trial.core_name = setting.empty() ? "Own" : setting;
    trial.operation = name_of(cell.operation);
    trial.shape_class = name_of(cell.shape_class);
    trial.shape = final_shape(cell);
    trial.verified = rate > 0.0;
    trial.rate_flop_per_s = rate;
    trial.ambient = setting.empty();
    trial.chosen = rate == best && rate > 0.0;
    if (trial.chosen) best = -1.0;
    trials.push_back(trial);
  }
}

constexpr GemmCell kSquare{BlasOperation::kSgemm, GemmClass::kSquare};
constexpr GemmCell kSkinny{BlasOperation::kSgemm, GemmClass::kSkinny};
constexpr GemmCell kVector{BlasOperation::kSgemv, GemmClass::kVector};
constexpr GemmCell kDouble{BlasOperation::kDgemm, GemmClass::kSquare};

TEST(PlanInstances, OneIsEnoughWithinTwoPercent) {
  std::vector<LibraryTrial> trials;
  add(trials, kSquare, {{"", 200}, {"Zen", 100}});
  add(trials, kSkinny, {{"", 39.5}, {"Zen", 40}});
  const InstancePlan plan = plan_instances(trials, 3);
  ASSERT_EQ(plan.instances.size(), 1U);
  EXPECT_EQ(plan.instances[0].setting, "");
  EXPECT_EQ(plan.instances[0].core_name, "Own");
  ASSERT_EQ(plan.services.size(), 2U);
  EXPECT_NEAR(plan.services[1].share_of_chosen, 39.5 / 40, 1e-12);
  EXPECT_EQ(plan.services[1].rate_flop_per_s, 39.5);
}

TEST(PlanInstances, BlurredFiguresMustDifferByMore) {
  std::vector<LibraryTrial> trials;
  add(trials, kSquare, {{"", 200}, {"Zen", 100}});
  add(trials, kSkinny, {{"", 37}, {"Zen", 40}});
  EXPECT_EQ(plan_instances(trials, 3).instances.size(), 2U);
  EXPECT_EQ(plan_instances(trials, 3, 1.15).instances.size(), 1U);
}

TEST(PlanInstances, AddsTheWorstServedFirstAndNoMoreThanAllowed) {
  std::vector<LibraryTrial> trials;
  add(trials, kSquare, {{"", 200}, {"A", 100}, {"B", 100}, {"C", 100}});
  add(trials, kSkinny, {{"", 30}, {"A", 40}, {"B", 30}, {"C", 30}});
  add(trials, kVector, {{"", 5}, {"A", 5}, {"B", 10}, {"C", 5}});
  add(trials, kDouble, {{"", 90}, {"A", 90}, {"B", 90}, {"C", 100}});
  const InstancePlan three = plan_instances(trials, 3);
  ASSERT_EQ(three.instances.size(), 3U);
  EXPECT_EQ(three.instances[1].setting, "B");
  EXPECT_EQ(three.instances[2].setting, "A");
  ASSERT_EQ(three.services.size(), 4U);
  EXPECT_EQ(three.services[1].cell, kSkinny);
  EXPECT_EQ(three.services[1].instance, 2U);
  EXPECT_EQ(three.services[2].instance, 1U);
  EXPECT_EQ(three.services[3].instance, 0U);
  EXPECT_NEAR(three.services[3].share_of_chosen, 0.9, 1e-12);
  const InstancePlan one = plan_instances(trials, 1);
  ASSERT_EQ(one.instances.size(), 1U);
  EXPECT_EQ(one.services[2].rate_flop_per_s, 5);
}

TEST(PlanInstances, ACellThatTheFirstComputesWrongGetsOneThatIsRightOrNone) {
  std::vector<LibraryTrial> trials;
  add(trials, kSquare, {{"", 200}, {"A", 100}});
  add(trials, kSkinny, {{"", 0}, {"A", 40}});
  const InstancePlan two = plan_instances(trials, 2);
  ASSERT_EQ(two.services.size(), 2U);
  EXPECT_EQ(two.services[1].instance, 1U);
  const InstancePlan one = plan_instances(trials, 1);
  ASSERT_EQ(one.services.size(), 1U) << "no instance of this process may serve it";
  EXPECT_EQ(one.services[0].cell, kSquare);
}

TEST(PlanInstances, NothingChosenIsNothingLoaded) {
  EXPECT_TRUE(plan_instances({}, 3).instances.empty());
  std::vector<LibraryTrial> trials;
  add(trials, kSquare, {{"", 0}});
  EXPECT_TRUE(plan_instances(trials, 3).instances.empty());
}

TEST(CoreChoices, CompareRatesOfOneShapeAlone) {
  std::vector<LibraryTrial> trials;
  add(trials, kSquare, {{"", 100}, {"A", 200}});
  ASSERT_EQ(core_choices(trials).size(), 1U);
  EXPECT_DOUBLE_EQ(core_choices(trials)[0].ambient_over_chosen, 0.5);
  trials[0].shape = MatrixShape{8, 8, 8};
  EXPECT_EQ(core_choices(trials)[0].ambient_over_chosen, 0.0);
}

TEST(GemmCells, HaveNamesThatReadBackAndClassesByShape) {
  for (const GemmCell& cell : gemm_cells())
    EXPECT_EQ(gemm_cell_of(name_of(cell.operation), name_of(cell.shape_class)), cell);
  EXPECT_FALSE(gemm_cell_of("sgemm", "vector").has_value());
  EXPECT_EQ(class_of({1, 4096, 4096}), GemmClass::kVector);
  EXPECT_EQ(class_of({16, 4096, 4096}), GemmClass::kSkinny);
  EXPECT_EQ(class_of({17, 4096, 4096}), GemmClass::kSquare);
  EXPECT_EQ(class_of({8, 64, 64}), GemmClass::kSmall);
  EXPECT_EQ(class_of({384, 384, 384}), GemmClass::kSmall);
  EXPECT_EQ(class_of({2048, 2048, 2048}), GemmClass::kSquare);
}

}  // namespace
}  // namespace perfbench
