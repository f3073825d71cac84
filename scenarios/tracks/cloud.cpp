// The track cloud: Offline against Server.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "harness/core/judge/gap.hpp"
#include "harness/core/judge/wording.hpp"
#include "harness/core/stats/between_runs.hpp"
#include "scenarios/search/peak_rate.hpp"
#include "scenarios/tracks/track_parts.hpp"

namespace perfbench {
namespace {

using judge::number;
using track_detail::share;

constexpr std::array<double, 4> kTimesService{5.0, 10.0, 20.0, 40.0};
constexpr int kOfflineRuns = 3;
constexpr double kLookShare = 0.015;
constexpr double kOfflineShare = 0.03;  ///< Of the time, for each run.
constexpr int kReplicates = 3;

std::string interval(const Estimate& estimate) {
  return "(" + number(100.0 * estimate.low) + " to " + share(estimate.high) + ")";
}

class CloudTrack {
 public:
  CloudTrack(const TrackOptions& options, const ExperimentContext& context)
      : options_(options),
        context_(context),
        runs_(context, options.at_most, options.settings.seed) {
    result_.track = Track::kCloud;
    result_.workload = options.settings.workload;
    result_.rung = options.settings.rung;
    result_.fitted_by = options.fitted_by;
  }

  TrackResult all() {
    if (find_service() && find_offline()) {
      for (std::size_t i = 0; i < kTimesService.size() && !stopped_; ++i) point(i);
    }
    const bool told = cloud_.offline_per_s.value > 0.0;
    if (told) tell();
    VerdictBuilder verdict;
    runs_.judge(verdict);
    judge_searches(verdict);
    result_.verdict = std::move(verdict).build();
    result_.partial = runs_.halted() || stopped_;
    if (told) result_.cloud = std::move(cloud_);
    return std::move(result_);
  }

 private:
  [[nodiscard]] Nanoseconds part(double of_time, double least_s) const {
    return from_seconds(std::clamp(of_time * seconds(options_.at_most), least_s, 10.0));
  }

  bool find_service() {
    const auto alone =
        track_detail::measure_alone(runs_, options_.settings, part(kLookShare, 0.2), result_);
    if (!alone) return false;
    alone_ = *alone;
    cloud_.service_ns = static_cast<double>(alone->p50.count());
    return true;
  }

  bool find_offline() {
    ScenarioSettings offline = options_.settings;
    offline.scenario = Scenario::kOffline;
    offline.arrivals = {};
    offline.samples_per_query = 1;
    offline.bound.reset();
    offline.deadline.reset();
    offline.batcher = {};
    offline.batcher.max_batch = 0;  // The workload's largest.
    std::vector<double> rates;
    for (int i = 0; i < kOfflineRuns; ++i) {
      const auto run = runs_.run(offline, part(kOfflineShare, 0.3));
      if (!run) return false;
      rates.push_back(run->rate.per_second());
      workers_ = std::max(1, run->worker_threads);
      const std::uint64_t executed = run->batches.counts.size();
      cloud_.offline_batch = std::max({run->batches.max_batch, executed, std::uint64_t{1}});
      result_.disturbance = run->disturbance;
    }
    const BetweenRuns rate = between_runs(rates);
    if (rate.mean <= 0.0) {
      runs_.fail("Offline completed nothing");
      return false;
    }
    cloud_.offline_per_s = {rate.mean, rate.low.value_or(rate.mean), rate.high.value_or(rate.mean)};
    return true;
  }

  void point(std::size_t index) {
    CloudPoint point;
    point.k = kTimesService[index];
    const auto to_come = 2.0 * static_cast<double>(kTimesService.size() - index);
    point.alone = search(point.k, 1, to_come);
    if (!stopped_) point.batched = search(point.k, cloud_.offline_batch, to_come - 1.0);
    // A rate that was not reached for want of time is not a rate of 0.
    if (stopped_ || !answered(point.alone) || !answered(point.batched)) {
      left_out_ += (left_out_.empty() ? "" : ", ") + number(point.k);
      return;
    }
    point.gap = gap_of(point.alone, cloud_.offline_per_s);
    point.closed = closed_of(point.alone, point.batched, cloud_.offline_per_s);
    cloud_.points.push_back(std::move(point));
  }

  [[nodiscard]] static bool answered(const PeakRate& peak) {
    return peak.found || peak.verdict.validity == Validity::kValid;
  }

  PeakRate search(double k, std::uint64_t batch, double to_come) {
    PeakRateOptions options;
    options.settings = options_.settings;
    options.settings.seed = runs_.next_seed();
    options.settings.batcher.max_batch = batch;
    options.settings.batcher.max_delay = Nanoseconds(0);
    options.settings.bound =
        LatencyBound{990'000, Nanoseconds(std::llround(k * cloud_.service_ns))};
    options.at_most = from_seconds(std::max(0.0, runs_.left_s() / to_come));
    options.replicates = kReplicates;
    options.overhead_s = runs_.overhead_s();
    options.service_mean_ns = alone_.mean_ns;
    options.service_cv2 = alone_.cv2;
    if (batch > 1) options.saturation_qps = cloud_.offline_per_s.value;
    options.guess_qps = guess(k, batch);
    NullProgress silent;
    PeakRate peak =
        find_peak_rate(options, {context_.run, context_.clock, context_.interruption, silent});
    peak.rung = result_.rung;
    ++searches_;
    if (peak.verdict.validity != Validity::kValid) {
      ++open_;
      if (first_open_.empty()) first_open_ = why(peak.verdict);
    }
    stopped_ = context_.interruption.requested() || peak.verdict.validity == Validity::kInvalid;
    const double done = 1.0 - runs_.left_s() / std::max(1e-9, seconds(options_.at_most));
    context_.progress.advance(std::clamp(done, 0.0, 1.0));
    return peak;
  }

  /// Searches begin near the shorter bound's rate, the first ones where constant service would lead
  /// or, with batches, in the middle of what is left to gain.
  [[nodiscard]] double guess(double k, std::uint64_t batch) const {
    const double alone_per_s = workers_ * 1e9 / alone_.mean_ns;
    if (!cloud_.points.empty()) {
      const CloudPoint& before = cloud_.points.back();
      return batch > 1 ? before.batched.rate_qps : before.alone.rate_qps;
    }
    if (batch > 1) return 0.5 * (alone_per_s + cloud_.offline_per_s.value);
    return alone_per_s * (1.0 - 2.0 / k);
  }

  /// The first reason that is more than how the machine was.
  [[nodiscard]] static std::string why(const Verdict& verdict) {
    for (const Reason& reason : verdict.reasons) {
      if (reason.id != "disturbed") return reason.text;
    }
    return {};
  }

  void judge_searches(VerdictBuilder& verdict) const {
    if (context_.interruption.requested() && !runs_.halted())
      verdict.inconclusive({"partial", "the experiment was ended early", "Let it run to its end."});
    if (open_ > 0) {
      verdict.inconclusive(
          {"searches-open",
           std::to_string(open_) + " of " + std::to_string(searches_) +
               " searches for a highest rate are not VALID; the first: " + first_open_,
           "A longer --max-time, or a quieter machine."});
    }
    if (!left_out_.empty()) {
      verdict.inconclusive(
          {"points-left-out",
           "no highest rate was found within k = " + left_out_ + " times the service time",
           "A longer --max-time."});
    }
  }

  void tell() {
    result_.findings.push_back("Offline does " + number(cloud_.offline_per_s.value) +
                               " samples a second in batches of " +
                               std::to_string(cloud_.offline_batch) + "; one sample alone takes " +
                               judge::duration(alone_.p50) + ".");
    for (const CloudPoint& point : cloud_.points) {
      const std::string within =
          "Within " + number(point.k) + " times that (" + judge::duration(point.alone.bound) + ")";
      std::string text =
          point.alone.found
              ? within + " a Server that takes samples one by one does " +
                    number(point.alone.rate_qps) + " a second: a gap of " + share(point.gap.value) +
                    " " + interval(point.gap) + " to Offline."
              : within + " a Server that takes samples one by one holds no rate: the gap is whole.";
      if (point.gap.value > 0.0) {
        text += " The batcher closes " + share(point.closed.value) + " of it " +
                interval(point.closed) + ".";
      }
      result_.findings.push_back(std::move(text));
    }
  }

  const TrackOptions& options_;
  const ExperimentContext& context_;
  ExperimentRuns runs_;
  TrackResult result_;
  CloudResult cloud_;
  track_detail::Alone alone_;
  int workers_ = 1;
  bool stopped_ = false;
  int searches_ = 0;
  int open_ = 0;
  std::string first_open_;
  std::string left_out_;
};

}  // namespace

TrackResult run_cloud_track(const TrackOptions& options, const ExperimentContext& context) {
  return CloudTrack(options, context).all();
}

std::string_view default_workload(Track track) noexcept {
  switch (track) {
    case Track::kEdge:
      return "detector";
    case Track::kMobile:
      return "mobilenet";
    case Track::kCloud:
      break;
  }
  return "llm-decode";
}

TrackResult run_track(Track track, const TrackOptions& options, const ExperimentContext& context) {
  switch (track) {
    case Track::kEdge:
      return run_edge_track(options, context);
    case Track::kMobile:
      return run_mobile_track(options, context);
    case Track::kCloud:
      break;
  }
  return run_cloud_track(options, context);
}

}  // namespace perfbench
