#include <algorithm>
#include <string>
#include <utility>

#include "harness/core/plan/plan_draft.hpp"
#include "harness/core/plan/random.hpp"
#include "harness/core/plan/serving_layout.hpp"
#include "harness/core/result/names.hpp"

namespace perfbench::plan_detail {
namespace {

/// What a preset fixes. Minimum durations in seconds.
struct PresetTimes {
  double stream_s;
  double multi_s;
  double server_s;
  double offline_s;
  double triad_s;
  std::uint64_t stream_queries;
  std::uint64_t multi_queries;
  std::uint64_t server_queries;
  std::uint64_t offline_samples;
  bool bounded;  ///< Scenarios end at a maximum duration even if the minimums are not met.
};

/// quick: 25 s in all, and where a sample takes 2 ms or less enough queries for a P99 (473 when
/// they are independent; more in a queue). strict: MLPerf's lengths (mlperf.conf: 600 s; Offline
/// 24,576 samples or the sample set if that is smaller) and the 662 queries that its P99 needs.
PresetTimes times_of(Preset preset) {
  switch (preset) {
    case Preset::kQuick:
      return {3.0, 6.5, 6.0, 2.5, 2.0, 64, 480, 500, 1, true};
    case Preset::kStandard:
      return {30.0, 60.0, 60.0, 30.0, 15.0, 662, 662, 2000, 1, true};
    case Preset::kStrict:
      break;
  }
  return {600.0, 600.0, 600.0, 600.0, 600.0, 662, 662, 662, 24'576, false};
}

constexpr double kLeastScenarioSeconds = 0.5;
/// Loading, verifying and warming up a workload, the gap test beside it, and its statistics.
constexpr double kScenarioOverheadSeconds = 0.9;
/// An open loop's rate is chosen after a short Offline.
constexpr double kSaturationSeconds = 1.2;
/// A scenario that is slow to meet its minimums may take so much longer than planned.
constexpr double kScenarioSlack = 1.5;
/// A fresh process probes the machine and loads the libraries before it measures.
constexpr double kProcessSeconds = 1.5;
constexpr double kPeakSeconds = 60.0;
constexpr double kSweepSeconds = 25.0;
constexpr double kCalibrationSeconds = 55.0;
/// Less than this of its whole time, and an experiment says nothing.
constexpr double kLeastShare = 0.1;

std::string lower(std::string_view word) {
  std::string text;
  for (const char c : word) text += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

struct Times {
  double fixed_s;
  double flexible_s;
  double least_flexible_s;
  int importance;
};

DraftStep draft(PlanStep step, Times times) {
  DraftStep made;
  made.step = std::move(step);
  made.fixed_s = times.fixed_s;
  made.flexible_s = times.flexible_s;
  made.least_flexible_s = std::min(times.least_flexible_s, times.flexible_s);
  made.importance = times.importance;
  return made;
}

/// The cores that the workers have, as the roofs name them.
Team serving_team(const std::vector<int>& cpus) {
  Team team;
  team.id = std::to_string(cpus.size()) + "c";
  team.words =
      cpus.size() == 1 ? "one core" : "the " + std::to_string(cpus.size()) + " serving cores";
  team.cpus = cpus;
  return team;
}

class ScenarioDrafting {
 public:
  explicit ScenarioDrafting(const PlanOptions& options)
      : options_(options), times_(times_of(options.preset)) {}

  /// With scenarios alone, one of them is what the run is for.
  std::vector<DraftStep> all(bool roofline) {
    add(Scenario::kSingleStream, "mobilenet", times_.stream_s, roofline ? 70 : kEssential);
    add(Scenario::kMultiStream, "mobilenet", times_.multi_s, 28);
    add(Scenario::kServer, "mobilenet", times_.server_s, 65);
    add(Scenario::kOffline, "mobilenet", times_.offline_s, 26);
    add(Scenario::kSingleStream, "triad", times_.triad_s, 30);
    return std::move(drafts_);
  }

 private:
  void add(Scenario scenario, const std::string& workload, double duration_s, int importance) {
    ScenarioStep work;
    ScenarioSettings& settings = work.settings;
    settings.scenario = scenario;
    settings.workload = workload;
    settings.rung = "fixed";
    settings.stop.min_queries = least_queries(scenario);
    if (times_.bounded) settings.stop.max_duration = from_seconds(kScenarioSlack * duration_s);
    if (scenario == Scenario::kMultiStream) {
      settings.samples_per_query = ScenarioSettings::kMultiStreamSamples;
    }
    if (scenario == Scenario::kServer) settings.arrivals.kind = Arrivals::kPoisson;
    if (scenario == Scenario::kOffline)
      settings.batcher.max_batch = ScenarioSettings::kOfflineBatch;
    // Below a half, so that a P99 is not refused where the short look before was a little high.
    work.load = 0.4;
    // By the scenario, not by the step: another machine has other steps, and draws the same
    // samples.
    settings.seed = derive_seed(options_.seed, ++scenarios_);
    const double looked = scenario == Scenario::kServer ? kSaturationSeconds : 0.0;
    drafts_.push_back(
        draft({"scenario-" + workload + "-" + lower(name_of(scenario)),
               std::string(name_of(scenario)) + ", workload " + workload,
               0.0,
               std::move(work)},
              {kScenarioOverheadSeconds + looked, duration_s, kLeastScenarioSeconds, importance}));
  }

  [[nodiscard]] std::uint64_t least_queries(Scenario scenario) const {
    switch (scenario) {
      case Scenario::kMultiStream:
        return times_.multi_queries;
      case Scenario::kServer:
        return times_.server_queries;
      case Scenario::kOffline:
        return times_.offline_samples;
      case Scenario::kSingleStream:
        break;
    }
    return times_.stream_queries;
  }

  const PlanOptions& options_;
  PresetTimes times_;
  std::uint64_t scenarios_ = 0;
  std::vector<DraftStep> drafts_;
};

void append(std::vector<DraftStep>& all, std::vector<DraftStep> more) {
  for (DraftStep& step : more) all.push_back(std::move(step));
}

/// How long the queries take that a given rate is asked for, where that is longer than the minimum
/// duration.
double expected_seconds(const ScenarioSettings& settings) {
  const double least = seconds(settings.stop.min_duration);
  const ArrivalSettings& arrivals = settings.arrivals;
  if (arrivals.kind == Arrivals::kClosedLoop || arrivals.kind == Arrivals::kTrace ||
      arrivals.target_qps <= 0.0) {
    return least;
  }
  double expected = static_cast<double>(std::max<std::uint64_t>(settings.stop.min_queries, 1)) /
                    arrivals.target_qps;
  if (settings.stop.max_duration)
    expected = std::min(expected, seconds(*settings.stop.max_duration));
  return std::max(least, expected);
}

DraftStep asked_scenario(const ServingRequest& request, bool may_shrink) {
  const ScenarioSettings& settings = *request.scenario;
  ScenarioStep work;
  work.settings = settings;
  const double looked = rate_is_open(settings.arrivals) ? kSaturationSeconds : 0.0;
  // Flexible time becomes the minimum duration, so what goes beyond it is of that kind only where
  // it may have to be cut.
  const double expected = expected_seconds(settings);
  const double flexible = may_shrink ? expected : seconds(settings.stop.min_duration);
  return draft({"scenario-" + settings.workload + "-" + lower(name_of(settings.scenario)),
                std::string(name_of(settings.scenario)) + ", workload " + settings.workload,
                0.0,
                std::move(work)},
               {kScenarioOverheadSeconds + looked + (expected - flexible),
                flexible,
                kLeastScenarioSeconds,
                kEssential});
}

double track_seconds(Track track) {
  switch (track) {
    case Track::kMobile:
      return 40.0;  // A burst of 30 s, and the fitting before it.
    case Track::kEdge:
      return 120.0;  // Frames of one camera may depend on each other for seconds.
    case Track::kCloud:
      break;
  }
  return 240.0;
}

void add_experiments(const ServingRequest& request, std::vector<DraftStep>& drafts) {
  const ScenarioSettings& settings = *request.scenario;
  if (request.runs > 1) {
    const double each = kProcessSeconds + expected_seconds(settings);
    drafts.push_back(draft({"fresh-runs",
                            "the same in " + std::to_string(request.runs - 1) + " fresh processes",
                            0.0,
                            FreshRunsStep{request.runs - 1}},
                           {each * (request.runs - 1), 0.0, 0.0, 60}));
  }
  if (request.sweep) {
    drafts.push_back(
        draft({"load-sweep", "throughput against latency", 0.0, LoadSweepStep{settings, {}}},
              {kScenarioOverheadSeconds, kSweepSeconds, kLeastShare * kSweepSeconds, kEssential}));
  }
  if (request.find_peak) {
    drafts.push_back(draft(
        {"peak-rate", "the highest rate that holds the bound", 0.0, PeakRateStep{settings, {}}},
        {kScenarioOverheadSeconds, kPeakSeconds, kLeastShare * kPeakSeconds, kEssential}));
  }
}

}  // namespace

std::vector<DraftStep> scenario_steps(const MachineShape& shape,
                                      const PlanOptions& options,
                                      const ThreadChoice& threads,
                                      const KernelSizes& sizes) {
  const RooflineDepth depth = roofline_depth(options);
  std::vector<DraftStep> drafts;
  const std::vector<int> workers =
      choose_serving_layout(shape, threads, Scenario::kOffline, 0).worker_cpus;
  // One core and all of them come with the roofline.
  if (depth != RooflineDepth::kNone && workers.size() > 1) {
    drafts = scale_steps(shape, options, sizes, serving_team(workers), 22);
  }
  append(drafts, ScenarioDrafting(options).all(depth != RooflineDepth::kNone));
  return drafts;
}

std::vector<DraftStep> serving_steps(const MachineShape& shape,
                                     const PlanOptions& options,
                                     const ThreadChoice& threads,
                                     const KernelSizes& sizes) {
  const ServingRequest& request = *options.serving;
  std::vector<DraftStep> drafts;
  if (request.calibrate) {
    CalibrationStep work;
    work.seed = options.seed;
    if (request.scenario) work.wait = request.scenario->wait;
    drafts.push_back(
        draft({"calibration", "the harness against known truths", 0.0, work},
              {1.0, kCalibrationSeconds, kLeastShare * kCalibrationSeconds, kEssential}));
    return drafts;
  }
  if (request.track) {
    TrackStep work;
    work.track = *request.track;
    if (request.scenario) work.settings = *request.scenario;
    const double whole = track_seconds(work.track);
    drafts.push_back(draft({"track-" + std::string(name_of(work.track)),
                            "the experiment of the track " + std::string(name_of(work.track)),
                            0.0,
                            std::move(work)},
                           {2.0, whole, kLeastShare * whole, kEssential}));
    return drafts;
  }
  if (request.needs_roofs) {
    const ServingLayout layout = choose_serving_layout(
        shape, threads, request.scenario->scenario, request.scenario->workers);
    drafts = scale_steps(shape, options, sizes, serving_team(layout.worker_cpus), 50);
  }
  // A search or a sweep alone has its own rates.
  const bool alone = !request.find_peak && !request.sweep;
  if (alone || request.runs > 1 || request.scenario->arrivals.target_qps > 0.0)
    drafts.push_back(asked_scenario(request, options.max_time.has_value()));
  add_experiments(request, drafts);
  return drafts;
}

}  // namespace perfbench::plan_detail
