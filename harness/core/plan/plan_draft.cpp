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
  double per_kernel_s;           ///< Windows of one roof kernel.
  double scenario_s;             ///< Minimum duration of a scenario.
  std::uint64_t stream_queries;  ///< Minimum of SingleStream.
  std::uint64_t offline_samples;
  bool bounded;  ///< Scenarios end at a maximum duration even if the minimums are not met.
  bool narrower_isas;
};

/// quick: 500 windows of 2 ms a roof, enough queries for a P90 of anything below 40
/// ms. strict: MLPerf's lengths (mlperf.conf: 600 s; Offline 24,576 samples or the sample set if
/// that is smaller) and the 662 queries that its P99 needs.
PresetTimes times_of(Preset preset) {
  switch (preset) {
    case Preset::kQuick:
      return {2.0, 6.0, 1.0, 4.0, 64, 1, true, false};
    case Preset::kStandard:
      return {5.0, 10.0, 5.0, 30.0, 662, 1, true, true};
    case Preset::kStrict:
      break;
  }
  return {10.0, 10.0, 10.0, 600.0, 662, 24'576, false, true};
}

/// Long enough to meet a few of the gaps of milliseconds that an idle VM has.
constexpr double kLeastGapTestSeconds = 0.3;
/// 100 windows of 2 ms, and a few calls of a kernel that takes longer than a window.
constexpr double kLeastPerKernelSeconds = 0.2;
constexpr double kLeastScenarioSeconds = 0.5;
/// First touch of the DRAM arrays, page faults included, is slower than streaming: 2 GB/s was never
/// undercut by much.
constexpr double kTouchBytesPerSecond = 2e9;
/// Making, verifying and calibrating a kernel, with its clock readings.
constexpr double kKernelOverheadSeconds = 0.25;
/// Loading, verifying and warming up a workload, and its statistics.
constexpr double kScenarioOverheadSeconds = 0.8;
/// A scenario that is slow to meet its minimums may take so much longer than planned.
constexpr double kScenarioSlack = 1.5;
/// fp32 and fp64 FMA, in each instruction set that is measured.
constexpr int kPrecisions = 2;
/// Read, NT triad, triad.
constexpr int kMemoryKernels = 3;

double dram_bytes(const MachineShape& shape, const KernelSizes& sizes) {
  Bytes last_level{0};
  for (const CacheShape& cache : shape.caches) last_level = std::max(last_level, cache.size);
  double bytes = std::max(4.0 * static_cast<double>(last_level.count()), 256e6);
  if (shape.memory_available.available()) {
    bytes = std::min(bytes, static_cast<double>(shape.memory_available.value().count()) / 4.0);
  }
  if (sizes.dram_at_most.count() > 0) {
    bytes = std::min(bytes, static_cast<double>(sizes.dram_at_most.count()));
  }
  return bytes;
}

class Drafting {
 public:
  Drafting(const MachineShape& shape,
           const PlanOptions& options,
           const ThreadChoice& threads,
           const KernelSizes& sizes)
      : shape_(shape),
        options_(options),
        threads_(threads),
        times_(times_of(options.preset)),
        isas_(std::max(1, static_cast<int>(shape.isas.size()))),
        touch_s_(dram_bytes(shape, sizes) / kTouchBytesPerSecond) {}

  std::vector<DraftStep> all() {
    add({"probe", "reading the machine", 0.0, ProbeStep{}}, {0.5, 0.0, 0.0, kEssential});
    add_instruments();
    add({"library-search",
         "trying the BLAS core types in child processes",
         0.0,
         LibrarySearchStep{}},
        {1.0, times_.library_search_s, std::min(4.0, times_.library_search_s), 80});
    if (options_.roofline) add_roofs();
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
    drafts_.push_back({std::move(step),
                       times.fixed_s,
                       times.flexible_s,
                       times.least_flexible_s,
                       1,
                       times.importance});
  }

  void add_instruments() {
    add({"instruments", "noise floor and timer", 0.0, InstrumentsStep{}},
        {0.7, times_.gap_test_s, kLeastGapTestSeconds, 90});
  }

  void add_roofs() {
    bool first = true;
    for (const Team& team : choose_teams(shape_, threads_, TeamScope::kOneAndAll)) {
      add_roof(team, RoofKind::kCompute, first ? kEssential : 50);
      add_roof(team, RoofKind::kBandwidth, first ? 95 : 40);
      first = false;
    }
  }

  void add_roof(const Team& team, RoofKind kind, int importance) {
    const bool compute = kind == RoofKind::kCompute;
    RoofStep work;
    work.kind = kind;
    work.team = team;
    work.narrower_isas = compute && times_.narrower_isas;
    // One more for sgemm.
    const int kernels =
        compute ? kPrecisions * (work.narrower_isas ? isas_ : 1) + 1 : kMemoryKernels;
    add({std::string(compute ? "roofs-compute-" : "roofs-memory-") + team.id,
         (compute ? "compute roofs and sgemm, " : "memory roofs, ") + team.words,
         0.0,
         work},
        {kernels * (kKernelOverheadSeconds + (compute ? 0.0 : touch_s_)),
         kernels * times_.per_kernel_s,
         kernels * kLeastPerKernelSeconds,
         importance});
    drafts_.back().kernels = kernels;
  }

  void add_scenarios() {
    // With scenarios alone, one of them is what the run is for.
    add_scenario(Scenario::kSingleStream, "gemm", 70);
    add_scenario(Scenario::kSingleStream, "triad", options_.roofline ? 30 : kEssential);
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
  PresetTimes times_;
  int isas_;
  double touch_s_;
  std::uint64_t scenarios_ = 0;
  std::vector<DraftStep> drafts_;
};

/// Hands a draft's flexible time to its work.
struct Settle {
  double flexible_s;
  int kernels;
  bool shrunk;
  void operator()(ProbeStep&) const {}
  void operator()(InstrumentsStep& step) const { step.gap_test = from_seconds(flexible_s); }
  void operator()(LibrarySearchStep& step) const { step.at_most = from_seconds(flexible_s); }
  void operator()(SweepStep& step) const { step.at_most = from_seconds(flexible_s); }
  void operator()(SustainedStep& step) const {
    step.per_kernel = from_seconds(flexible_s / kernels);
  }
  void operator()(RoofStep& step) const { step.per_kernel = from_seconds(flexible_s / kernels); }
  void operator()(ScenarioStep& step) const {
    step.stop.min_duration = from_seconds(flexible_s);
    if (shrunk) step.stop.max_duration = step.stop.min_duration;
  }
};

}  // namespace

std::vector<DraftStep> draft_steps(const MachineShape& shape,
                                   const PlanOptions& options,
                                   const ThreadChoice& threads,
                                   const KernelSizes& sizes) {
  return Drafting(shape, options, threads, sizes).all();
}

void settle(std::vector<DraftStep>& drafts, bool shrunk) {
  for (DraftStep& draft : drafts) {
    draft.step.estimated_s = draft.fixed_s + draft.flexible_s;
    std::visit(Settle{draft.flexible_s, draft.kernels, shrunk}, draft.step.work);
  }
}

}  // namespace perfbench::plan_detail
