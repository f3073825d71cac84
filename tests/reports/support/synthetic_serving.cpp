// Searches, sweeps, tracks and calibration of the machine that does not exist.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/judge/calibration.hpp"
#include "harness/core/judge/gap.hpp"
#include "harness/core/stats/between_runs.hpp"
#include "harness/core/stats/queue_theory.hpp"
#include "tests/reports/support/synthetic_parts.hpp"

namespace perfbench::testing {
namespace {

constexpr double kServiceNs = 194'500.25;

/// A run at this share of the saturation rate, as a queue with one server would show it.
ServerProbe make_probe(Draw& draw, double utilisation, Nanoseconds bound, bool ascending) {
  ServerProbe probe;
  probe.target_qps = std::round(utilisation * 1e9 / kServiceNs);
  probe.achieved_qps = std::min(probe.target_qps * 0.9995, 1e9 / kServiceNs);
  probe.queries = 4000 + draw.below(300);
  probe.worker_utilisation = std::min(1.0, utilisation);
  probe.service_mean_ns = kServiceNs;
  const double idle = std::max(0.01, 1.0 - utilisation);
  probe.queue_mean_ns = kServiceNs * utilisation / (2.0 * idle);
  probe.mean_ns = probe.service_mean_ns + probe.queue_mean_ns + 61.5;
  probe.p50 = Nanoseconds(std::llround(probe.mean_ns * 0.9));
  probe.p90 = Nanoseconds(std::llround(probe.mean_ns * 1.8));
  probe.p99 = Nanoseconds(std::llround(probe.mean_ns * 3.1));
  probe.over_fraction = *probe.p99 > bound ? 0.0225 : 0.0035;
  probe.ascending = ascending;
  probe.validity = probe.p99 > bound ? Validity::kInvalid : Validity::kValid;
  return probe;
}

Verdict valid() { return {Validity::kValid, {}}; }

CloudPoint make_point(Draw& draw, const CloudResult& cloud, double k) {
  CloudPoint point;
  point.k = k;
  const Nanoseconds bound(std::llround(k * cloud.service_ns));
  point.alone = make_peak_rate(draw, 1, bound);
  point.batched = make_peak_rate(draw, 32, bound);
  point.batched.max_delay = Nanoseconds(500'000);
  point.gap = gap_of(point.alone, cloud.offline_per_s);
  point.closed = closed_of(point.alone, point.batched, cloud.offline_per_s);
  return point;
}

CloudResult make_cloud(Draw& draw) {
  CloudResult cloud;
  cloud.service_ns = 194'400.0;
  cloud.offline_per_s = {15'400.5, 15'210.25, 15'590.75};
  cloud.offline_batch = 32;
  for (const double k : {5.0, 10.0, 40.0}) cloud.points.push_back(make_point(draw, cloud, k));
  return cloud;
}

CameraTrial make_trial(int cameras, std::int64_t p99, std::uint64_t missed) {
  CameraTrial trial;
  trial.cameras = cameras;
  trial.frames = 1000;
  trial.missed = missed;
  trial.p50 = Nanoseconds(4'900'000 + cameras * 30'000);
  trial.p99 = Nanoseconds(p99);
  trial.p99_low = Nanoseconds(p99 - p99 / 50);
  trial.p99_high = Nanoseconds(p99 + p99 / 40);
  trial.skew_p99 = Nanoseconds(110'000 * cameras);
  const Nanoseconds deadline(10'000'000);
  trial.holds = *trial.p99_high <= deadline ? Validity::kValid
                : *trial.p99_low > deadline ? Validity::kInvalid
                                            : Validity::kInconclusive;
  return trial;
}

EdgeResult make_edge() {
  EdgeResult edge;
  edge.alone_p50_ns = 4'930'000.5;
  edge.period = edge.deadline = Nanoseconds(10'000'000);
  edge.threads = 4;
  edge.naive = 8;
  edge.holds = 4;
  edge.trials = {make_trial(1, 5'600'000, 0),
                 make_trial(2, 6'100'000, 0),
                 make_trial(4, 8'700'000, 3),
                 make_trial(6, 10'100'000, 12),
                 make_trial(8, 17'300'000, 184)};
  return edge;
}

MobileResult make_mobile() {
  MobileResult mobile;
  mobile.frames_per_s = 60.0;
  mobile.period = Nanoseconds(16'666'667);
  mobile.frames = 1800;
  mobile.missed_by_tenth = {0, 0, 1, 0, 2, 1, 3, 4, 5, 7};
  for (const std::uint64_t missed : mobile.missed_by_tenth) mobile.missed += missed;
  mobile.p50 = Nanoseconds(15'010'000);
  mobile.p99 = Nanoseconds(17'120'000);
  mobile.headroom_fraction =
      1.0 - static_cast<double>(mobile.p50.count()) / static_cast<double>(mobile.period.count());
  mobile.burst = Nanoseconds(30'000'000'000);
  return mobile;
}

TrackResult begin_track(Track track, const char* workload, const char* rung) {
  TrackResult result;
  result.track = track;
  result.workload = workload;
  result.rung = rung;
  result.fitted_by = "the largest rung whose service time is at most the target";
  result.description = "synthetic, scaled to a hundredth";
  result.disturbance = calm(Nanoseconds(20'000'000'000));
  result.verdict = valid();
  return result;
}

QueueCalibration make_queue(double utilisation, bool stalled) {
  QueueCalibration queue;
  queue.model = "M/D/1";
  queue.utilisation = utilisation;
  queue.queries = 20'000;
  queue.service_ns = 100'120.0;
  queue.target_qps = 1.0008 * utilisation * 1e9 / queue.service_ns;
  queue.theory_mean_ns = mg1_mean_sojourn_ns({queue.target_qps, queue.service_ns, 1}, 0.0);
  queue.theory_standard_error_ns = 0.011 * queue.theory_mean_ns;
  queue.lindley_mean_ns = 1.004 * queue.theory_mean_ns;
  // One of them misses the recursion on a machine that was disturbed.
  queue.measured_mean_ns = (utilisation > 0.8 ? 1.07 : 1.007) * queue.theory_mean_ns;
  queue.slip_mean_ns = 57.25;
  queue.lindley_issued_mean_ns = 1.006 * queue.theory_mean_ns;
  queue.stalled = stalled;
  if (stalled) {
    queue.theory_mean_ns = queue.theory_standard_error_ns = 0.0;
    queue.measured_p99_ns = 18'600'000.5;
    queue.lindley_p99_ns = 18'500'000.0;
  }
  queue.quiet = utilisation < 0.8;
  if (!queue.quiet) queue.disturbed_by = {"0.031 of a core went to others"};
  return queue;
}

}  // namespace

PeakRate make_peak_rate(Draw& draw, std::uint64_t max_batch, Nanoseconds bound) {
  PeakRate peak;
  peak.workload = "gemm";
  peak.rung = "fixed";
  peak.bound = bound;
  peak.max_batch = max_batch;
  peak.service_mean_ns = kServiceNs;
  peak.service_cv2 = 0.00075;
  peak.verdict = valid();
  // A batch takes longer than one sample, and less than all of its samples.
  const double speed_up = max_batch > 1 ? 2.5 : 1.0;
  for (const QueueModel model : {QueueModel::kMMc, QueueModel::kMD1}) {
    if (max_batch > 1) break;
    peak.predictions.push_back(
        {model == QueueModel::kMMc ? "M/M/1" : "M/D/1",
         highest_rate_per_s({model, peak.service_mean_ns, 1, peak.ppm, peak.bound})});
  }
  // Three searches, from below and from above in turn.
  const double holds = 1.0 - kServiceNs / static_cast<double>(bound.count());
  for (int replicate = 0; replicate < 3; ++replicate) {
    const double utilisation = holds * (0.9 + 0.01 * static_cast<double>(draw.below(5)));
    double held = 0.0;
    double failed = 1e12;
    for (const double step : {0.6, 0.8, 1.0, 1.2}) {
      ServerProbe probe = make_probe(draw, utilisation * step, bound, replicate % 2 == 0);
      probe.target_qps *= speed_up;
      probe.achieved_qps *= speed_up;
      peak.probes.push_back(probe);
      if (probe.validity == Validity::kValid) {
        held = std::max(held, probe.target_qps);
      } else {
        failed = std::min(failed, probe.target_qps);
      }
    }
    peak.replicates_qps.push_back(std::sqrt(held * failed));
  }
  const BetweenRuns between = between_runs(peak.replicates_qps);
  peak.found = true;
  peak.rate_qps = between.mean;
  peak.low_qps = between.low.value_or(between.mean);
  peak.high_qps = between.high.value_or(between.mean);
  return peak;
}

LoadSweep make_load_sweep() {
  Draw draw(20260102);
  LoadSweep sweep;
  sweep.workload = "gemm";
  sweep.rung = "fixed";
  sweep.service_mean_ns = kServiceNs;
  sweep.saturation_qps = 1e9 / kServiceNs;
  for (const double utilisation : {0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95})
    sweep.points.push_back(make_probe(draw, utilisation, Nanoseconds(2'000'000), true));
  // So near to saturation few queries are independent.
  sweep.points.back().p99.reset();
  return sweep;
}

std::vector<TrackResult> make_tracks(Draw& draw) {
  TrackResult cloud = begin_track(Track::kCloud, "llm-decode", "256");
  cloud.cloud = make_cloud(draw);
  cloud.findings = {"Server at batch 1 leaves most of Offline's rate unused."};
  TrackResult edge = begin_track(Track::kEdge, "detector", "160");
  edge.edge = make_edge();
  edge.findings = {"One camera promises 8; 4 hold their deadline."};
  TrackResult mobile = begin_track(Track::kMobile, "mobilenet", "224");
  mobile.mobile = make_mobile();
  mobile.findings = {"23 of 1,800 frames came late."};
  return {std::move(cloud), std::move(edge), std::move(mobile)};
}

CalibrationSection make_calibration() {
  CalibrationSection calibration;
  calibration.schedule_slip = {{1000.0,
                                5000,
                                Nanoseconds(52),
                                Nanoseconds(480),
                                Nanoseconds(2'400),
                                0.0016,
                                Nanoseconds(41'000),
                                0.0064},
                               {100'000.0,
                                500'000,
                                Nanoseconds(47),
                                Nanoseconds(910),
                                Nanoseconds(9'800),
                                0.00875,
                                std::nullopt,
                                std::nullopt}};
  calibration.clock_read_ns = 20.75;
  calibration.null_reported_latency_p50_ns = 41.5;
  calibration.null_between_queries_p50_ns = 83.25;
  calibration.offline_null_samples_per_s = 41'000'000.5;
  calibration.server_null_qps = 800'000.0;
  calibration.queue = {make_queue(0.1, false),
                       make_queue(0.5, false),
                       make_queue(0.9, false),
                       make_queue(0.5, true)};
  calibration.verdict = judge_calibration(calibration);
  return calibration;
}

}  // namespace perfbench::testing
