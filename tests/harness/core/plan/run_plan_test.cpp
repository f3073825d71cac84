#include "harness/core/plan/run_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/units/error.hpp"
#include "tests/support/machine_shapes.hpp"

namespace perfbench {
namespace {

using std::chrono::seconds;

PlanOptions with_max_time(int limit) {
  PlanOptions options;
  options.max_time = seconds(limit);
  return options;
}

const PlanStep* find_step(const RunPlan& plan, const std::string& id) {
  for (const PlanStep& step : plan.steps()) {
    if (step.id == id) return &step;
  }
  return nullptr;
}

const PlanEntry* find_entry(const RunPlan& plan, const std::string& name) {
  for (const PlanEntry& entry : plan.entries()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

std::string usage_error(const MachineShape& shape, const PlanOptions& options) {
  try {
    static_cast<void>(make_run_plan(shape, options));
  } catch (const UsageError& error) {
    return std::string(error.what()) + " | " + error.remedy();
  }
  return "accepted";
}

TEST(RunPlan, QuickFitsEightySeconds) {
  const RunPlan plan = make_run_plan(machine_of(2), {});
  EXPECT_GT(plan.estimated_s(), 40.0);
  EXPECT_LT(plan.estimated_s(), 62.0);
  double scenarios = 0.0;
  for (const PlanStep& step : plan.steps()) {
    if (std::holds_alternative<ScenarioStep>(step.work)) scenarios += step.estimated_s;
  }
  EXPECT_GT(scenarios, 20.0);
  EXPECT_LT(scenarios, 27.0);
}

TEST(RunPlan, StepsComeInTheirOrder) {
  const RunPlan plan = make_run_plan(machine_of(2), {});
  std::vector<std::string> ids;
  for (const PlanStep& step : plan.steps()) ids.push_back(step.id);
  const std::vector<std::string> expected{"probe",
                                          "instruments",
                                          "library-search",
                                          "sweep",
                                          "roofs-compute-1c",
                                          "roofs-memory-1c",
                                          "roofs-latency-1c",
                                          "roofs-compute-2c",
                                          "roofs-memory-2c",
                                          "scenario-mobilenet-singlestream",
                                          "scenario-mobilenet-multistream",
                                          "scenario-mobilenet-server",
                                          "scenario-mobilenet-offline",
                                          "scenario-triad-singlestream"};
  EXPECT_EQ(ids, expected);
}

PlanOptions alone(RooflineDepth depth) {
  PlanOptions options;
  options.roofline = depth;
  options.scenarios = false;
  return options;
}

TEST(RooflinePlan, FullFitsAMinuteAndQuickFifteenSeconds) {
  EXPECT_LE(make_run_plan(machine_of(2), alone(RooflineDepth::kFull)).estimated_s(), 60.0);
  EXPECT_LE(make_run_plan(machine_of(2), alone(RooflineDepth::kQuick)).estimated_s(), 15.0);
}

TEST(RooflinePlan, ALargeMachineTakesLittleLonger) {
  MachineShape large = machine_of(64, 2);
  for (LogicalCpu& cpu : large.cpus) cpu.numa_node = cpu.core / 16;
  const RunPlan small = make_run_plan(machine_of(2), alone(RooflineDepth::kFull));
  const RunPlan plan = make_run_plan(large, alone(RooflineDepth::kFull));
  EXPECT_GT(plan.steps().size(), small.steps().size() + 10);
  EXPECT_LE(plan.estimated_s(), small.estimated_s() + 25.0);
}

TEST(RooflinePlan, FullHasEveryPlacementAndSustainedHeights) {
  const RunPlan plan = make_run_plan(machine_of(4, 2), alone(RooflineDepth::kFull));
  for (const char* id : {"sweep",
                         "roofs-compute-1c",
                         "roofs-memory-4c",
                         "roofs-latency-1c",
                         "roofs-compute-2c",
                         "roofs-memory-4c8t",
                         "sustained-4c"}) {
    EXPECT_NE(find_step(plan, id), nullptr) << id;
  }
  const auto& one = std::get<RoofStep>(find_step(plan, "roofs-memory-1c")->work);
  EXPECT_EQ(one.scope, RoofScope::kAll);
  EXPECT_LT(one.per_cached_kernel, one.per_kernel);
  EXPECT_EQ(std::get<RoofStep>(find_step(plan, "roofs-memory-2c")->work).scope, RoofScope::kScale);
  EXPECT_GE(std::get<SustainedStep>(find_step(plan, "sustained-4c")->work).per_kernel, seconds(10));
}

TEST(RooflinePlan, OnlyTheKindsThatWereAskedFor) {
  PlanOptions options = alone(RooflineDepth::kFull);
  options.only = {RoofKind::kLatency};
  const RunPlan latency = make_run_plan(machine_of(4), options);
  EXPECT_NE(find_step(latency, "sweep"), nullptr);
  EXPECT_NE(find_step(latency, "roofs-latency-1c"), nullptr);
  EXPECT_EQ(find_step(latency, "roofs-compute-1c"), nullptr);
  EXPECT_EQ(find_step(latency, "sustained-4c"), nullptr);
  options.only = {RoofKind::kCompute};
  const RunPlan compute = make_run_plan(machine_of(4), options);
  EXPECT_EQ(find_step(compute, "sweep"), nullptr);
  EXPECT_EQ(find_step(compute, "roofs-memory-4c"), nullptr);
  EXPECT_NE(find_step(compute, "roofs-compute-2c"), nullptr);
}

TEST(RooflinePlan, SustainedHeightsAreWholeOrLeftOut) {
  PlanOptions options = alone(RooflineDepth::kFull);
  options.max_time = seconds(40);
  const RunPlan plan = make_run_plan(machine_of(2), options);
  EXPECT_EQ(find_step(plan, "sustained-2c"), nullptr);
  EXPECT_NE(find_step(plan, "roofs-memory-2c"), nullptr);
  EXPECT_LE(plan.estimated_s(), 40.0 + 1e-9);
}

TEST(RunPlan, OneThreadHasNoStepForAllCores) {
  const RunPlan plan = make_run_plan(machine_of(1), {});
  EXPECT_NE(find_step(plan, "roofs-compute-1c"), nullptr);
  for (const PlanStep& step : plan.steps()) {
    if (const auto* work = std::get_if<RoofStep>(&step.work)) {
      EXPECT_EQ(work->team.id, "1c");
    }
  }
}

TEST(RunPlan, StrictHasMlperfsLengths) {
  PlanOptions options;
  options.preset = Preset::kStrict;
  const RunPlan plan = make_run_plan(machine_of(2), options);
  const PlanStep* stream = find_step(plan, "scenario-mobilenet-singlestream");
  const PlanStep* offline = find_step(plan, "scenario-mobilenet-offline");
  ASSERT_NE(stream, nullptr);
  ASSERT_NE(offline, nullptr);
  const StopRule& rule = std::get<ScenarioStep>(stream->work).settings.stop;
  EXPECT_EQ(rule.min_duration, seconds(600));
  EXPECT_EQ(rule.min_queries, 662U);
  EXPECT_FALSE(rule.max_duration.has_value());
  EXPECT_EQ(std::get<ScenarioStep>(offline->work).settings.stop.min_queries, 24'576U);
}

TEST(RunPlan, NarrowerInstructionSetsTakeTimeOfTheirOwn) {
  PlanOptions options;
  options.preset = Preset::kStandard;
  MachineShape narrow = machine_of(2);
  narrow.isas = {Isa::kScalar};
  const RunPlan few = make_run_plan(narrow, options);
  const RunPlan many = make_run_plan(machine_of(2), options);  // Three instruction sets.
  const PlanStep* one = find_step(few, "roofs-compute-1c");
  const PlanStep* three = find_step(many, "roofs-compute-1c");
  ASSERT_TRUE(one != nullptr && three != nullptr);
  EXPECT_EQ(std::get<RoofStep>(one->work).per_kernel, seconds(1));
  EXPECT_EQ(std::get<RoofStep>(three->work).per_kernel, seconds(1));
  EXPECT_GE(three->estimated_s - one->estimated_s, 4 * 1.0);  // Two kernels for each set more.
  // One core says it.
  EXPECT_TRUE(std::get<RoofStep>(find_step(many, "roofs-memory-1c")->work).narrower_isas);
  EXPECT_FALSE(std::get<RoofStep>(find_step(many, "roofs-memory-2c")->work).narrower_isas);
  EXPECT_FALSE(std::get<RoofStep>(find_step(many, "roofs-compute-2c")->work).narrower_isas);
}

// Registers of half the width are a question only where there are wider ones.
TEST(RunPlan, HalfWidthStoresTakeTimeWhereThereIsAvx512) {
  PlanOptions options;
  options.preset = Preset::kStandard;
  MachineShape without = machine_of(2);
  without.isas = {Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma};
  MachineShape with = without;
  with.isas.push_back(Isa::kAvx512);
  const RunPlan shorter = make_run_plan(without, options);
  const RunPlan longer = make_run_plan(with, options);
  EXPECT_GT(find_step(longer, "roofs-memory-1c")->estimated_s,
            find_step(shorter, "roofs-memory-1c")->estimated_s);
  EXPECT_EQ(find_step(longer, "roofs-memory-2c")->estimated_s,
            find_step(shorter, "roofs-memory-2c")->estimated_s);
}

TEST(RunPlan, AScenarioDrawsTheSameSamplesOnEveryMachine) {
  const RunPlan one = make_run_plan(machine_of(1), {});
  const RunPlan two = make_run_plan(machine_of(2), {});
  PlanOptions alone;
  alone.roofline = RooflineDepth::kNone;
  const RunPlan scenarios = make_run_plan(machine_of(2), alone);
  const auto seed = [](const RunPlan& plan, const char* id) {
    const PlanStep* step = find_step(plan, id);
    return step == nullptr ? 0U : std::get<ScenarioStep>(step->work).settings.seed;
  };
  for (const char* id : {"scenario-mobilenet-singlestream", "scenario-triad-singlestream"}) {
    EXPECT_NE(seed(one, id), 0U);
    EXPECT_EQ(seed(one, id), seed(two, id));
    EXPECT_EQ(seed(one, id), seed(scenarios, id));
  }
  EXPECT_NE(seed(one, "scenario-mobilenet-singlestream"), seed(one, "scenario-triad-singlestream"));
}

TEST(RunPlan, PresetsGrow) {
  PlanOptions options;
  const double quick = make_run_plan(machine_of(2), options).estimated_s();
  options.preset = Preset::kStandard;
  const double standard = make_run_plan(machine_of(2), options).estimated_s();
  options.preset = Preset::kStrict;
  EXPECT_LT(quick, standard);
  EXPECT_LT(standard, make_run_plan(machine_of(2), options).estimated_s());
}

TEST(RunPlan, PresetNamesAreReadAsTheyAreWritten) {
  for (const Preset preset : {Preset::kQuick, Preset::kStandard, Preset::kStrict}) {
    EXPECT_EQ(preset_from_name(preset_name(preset)), preset);
  }
  EXPECT_THROW(static_cast<void>(preset_from_name("fast")), UsageError);
}

TEST(RunPlan, DefaultsAreWrittenOut) {
  const RunPlan plan = make_run_plan(machine_of(2), {});
  for (const char* name : {"preset",
                           "seed",
                           "threads",
                           "threads_reason",
                           "cpus",
                           "one_core_cpu",
                           "gemm_n",
                           "triad_bytes",
                           "gap_test_s",
                           "scenario-mobilenet-singlestream_min_duration_s"}) {
    EXPECT_NE(find_entry(plan, name), nullptr) << name;
  }
  EXPECT_EQ(find_entry(plan, "max_time_s"), nullptr);
  const PlanRecord record = plan.record();
  EXPECT_EQ(record.preset, "quick");
  EXPECT_EQ(record.steps.size(), plan.steps().size());
  for (const PlanStepRecord& step : record.steps) EXPECT_FALSE(step.took_s.has_value());
}

TEST(RunPlan, SeedsOfScenariosDifferAndRepeat) {
  const auto seeds = [](std::uint64_t seed) {
    PlanOptions options;
    options.seed = seed;
    std::vector<std::uint64_t> found;
    const RunPlan plan = make_run_plan(machine_of(2), options);
    for (const PlanStep& step : plan.steps()) {
      if (const auto* work = std::get_if<ScenarioStep>(&step.work)) {
        found.push_back(work->settings.seed);
      }
    }
    return found;
  };
  const std::vector<std::uint64_t> first = seeds(1);
  ASSERT_EQ(first.size(), 5U);
  EXPECT_NE(first[0], first[1]);
  EXPECT_EQ(first, seeds(1));
  EXPECT_NE(first, seeds(2));
}

TEST(MaxTime, LongerThanThePlanChangesNothing) {
  const RunPlan plan = make_run_plan(machine_of(2), {});
  const RunPlan same = make_run_plan(machine_of(2), with_max_time(600));
  EXPECT_DOUBLE_EQ(plan.estimated_s(), same.estimated_s());
  EXPECT_TRUE(same.notes().empty());
}

TEST(MaxTime, IsKeptAndUsedWhateverItIs) {
  for (const int cores : {1, 2, 64}) {
    const MachineShape shape = machine_of(cores);
    const double full = make_run_plan(shape, {}).estimated_s();
    std::size_t steps_before = 0;
    for (int limit = 6; limit < 80; ++limit) {
      const RunPlan plan = make_run_plan(shape, with_max_time(limit));
      EXPECT_LE(plan.estimated_s(), limit + 1e-9) << cores << " cores, " << limit << " s";
      // A longer limit never drops more steps.
      EXPECT_GE(plan.steps().size(), steps_before) << cores << " cores, " << limit << " s";
      steps_before = plan.steps().size();
      EXPECT_EQ(plan.notes().empty(), full <= limit) << cores << " cores, " << limit << " s";
      EXPECT_NE(find_step(plan, "roofs-compute-1c"), nullptr);
    }
  }
}

TEST(MaxTime, ShortensBeforeItDrops) {
  const RunPlan full = make_run_plan(machine_of(2), {});
  const RunPlan shorter = make_run_plan(machine_of(2), with_max_time(35));
  ASSERT_EQ(shorter.steps().size(), full.steps().size());
  const auto duration = [](const RunPlan& plan) {
    return std::get<ScenarioStep>(find_step(plan, "scenario-mobilenet-offline")->work)
        .settings.stop;
  };
  EXPECT_LT(duration(shorter).min_duration, duration(full).min_duration);
  EXPECT_EQ(duration(shorter).max_duration, duration(shorter).min_duration);
}

TEST(MaxTime, DroppedStepsAreNamed) {
  const RunPlan plan = make_run_plan(machine_of(2), with_max_time(12));
  EXPECT_EQ(find_step(plan, "scenario-mobilenet-offline"), nullptr);
  const auto names_it = [](const std::string& note) {
    return note.find("Offline, workload mobilenet") != std::string::npos;
  };
  EXPECT_TRUE(std::any_of(plan.notes().begin(), plan.notes().end(), names_it));
  EXPECT_NE(find_entry(plan, "notes"), nullptr);
}

TEST(MaxTime, TooShortSaysTheLeast) {
  const std::string refusal = usage_error(machine_of(2), with_max_time(1));
  ASSERT_NE(refusal, "accepted");
  const std::size_t at = refusal.find("at least ");
  ASSERT_NE(at, std::string::npos) << refusal;
  const int least = std::stoi(refusal.substr(at + 9));
  EXPECT_EQ(usage_error(machine_of(2), with_max_time(least)), "accepted");
  EXPECT_NE(usage_error(machine_of(2), with_max_time(least - 1)), "accepted");
  EXPECT_NE(usage_error(machine_of(2), with_max_time(0)), "accepted");
}

TEST(Sizes, ZeroIsRefused) {
  PlanOptions gemm;
  gemm.gemm_n = 0;
  EXPECT_NE(usage_error(machine_of(2), gemm).find("size 0"), std::string::npos);
  PlanOptions triad;
  triad.triad_bytes = Bytes(0);
  EXPECT_NE(usage_error(machine_of(2), triad).find("0 bytes"), std::string::npos);
}

TEST(Sizes, BeyondTheMemoryIsRefusedWithARemedyThatWorks) {
  PlanOptions options;
  options.gemm_n = 30'000;  // 16 x 9e8 B = 14.4 GB of 8.6 GB.
  const std::string refusal = usage_error(machine_of(2), options);
  EXPECT_NE(refusal.find("14.4 GB"), std::string::npos) << refusal;
  const std::size_t at = refusal.find("at most ", refusal.find('|'));
  ASSERT_NE(at, std::string::npos) << refusal;
  options.gemm_n = std::stoull(refusal.substr(at + 8));
  EXPECT_EQ(usage_error(machine_of(2), options), "accepted");

  PlanOptions triad;
  triad.triad_bytes = gib(8);
  EXPECT_NE(usage_error(machine_of(2), triad), "accepted");
  triad.triad_bytes = gib(4);
  EXPECT_EQ(usage_error(machine_of(2), triad), "accepted");
}

TEST(Sizes, HugeNumbersDoNotWrapAround) {
  PlanOptions options;
  options.gemm_n = std::uint64_t{1} << 62U;
  EXPECT_NE(usage_error(machine_of(2), options), "accepted");
  options.gemm_n = std::uint64_t{1} << 32U;  // Its square is 0 modulo 2^64.
  EXPECT_NE(usage_error(machine_of(2), options), "accepted");
}

TEST(Sizes, UnknownMemoryIsSaid) {
  MachineShape shape = machine_of(2);
  shape.memory_available = Reading<Bytes>::unavailable("no /proc/meminfo");
  const RunPlan plan = make_run_plan(shape, {});
  ASSERT_FALSE(plan.notes().empty());
  EXPECT_NE(plan.notes().front().find("no /proc/meminfo"), std::string::npos);
}

}  // namespace
}  // namespace perfbench
