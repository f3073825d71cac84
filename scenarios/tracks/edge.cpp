// The track edge: cameras in lockstep.
#include <algorithm>
#include <cmath>
#include <map>

#include "harness/core/judge/wording.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "scenarios/tracks/track_parts.hpp"

namespace perfbench {
namespace {

using judge::duration;
using track_detail::share;

constexpr Nanoseconds kPeriod{10'000'000};
constexpr Nanoseconds kFitTarget{5'000'000};
constexpr int kShown = 8;
constexpr int kMostCameras = 1024;
/// 6 s are 600 frames: an interval of P99 needs 368, more where they depend on each other.
constexpr double kTrialSeconds = 6.0;
/// What would have been enough is itself an estimate.
constexpr double kMoreThanEnough = 1.2;
constexpr double kIntervalSeconds = 4.2;
constexpr double kLeastTrialSeconds = 1.0;
constexpr double kReserve = 0.05;  ///< Seconds, for its own reckoning.
constexpr Ppm kP99 = 990'000;

CameraTrial make_trial(int cameras, const ScenarioResult& run) {
  const track_detail::LateFrames late = track_detail::late_frames(run, kPeriod);
  CameraTrial trial;
  trial.cameras = cameras;
  trial.frames = late.frames;
  trial.missed = late.missed;
  trial.p50 = track_detail::median_seen(run);
  trial.p99 = told_percentile(run.latency, kP99);
  if (run.frames) trial.skew_p99 = run.frames->skew_p99;
  const PercentileFigure* p99 = find_percentile(run.latency, kP99);
  if (p99 != nullptr && !p99->needs_queries) {
    trial.p99_low = p99->low;
    trial.p99_high = p99->high;
  } else if (trial.p50 > kPeriod) {
    // Frames that pile up depend on each other so much that no interval is to be had, but where
    // half of them are late P99 is not in time: the median is a lower end.
    trial.p99_low = trial.p50;
  }
  if (trial.p99_high && *trial.p99_high <= kPeriod) {
    trial.holds = Validity::kValid;
  } else if (trial.p99_low && *trial.p99_low > kPeriod) {
    trial.holds = Validity::kInvalid;
  }
  return trial;
}

/// How long a run of as many cameras tells its P99, by this one; 0 where it does.
double seconds_to_tell(const ScenarioResult& run, int cameras) {
  const PercentileFigure* p99 = find_percentile(run.latency, kP99);
  if (p99 == nullptr || !p99->needs_queries) return 0.0;
  const double queries = static_cast<double>(*p99->needs_queries) / cameras;
  return kMoreThanEnough * queries * seconds(kPeriod);
}

class EdgeTrack {
 public:
  EdgeTrack(const TrackOptions& options, const ExperimentContext& context)
      : options_(options),
        settings_(options.settings),
        runs_(context, options.at_most, options.settings.seed) {
    result_.track = Track::kEdge;
    result_.workload = settings_.workload;
    result_.rung = settings_.rung;
    result_.fitted_by = options.fitted_by;
  }

  TrackResult all() {
    const std::optional<Nanoseconds> alone =
        track_detail::fit_to(runs_, options_, kFitTarget, settings_, result_);
    if (alone) {
      alone_ = *alone;
      try_cameras();
    }
    if (!trials_.empty()) tell();
    result_.partial = runs_.halted();
    VerdictBuilder verdict;
    runs_.judge(verdict);
    if (!trials_.empty() && edge_.holds == 0 && !first_misses()) {
      verdict.inconclusive({"no-count",
                            "no trial is long enough to tell whether P99 is in time",
                            "A longer --max-time."});
    }
    result_.verdict = std::move(verdict).build();
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool first_misses() const {
    return trials_.begin()->second.holds == Validity::kInvalid;
  }

  /// Cameras that the median of one promises.
  [[nodiscard]] int naive() const {
    const double each = std::floor(seconds(kPeriod) / seconds(alone_));
    return static_cast<int>(std::min<double>(kMostCameras, each * threads_));
  }

  void try_cameras() {
    // Eight first: they are shown whatever the time allows.
    if (!holds(1).has_value() || !holds(kShown).has_value()) return;
    int held = holds(1).value_or(false) ? 1 : 0;
    if (held == 0) return;
    int missed = kMostCameras + 1;
    (holds(kShown).value_or(false) ? held : missed) = kShown;
    const int promised = naive();
    if (promised > held && promised < missed) {
      const std::optional<bool> kept = holds(promised);
      if (!kept) return;
      (*kept ? held : missed) = promised;
    }
    while (missed > kMostCameras && held < kMostCameras) {
      const int more = std::min(kMostCameras, std::max(held + 1, held * 3 / 2));
      const std::optional<bool> kept = holds(more);
      if (!kept) return;
      (*kept ? held : missed) = more;
    }
    while (missed - held > 1) {
      const int middle = held + (missed - held) / 2;
      const std::optional<bool> kept = holds(middle);
      if (!kept) return;
      (*kept ? held : missed) = middle;
    }
  }

  /// Whether so many are known to hold; nothing when it could not be tried.
  std::optional<bool> holds(int cameras) {
    const auto known = trials_.find(cameras);
    if (known != trials_.end()) return known->second.holds == Validity::kValid;
    const ScenarioSettings frames =
        track_detail::frames_at(settings_, kPeriod, static_cast<std::size_t>(cameras));
    // Halvings that are still to come share what is left.
    const double to_come =
        trials_.empty() ? 6.0 : std::max(2.0, 1.0 + std::log2(std::max(2, naive())));
    double wanted_s =
        std::clamp(runs_.left_s() / to_come - runs_.overhead_s(), kIntervalSeconds, kTrialSeconds);
    std::optional<ScenarioResult> run = frames_for(frames, wanted_s);
    if (!run) return std::nullopt;
    CameraTrial trial = make_trial(cameras, *run);
    // Too short to tell is no answer while there is time for twice as much. On the first camera all
    // others depend: it gets as much as its own figure asks for, or else twice as much, as far as
    // the eight leave it.
    const bool first = trials_.empty();
    const double kept_s = first ? kIntervalSeconds + runs_.overhead_s() : 0.0;
    for (bool once = true; trial.holds == Validity::kInconclusive && (once || first);
         once = false) {
      const double enough_s = first ? seconds_to_tell(*run, cameras) : 0.0;
      const double room_s = runs_.left_s() - kept_s - runs_.overhead_s() - kReserve;
      const double next_s = enough_s > wanted_s ? enough_s : 2.0 * wanted_s;
      const bool fits = next_s <= room_s;
      // What fits is still more than there was.
      if (!fits && !(first && room_s > wanted_s)) break;
      wanted_s = fits ? next_s : room_s;
      if (!runs_.affords(from_seconds(wanted_s + kept_s))) break;
      std::optional<ScenarioResult> longer = frames_for(frames, wanted_s);
      if (!longer) break;
      run = std::move(longer);
      trial = make_trial(cameras, *run);
    }
    keep(*run);
    trials_.emplace(cameras, trial);
    return trial.holds == Validity::kValid;
  }

  std::optional<ScenarioResult> frames_for(const ScenarioSettings& frames, double wanted_s) {
    const double left_s = runs_.left_s() - runs_.overhead_s() - kReserve;
    return runs_.run(frames,
                     from_seconds(std::max(kLeastTrialSeconds, std::min(wanted_s, left_s))));
  }

  void keep(const ScenarioResult& run) {
    threads_ = std::max(1, run.worker_threads);
    result_.description = run.description;
    result_.disturbance = run.disturbance;
  }

  void tell() {
    edge_.alone_p50_ns = static_cast<double>(alone_.count());
    edge_.period = kPeriod;
    edge_.deadline = kPeriod;
    edge_.threads = threads_;
    edge_.naive =
        static_cast<int>(std::floor(static_cast<double>(kPeriod.count()) / edge_.alone_p50_ns)) *
        threads_;
    for (const auto& [cameras, trial] : trials_) {
      edge_.trials.push_back(trial);
      if (trial.holds == Validity::kValid) edge_.holds = cameras;
    }
    const std::string threads = std::to_string(threads_) + (threads_ == 1 ? " thread" : " threads");
    const bool open = edge_.holds == 0 && !first_misses();
    result_.findings.push_back(
        "One camera alone takes " + duration(alone_) + " at the median: on " + threads +
        " that promises " + std::to_string(edge_.naive) + " in a loop of " + duration(kPeriod) +
        (open ? "; whether P99 is in time even with one could not be told."
              : "; P99 is in time with " + std::to_string(edge_.holds) + "."));
    const auto shown = trials_.find(kShown);
    if (shown != trials_.end()) {
      const CameraTrial& eight = shown->second;
      const double late = static_cast<double>(eight.missed) /
                          static_cast<double>(std::max<std::uint64_t>(1, eight.frames));
      result_.findings.push_back("Eight cameras miss " + std::to_string(eight.missed) + " of " +
                                 std::to_string(eight.frames) + " frames (" + share(late) + ")" +
                                 (eight.p99 ? "; their P99 is " + duration(*eight.p99) + "."
                                            : "; too few to tell their P99."));
    }
    result_.edge = edge_;
  }

  const TrackOptions& options_;
  ScenarioSettings settings_;
  ExperimentRuns runs_;
  TrackResult result_;
  EdgeResult edge_;
  Nanoseconds alone_{0};
  int threads_ = 1;
  std::map<int, CameraTrial> trials_;
};

}  // namespace

TrackResult run_edge_track(const TrackOptions& options, const ExperimentContext& context) {
  return EdgeTrack(options, context).all();
}

}  // namespace perfbench
