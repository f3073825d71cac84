#include <gtest/gtest.h>

#include <algorithm>
#include <variant>

#include "harness/core/plan/run_plan.hpp"
#include "tests/support/machine_shapes.hpp"

namespace perfbench {
namespace {

using std::chrono::seconds;

PlanOptions asking(Scenario scenario) {
  ScenarioSettings settings;
  settings.scenario = scenario;
  settings.workload = "kws";
  settings.stop.min_duration = seconds(4);
  PlanOptions options;
  options.scenarios = false;
  options.roofline = RooflineDepth::kNone;
  options.serving.emplace();
  options.serving->scenario = settings;
  return options;
}

std::vector<std::string> ids(const RunPlan& plan) {
  std::vector<std::string> names;
  for (const PlanStep& step : plan.steps()) names.push_back(step.id);
  return names;
}

const PlanEntry* find_entry(const RunPlan& plan, const std::string& name) {
  const auto found = std::find_if(plan.entries().begin(),
                                  plan.entries().end(),
                                  [&](const PlanEntry& entry) { return entry.name == name; });
  return found == plan.entries().end() ? nullptr : &*found;
}

TEST(ServingPlan, AScenarioComesBehindTheRoofsOfItsCores) {
  const RunPlan plan = make_run_plan(machine_of(4), asking(Scenario::kOffline));
  const std::vector<std::string> expected{"probe",
                                          "instruments",
                                          "library-search",
                                          "roofs-compute-3c",
                                          "roofs-memory-3c",
                                          "scenario-kws-offline"};
  EXPECT_EQ(ids(plan), expected);
  // One query at a time needs one core.
  EXPECT_EQ(ids(make_run_plan(machine_of(4), asking(Scenario::kSingleStream)))[3],
            "roofs-compute-1c");
}

TEST(ServingPlan, WorkThatNoRoofJudgesGetsNone) {
  PlanOptions options = asking(Scenario::kServer);
  options.serving->needs_library = false;
  options.serving->needs_roofs = false;
  const std::vector<std::string> expected{"probe", "instruments", "scenario-kws-server"};
  EXPECT_EQ(ids(make_run_plan(machine_of(2), options)), expected);
}

TEST(ServingPlan, EverySettingIsWrittenOut) {
  PlanOptions options = asking(Scenario::kServer);
  ScenarioSettings& settings = *options.serving->scenario;
  settings.arrivals.kind = Arrivals::kBursty;
  settings.arrivals.target_qps = 250.0;
  settings.bound = LatencyBound{};
  const RunPlan plan = make_run_plan(machine_of(2), options);
  for (const char* name : {"scenario",
                           "workload",
                           "rung",
                           "min_duration_s",
                           "min_queries",
                           "seed",
                           "arrivals",
                           "target_qps",
                           "burst_duty",
                           "burst_period_s",
                           "samples_per_query",
                           "max_batch",
                           "max_delay_s",
                           "wait",
                           "latency_bound_s",
                           "bound_percentile",
                           "workers"}) {
    EXPECT_NE(find_entry(plan, std::string("scenario-kws-server_") + name), nullptr) << name;
  }
  EXPECT_EQ(find_entry(plan, "scenario-kws-server_bound_percentile")->value, FactValue(99.0));
}

TEST(ServingPlan, AnOpenLoopWithoutARateSaysTheLoad) {
  PlanOptions options = asking(Scenario::kServer);
  options.serving->scenario->arrivals.kind = Arrivals::kPoisson;
  const RunPlan chosen = make_run_plan(machine_of(2), options);
  EXPECT_EQ(find_entry(chosen, "scenario-kws-server_target_load_of_saturation")->value,
            FactValue(0.5));
  options.serving->scenario->arrivals.target_qps = 10.0;
  const RunPlan given = make_run_plan(machine_of(2), options);
  EXPECT_EQ(find_entry(given, "scenario-kws-server_target_load_of_saturation"), nullptr);
  EXPECT_LT(given.estimated_s(), chosen.estimated_s());
}

TEST(ServingPlan, ExperimentsFollowTheScenario) {
  PlanOptions options = asking(Scenario::kServer);
  options.serving->runs = 5;
  options.serving->find_peak = true;
  options.serving->sweep = true;
  const RunPlan plan = make_run_plan(machine_of(2), options);
  const std::vector<std::string> all = ids(plan);
  ASSERT_GE(all.size(), 4U);
  const std::vector<std::string> last(all.end() - 4, all.end());
  const std::vector<std::string> expected{
      "scenario-kws-server", "fresh-runs", "load-sweep", "peak-rate"};
  EXPECT_EQ(last, expected);
  EXPECT_EQ(std::get<FreshRunsStep>(plan.steps()[all.size() - 3].work).runs, 4);
}

TEST(ServingPlan, ASearchAloneHasItsOwnRates) {
  PlanOptions options = asking(Scenario::kServer);
  options.serving->needs_roofs = false;
  options.serving->sweep = true;
  EXPECT_EQ(ids(make_run_plan(machine_of(2), options)).back(), "load-sweep");
  EXPECT_EQ(ids(make_run_plan(machine_of(2), options)).size(), 4U);
  options.serving->scenario->arrivals.target_qps = 5.0;
  EXPECT_EQ(ids(make_run_plan(machine_of(2), options)).size(), 5U);
}

TEST(ServingPlan, TracksAndCalibrationAreStepsOfTheirOwn) {
  PlanOptions options = asking(Scenario::kServer);
  options.serving->track = Track::kEdge;
  options.serving->scenario.reset();
  EXPECT_EQ(ids(make_run_plan(machine_of(2), options)).back(), "track-edge");
  options.serving->track.reset();
  options.serving->calibrate = true;
  options.serving->needs_library = false;
  const RunPlan plan = make_run_plan(machine_of(2), options);
  const std::vector<std::string> expected{"probe", "instruments", "calibration"};
  EXPECT_EQ(ids(plan), expected);
  EXPECT_GT(std::get<CalibrationStep>(plan.steps().back().work).at_most.count(), 0);
}

TEST(ServingPlan, MaxTimeShortensIt) {
  PlanOptions options = asking(Scenario::kSingleStream);
  options.serving->needs_library = false;
  options.serving->needs_roofs = false;
  options.max_time = seconds(4);
  const RunPlan plan = make_run_plan(machine_of(2), options);
  EXPECT_LE(plan.estimated_s(), 4.0 + 1e-9);
  const auto& work = std::get<ScenarioStep>(plan.steps().back().work);
  EXPECT_LT(work.settings.stop.min_duration, seconds(4));
}

}  // namespace
}  // namespace perfbench
