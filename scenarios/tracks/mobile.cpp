// The track mobile: frames of a display.
#include <algorithm>
#include <cstddef>

#include "harness/core/judge/wording.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "scenarios/tracks/track_parts.hpp"

namespace perfbench {
namespace {

constexpr Ppm kP99 = 990'000;
using track_detail::share;

constexpr double kFramesPerSecond = 60.0;
constexpr Nanoseconds kPeriod{16'666'667};
constexpr double kHeadroom = 0.1;
constexpr Nanoseconds kBurst{30'000'000'000};
constexpr double kLeastSeconds = 1.0;
constexpr double kReserve = 0.05;  ///< Seconds, for its own reckoning.
constexpr std::size_t kTenths = 10;
/// The fitting's own figure is that near to the target by chance.
constexpr double kNearTarget = 1.05;

std::vector<std::uint64_t> by_tenth(const std::vector<Nanoseconds>& latencies) {
  if (latencies.empty()) return {};
  std::vector<std::uint64_t> missed(kTenths, 0);
  for (std::size_t i = 0; i < latencies.size(); ++i) {
    if (latencies[i] > kPeriod) ++missed[i * kTenths / latencies.size()];
  }
  return missed;
}

std::string when(const std::vector<std::uint64_t>& tenths) {
  if (tenths.empty()) return {};
  const std::size_t half = tenths.size() / 2;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  for (std::size_t i = 0; i < tenths.size(); ++i) (i < half ? first : second) += tenths[i];
  return " " + std::to_string(first) + " of them in the first half of the burst, " +
         std::to_string(second) + " in the second.";
}

void tell(const ScenarioResult& run, MobileResult& mobile, TrackResult& result) {
  const track_detail::LateFrames late = track_detail::late_frames(run, kPeriod);
  mobile.frames_per_s = kFramesPerSecond;
  mobile.period = kPeriod;
  mobile.frames = late.frames;
  mobile.missed = late.missed;
  mobile.p50 = track_detail::median_seen(run);
  mobile.p99 = told_percentile(run.latency, kP99);
  mobile.headroom_fraction =
      1.0 - static_cast<double>(mobile.p50.count()) / static_cast<double>(kPeriod.count());
  mobile.burst = run.duration;
  mobile.missed_by_tenth = by_tenth(run.latencies);
  const double missed = static_cast<double>(mobile.missed) /
                        static_cast<double>(std::max<std::uint64_t>(1, mobile.frames));
  const std::string median = "At the median a frame takes " + judge::duration(mobile.p50);
  result.findings.push_back(mobile.p50 <= kPeriod
                                ? median + " of " + judge::duration(kPeriod) + ": a headroom of " +
                                      share(mobile.headroom_fraction) + "."
                                : median + ", more than the " + judge::duration(kPeriod) +
                                      " until the next: there is no headroom, and frames pile up.");
  result.findings.push_back(
      "In a burst of " + judge::duration(mobile.burst) + ", " + std::to_string(mobile.missed) +
      " of " + std::to_string(mobile.frames) + " frames (" + share(missed) +
      ") came too late for the display" +
      (mobile.p99 ? "; P99 is " + judge::duration(*mobile.p99) + "." : "; P99 could not be told.") +
      (mobile.missed > 0 ? when(mobile.missed_by_tenth) : std::string()));
}

}  // namespace

TrackResult run_mobile_track(const TrackOptions& options, const ExperimentContext& context) {
  TrackResult result;
  result.track = Track::kMobile;
  result.workload = options.settings.workload;
  result.rung = options.settings.rung;
  result.fitted_by = options.fitted_by;
  ExperimentRuns runs(context, options.at_most, options.settings.seed);
  ScenarioSettings settings = options.settings;
  const Nanoseconds target = from_seconds(seconds(kPeriod) * (1.0 - kHeadroom));
  const std::optional<Nanoseconds> alone =
      track_detail::fit_to(runs, options, target, settings, result);
  VerdictBuilder verdict;
  if (alone) {
    ScenarioSettings burst = track_detail::frames_at(settings, kPeriod, 1);
    // Cold: what the first frames cost is part of a burst.
    burst.warm_up.min_queries = 1;
    burst.warm_up.max_queries = 1;
    const double left_s = std::max(kLeastSeconds, runs.left_s() - runs.overhead_s() - kReserve);
    std::optional<ScenarioResult> run = runs.run(burst, std::min(kBurst, from_seconds(left_s)));
    if (!run) run = runs.take_cut_short();
    if (run && run->queries > 0) {
      result.description = run->description;
      result.disturbance = run->disturbance;
      tell(*run, result.mobile.emplace(), result);
      if (seconds(*alone) > kNearTarget * seconds(target)) {
        verdict.inconclusive({"no-headroom",
                              "a sample alone takes " + judge::duration(*alone) + ", more than " +
                                  judge::duration(target) + ": the burst is not one of " +
                                  share(kHeadroom) + " headroom",
                              "A smaller rung, or a faster machine."});
      }
    }
  }
  result.partial = runs.halted();
  runs.judge(verdict);
  result.verdict = std::move(verdict).build();
  return result;
}

}  // namespace perfbench
