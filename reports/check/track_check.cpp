// The experiments of the tracks.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/core/judge/gap.hpp"
#include "harness/core/result/names.hpp"
#include "harness/core/stats/order_statistics.hpp"
#include "reports/check/consistency.hpp"
#include "reports/check/serving_check.hpp"

namespace perfbench {
namespace {

constexpr Ppm kP50 = 500'000;
constexpr Ppm kP99 = 990'000;

std::string element(const std::string& array, std::size_t index) {
  return array + "[" + std::to_string(index) + "]";
}

void check_estimate(const std::string& path, const Estimate& estimate, Comparison& comparison) {
  comparison.holds(
      path + ".value",
      estimate.low <= estimate.value && estimate.value <= estimate.high,
      exact_text(estimate.value),
      "within its interval, " + exact_text(estimate.low) + " to " + exact_text(estimate.high));
}

/// Differences of rates lose digits that the rates have.
void check_same(const std::string& path,
                const Estimate& stored,
                const Estimate& recomputed,
                Comparison& comparison) {
  const auto same = [&](const char* key, double a, double b) {
    comparison.holds(path + key, agree(1.0 + a, 1.0 + b), exact_text(a), exact_text(b));
  };
  same(".value", stored.value, recomputed.value);
  same(".low", stored.low, recomputed.low);
  same(".high", stored.high, recomputed.high);
}

/// What percentiles say of how many frames are late.
struct LateFrames {
  std::uint64_t frames = 0;
  std::uint64_t missed = 0;
  Nanoseconds deadline{0};
  Nanoseconds p50{0};
  std::optional<Nanoseconds> p99;
};

void check_late_frames(const LateFrames& late, const std::string& path, Comparison& comparison) {
  check_ascending(
      path, {{"p50_ns", late.p50}, {"p99_ns", late.p99.value_or(late.p50)}}, comparison);
  std::uint64_t least = 0;
  std::uint64_t most = late.frames;
  const auto narrow = [&](Nanoseconds value, Ppm ppm) {
    const std::uint64_t rank = rank_of(late.frames, ppm);
    if (value > late.deadline) {
      least = std::max(least, late.frames - rank + 1);
    } else {
      most = std::min(most, late.frames - rank);
    }
  };
  if (late.frames > 0) {
    narrow(late.p50, kP50);
    if (late.p99) narrow(*late.p99, kP99);
  }
  comparison.holds(
      path + ".missed",
      late.missed >= least && late.missed <= most,
      std::to_string(late.missed),
      "what the percentiles allow, " + std::to_string(least) + " to " + std::to_string(most));
}

void check_point(const CloudResult& cloud,
                 const CloudPoint& point,
                 const std::string& path,
                 Comparison& comparison) {
  check_peak_rate(point.alone, path + ".alone", comparison);
  check_peak_rate(point.batched, path + ".batched", comparison);
  comparison.whole(path + ".alone.max_batch", point.alone.max_batch, std::uint64_t{1});
  const double bound_ns = point.k * cloud.service_ns;
  for (const PeakRate* peak : {&point.alone, &point.batched}) {
    comparison.holds(path + (peak == &point.alone ? ".alone" : ".batched") + ".bound_ns",
                     std::abs(static_cast<double>(peak->bound.count()) - bound_ns) <= 1.0,
                     std::to_string(peak->bound.count()),
                     "k times service_ns, " + exact_text(bound_ns));
  }
  if (!(cloud.offline_per_s.value > 0.0)) return;
  check_same(path + ".gap", point.gap, gap_of(point.alone, cloud.offline_per_s), comparison);
  check_same(path + ".closed",
             point.closed,
             closed_of(point.alone, point.batched, cloud.offline_per_s),
             comparison);
}

void check_cloud(const CloudResult& cloud, const std::string& path, Comparison& comparison) {
  check_estimate(path + ".offline_per_s", cloud.offline_per_s, comparison);
  double before = 0.0;
  for (std::size_t i = 0; i < cloud.points.size(); ++i) {
    const CloudPoint& point = cloud.points[i];
    const std::string at = element(path + ".points", i);
    comparison.holds(at + ".k",
                     point.k >= before,
                     exact_text(point.k),
                     "at least the k before, " + exact_text(before));
    before = point.k;
    check_point(cloud, point, at, comparison);
  }
}

Validity holds_of(const CameraTrial& trial, Nanoseconds deadline) {
  if (trial.p99_high && *trial.p99_high <= deadline) return Validity::kValid;
  if (trial.p99_low && *trial.p99_low > deadline) return Validity::kInvalid;
  return Validity::kInconclusive;
}

void check_edge(const EdgeResult& edge, const std::string& path, Comparison& comparison) {
  int holds = 0;
  int before = 0;
  for (std::size_t i = 0; i < edge.trials.size(); ++i) {
    const CameraTrial& trial = edge.trials[i];
    const std::string at = element(path + ".trials", i);
    comparison.holds(at + ".cameras",
                     trial.cameras > before,
                     std::to_string(trial.cameras),
                     "more than before, " + std::to_string(before));
    before = trial.cameras;
    check_late_frames(
        {trial.frames, trial.missed, edge.deadline, trial.p50, trial.p99}, at, comparison);
    comparison.word(at + ".holds", name_of(trial.holds), name_of(holds_of(trial, edge.deadline)));
    if (trial.holds == Validity::kValid) holds = trial.cameras;
  }
  comparison.whole(
      path + ".holds", static_cast<std::uint64_t>(edge.holds), static_cast<std::uint64_t>(holds));
  if (edge.alone_p50_ns > 0.0) {
    const double each = std::floor(static_cast<double>(edge.deadline.count()) / edge.alone_p50_ns);
    comparison.number(path + ".naive", edge.naive, each * edge.threads);
  }
}

void check_mobile(const MobileResult& mobile, const std::string& path, Comparison& comparison) {
  check_late_frames(
      {mobile.frames, mobile.missed, mobile.period, mobile.p50, mobile.p99}, path, comparison);
  if (mobile.frames_per_s > 0.0) {
    const double period_ns = 1e9 / mobile.frames_per_s;
    comparison.holds(path + ".period_ns",
                     std::abs(static_cast<double>(mobile.period.count()) - period_ns) <= 1.0,
                     std::to_string(mobile.period.count()),
                     "the period of frames_per_s, " + exact_text(period_ns));
  }
  if (mobile.period.count() > 0) {
    comparison.number(
        path + ".headroom_fraction",
        mobile.headroom_fraction,
        1.0 - static_cast<double>(mobile.p50.count()) / static_cast<double>(mobile.period.count()));
  }
  if (mobile.missed_by_tenth.empty()) return;
  std::uint64_t missed = 0;
  for (const std::uint64_t of_tenth : mobile.missed_by_tenth) {
    // A sum that wraps is no count of frames.
    missed = of_tenth > mobile.frames ? mobile.frames + 1 : missed + of_tenth;
  }
  comparison.whole(path + ".missed", mobile.missed, missed);
}

}  // namespace

void check_track(const TrackResult& result, const std::string& path, Comparison& comparison) {
  comparison.flag(path + ".cloud", result.cloud && result.track != Track::kCloud, false);
  comparison.flag(path + ".edge", result.edge && result.track != Track::kEdge, false);
  comparison.flag(path + ".mobile", result.mobile && result.track != Track::kMobile, false);
  if (result.cloud) check_cloud(*result.cloud, path + ".cloud", comparison);
  if (result.edge) check_edge(*result.edge, path + ".edge", comparison);
  if (result.mobile) check_mobile(*result.mobile, path + ".mobile", comparison);
}

}  // namespace perfbench
