#include "harness/core/plan/plan_draft.hpp"

#include <algorithm>
#include <utility>

#include "harness/core/plan/random.hpp"
#include "harness/core/result/names.hpp"

namespace perfbench::plan_detail {
namespace {

/// What a preset fixes. Times in seconds.
struct PresetTimes {
  double gap_test_s;
  double library_search_s;
  double scenario_s;             ///< Minimum duration of a scenario.
  std::uint64_t stream_queries;  ///< Minimum of SingleStream.
  std::uint64_t offline_samples;
  bool bounded;  ///< Scenarios end at a maximum duration even if the minimums are not met.
};

/// quick: enough queries for a P90 of anything below 40 ms. strict: MLPerf's lengths (mlperf.conf:
/// 600 s; Offline 24,576 samples or the sample set if that is smaller) and the 662 queries that its
/// P99 needs.
PresetTimes times_of(Preset preset) {
  switch (preset) {
    case Preset::kQuick:
      return {2.0, 6.0, 4.0, 64, 1, true};
    case Preset::kStandard:
      return {5.0, 10.0, 30.0, 662, 1, true};
    case Preset::kStrict:
      break;
  }
  return {10.0, 10.0, 600.0, 662, 24'576, false};
}

/// Long enough to meet a few of the gaps of milliseconds that an idle VM has.
constexpr double kLeastGapTestSeconds = 0.3;
constexpr double kLeastScenarioSeconds = 0.5;
/// Loading, verifying and warming up a workload, and its statistics.
constexpr double kScenarioOverheadSeconds = 0.8;
/// A scenario that is slow to meet its minimums may take so much longer than planned.
constexpr double kScenarioSlack = 1.5;
class Drafting {
 public:
  Drafting(const MachineShape& shape,
           const PlanOptions& options,
           const ThreadChoice& threads,
           const KernelSizes& sizes)
      : shape_(shape),
        options_(options),
        threads_(threads),
        sizes_(sizes),
        depth_(roofline_depth(options)),
        times_(times_of(options.preset)) {
    if (depth_ == RooflineDepth::kFull && options.preset == Preset::kQuick) {
      times_.library_search_s = 4.0;
    }
    if (depth_ != RooflineDepth::kQuick) return;
    times_.gap_test_s = 0.4;
    times_.library_search_s = 2.0;
  }

  std::vector<DraftStep> all() {
    add({"probe", "reading the machine", 0.0, ProbeStep{}}, {0.5, 0.0, 0.0, kEssential});
    add_instruments();
    add({"library-search",
         "trying the BLAS core types in child processes",
         0.0,
         LibrarySearchStep{{}, options_.refresh_library_search}},
        {1.0, times_.library_search_s, std::min(4.0, times_.library_search_s), 80});
    for (DraftStep& step : roofline_steps(shape_, options_, depth_, threads_, sizes_)) {
      drafts_.push_back(std::move(step));
    }
    if (options_.scenarios) add_scenarios();
    return std::move(drafts_);
  }

 private:
  struct Times {
    double fixed_s;
    double flexible_s;
    double least_flexible_s;
    int importance;
  };

  void add(PlanStep step, Times times) {
    DraftStep draft;
    draft.step = std::move(step);
    draft.fixed_s = times.fixed_s;
    draft.flexible_s = times.flexible_s;
    draft.least_flexible_s = times.least_flexible_s;
    draft.importance = times.importance;
    drafts_.push_back(std::move(draft));
  }

  void add_instruments() {
    add({"instruments", "noise floor and timer", 0.0, InstrumentsStep{}},
        {0.7, times_.gap_test_s, kLeastGapTestSeconds, 90});
  }

  void add_scenarios() {
    // With scenarios alone, one of them is what the run is for.
    add_scenario(Scenario::kSingleStream, "gemm", 70);
    add_scenario(
        Scenario::kSingleStream, "triad", depth_ != RooflineDepth::kNone ? 30 : kEssential);
    add_scenario(Scenario::kOffline, "gemm", 20);
    add_scenario(Scenario::kOffline, "triad", 10);
  }

  void add_scenario(Scenario scenario, const std::string& workload, int importance) {
    const bool offline = scenario == Scenario::kOffline;
    ScenarioStep work;
    work.scenario = scenario;
    work.workload = workload;
    work.stop.min_queries = offline ? times_.offline_samples : times_.stream_queries;
    if (times_.bounded) work.stop.max_duration = from_seconds(kScenarioSlack * times_.scenario_s);
    // By the scenario, not by the step: another machine has other steps, and draws the same
    // samples.
    work.seed = derive_seed(options_.seed, ++scenarios_);
    add({"scenario-" + workload + (offline ? "-offline" : "-singlestream"),
         std::string(name_of(scenario)) + ", workload " + workload,
         0.0,
         std::move(work)},
        {kScenarioOverheadSeconds,
         times_.scenario_s,
         std::min(kLeastScenarioSeconds, times_.scenario_s),
         importance});
  }

  const MachineShape& shape_;
  const PlanOptions& options_;
  const ThreadChoice& threads_;
  const KernelSizes& sizes_;
  RooflineDepth depth_;
  PresetTimes times_;
  std::uint64_t scenarios_ = 0;
  std::vector<DraftStep> drafts_;
};

/// Hands a draft's flexible time to its work.
struct Settle {
  double flexible_s;
  int kernels;
  int cached_kernels;
  double cached_share;
  bool shrunk;
  void operator()(ProbeStep&) const {}
  void operator()(InstrumentsStep& step) const { step.gap_test = from_seconds(flexible_s); }
  void operator()(LibrarySearchStep& step) const { step.at_most = from_seconds(flexible_s); }
  void operator()(SweepStep& step) const { step.at_most = from_seconds(flexible_s); }
  void operator()(SustainedStep& step) const {
    step.per_kernel = from_seconds(flexible_s / kernels);
  }
  void operator()(RoofStep& step) const {
    const double per_kernel = flexible_s / (kernels + cached_kernels * cached_share);
    step.per_kernel = from_seconds(per_kernel);
    if (cached_kernels > 0) step.per_cached_kernel = from_seconds(per_kernel * cached_share);
  }
  void operator()(ScenarioStep& step) const {
    step.stop.min_duration = from_seconds(flexible_s);
    if (shrunk) step.stop.max_duration = step.stop.min_duration;
  }
};

}  // namespace

RooflineDepth roofline_depth(const PlanOptions& options) noexcept {
  if (options.roofline) return *options.roofline;
  return options.preset == Preset::kQuick ? RooflineDepth::kBrief : RooflineDepth::kFull;
}

std::vector<DraftStep> draft_steps(const MachineShape& shape,
                                   const PlanOptions& options,
                                   const ThreadChoice& threads,
                                   const KernelSizes& sizes) {
  return Drafting(shape, options, threads, sizes).all();
}

void settle(std::vector<DraftStep>& drafts, bool shrunk) {
  for (DraftStep& draft : drafts) {
    draft.step.estimated_s = draft.fixed_s + draft.flexible_s;
    std::visit(
        Settle{draft.flexible_s, draft.kernels, draft.cached_kernels, draft.cached_share, shrunk},
        draft.step.work);
  }
}

}  // namespace perfbench::plan_detail
