#include "harness/core/plan/plan_draft.hpp"

#include <algorithm>
#include <utility>

namespace perfbench::plan_detail {
namespace {

/// What a preset fixes. Times in seconds.
struct PresetTimes {
  double gap_test_s;
  double library_search_s;
};

PresetTimes times_of(Preset preset) {
  switch (preset) {
    case Preset::kQuick:
      return {2.0, 6.0};
    case Preset::kStandard:
      return {5.0, 10.0};
    case Preset::kStrict:
      break;
  }
  return {10.0, 10.0};
}

/// Long enough to meet a few of the gaps of milliseconds that an idle VM has.
constexpr double kLeastGapTestSeconds = 0.3;
/// `scenario` and `calibrate` are about queues: the floor alone is looked at.
constexpr double kServingGapTestSeconds = 0.6;

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
    if (options.serving) times_.gap_test_s = std::min(times_.gap_test_s, kServingGapTestSeconds);
    if (depth_ != RooflineDepth::kQuick) return;
    times_.gap_test_s = 0.4;
    times_.library_search_s = 2.0;
  }

  std::vector<DraftStep> all() {
    add({"probe", "reading the machine", 0.0, ProbeStep{}}, {0.5, 0.0, 0.0, kEssential});
    add_instruments();
    if (options_.serving) {
      if (options_.serving->needs_library) add_library_search();
      append(serving_steps(shape_, options_, threads_, sizes_));
      return std::move(drafts_);
    }
    add_library_search();
    append(roofline_steps(shape_, options_, depth_, threads_, sizes_));
    if (options_.scenarios) append(scenario_steps(shape_, options_, threads_, sizes_));
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

  void append(std::vector<DraftStep> more) {
    for (DraftStep& step : more) drafts_.push_back(std::move(step));
  }

  void add_library_search() {
    add({"library-search",
         "trying the BLAS core types in child processes",
         0.0,
         LibrarySearchStep{{}, options_.refresh_library_search}},
        {1.0, times_.library_search_s, std::min(4.0, times_.library_search_s), 80});
  }

  void add_instruments() {
    add({"instruments", "noise floor and timer", 0.0, InstrumentsStep{}},
        {0.7, times_.gap_test_s, kLeastGapTestSeconds, 90});
  }

  const MachineShape& shape_;
  const PlanOptions& options_;
  const ThreadChoice& threads_;
  const KernelSizes& sizes_;
  RooflineDepth depth_;
  PresetTimes times_;
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
    StopRule& stop = step.settings.stop;
    stop.min_duration = from_seconds(flexible_s);
    if (shrunk) stop.max_duration = stop.min_duration;
  }
  void operator()(FreshRunsStep&) const {}
  void operator()(PeakRateStep& step) const { step.at_most = from_seconds(flexible_s); }
  void operator()(LoadSweepStep& step) const { step.at_most = from_seconds(flexible_s); }
  void operator()(TrackStep& step) const { step.at_most = from_seconds(flexible_s); }
  void operator()(CalibrationStep& step) const { step.at_most = from_seconds(flexible_s); }
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
