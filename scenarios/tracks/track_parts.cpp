#include "scenarios/tracks/track_parts.hpp"

#include <algorithm>
#include <cmath>

#include "harness/core/judge/wording.hpp"
#include "harness/core/stats/latency_summary.hpp"

namespace perfbench::track_detail {
namespace {

constexpr double kLookShare = 0.02;

}  // namespace

std::optional<Alone> measure_alone(ExperimentRuns& runs,
                                   const ScenarioSettings& settings,
                                   Nanoseconds length,
                                   TrackResult& result) {
  ScenarioSettings single = settings;
  single.scenario = Scenario::kSingleStream;
  single.arrivals = {};
  single.samples_per_query = 1;
  single.batcher = {};
  single.bound.reset();
  single.deadline.reset();
  const std::optional<ScenarioResult> run = runs.run(single, length);
  if (!run) return std::nullopt;
  Alone alone;
  alone.p50 = median_seen(*run);
  alone.mean_ns = run->latency.mean_ns;
  if (alone.p50.count() <= 0 || alone.mean_ns <= 0.0) {
    runs.fail("a sample took no time");
    return std::nullopt;
  }
  alone.cv2 = std::pow(run->latency.standard_deviation_ns / alone.mean_ns, 2.0);
  result.rung = run->rung.empty() ? settings.rung : run->rung;
  result.description = run->description;
  result.disturbance = run->disturbance;
  return alone;
}

std::optional<Nanoseconds> fit_to(ExperimentRuns& runs,
                                  const TrackOptions& options,
                                  Nanoseconds target,
                                  ScenarioSettings& settings,
                                  TrackResult& result) {
  const Nanoseconds look =
      from_seconds(std::clamp(kLookShare * seconds(options.at_most), 0.2, 1.0));
  if (!options.ladder.empty()) {
    const FitChoice choice =
        fit_rung(options.ladder, target, [&](std::string_view rung) -> Nanoseconds {
          ScenarioSettings of_rung = settings;
          of_rung.rung = std::string(rung);
          const std::optional<Alone> alone = measure_alone(runs, of_rung, look, result);
          return alone ? alone->p50 : Nanoseconds(0);
        });
    if (runs.halted()) return std::nullopt;
    settings.rung = choice.rung;
    result.fitted_by = choice.sentence;
  }
  // Once more on its own: the one that was chosen for being near the target is near it by chance
  // too.
  const std::optional<Alone> alone = measure_alone(runs, settings, look, result);
  if (!alone) return std::nullopt;
  return alone->p50;
}

ScenarioSettings frames_at(const ScenarioSettings& settings,
                           Nanoseconds period,
                           std::size_t samples_per_query) {
  ScenarioSettings frames = settings;
  frames.scenario = Scenario::kMultiStream;
  frames.samples_per_query = samples_per_query;
  frames.arrivals = {};
  frames.arrivals.kind = Arrivals::kPeriodic;
  frames.arrivals.target_qps = 1e9 / static_cast<double>(period.count());
  frames.deadline = period;
  frames.batcher = {};
  frames.bound.reset();
  return frames;
}

Nanoseconds median_seen(const ScenarioResult& result) {
  const PercentileFigure* p50 = find_percentile(result.latency, 500'000);
  return p50 == nullptr ? Nanoseconds(0) : p50->value;
}

LateFrames late_frames(const ScenarioResult& result, Nanoseconds deadline) {
  LateFrames late;
  if (result.latencies.empty()) {
    late.frames = result.queries + result.undrained;
    late.missed = std::min(late.frames, result.frames ? result.frames->missed : 0);
    return late;
  }
  late.frames = result.latencies.size();
  late.missed = static_cast<std::uint64_t>(std::count_if(
      result.latencies.begin(), result.latencies.end(), [deadline](Nanoseconds latency) {
        return latency > deadline;
      }));
  return late;
}

std::string share(double fraction) { return judge::number(100.0 * fraction) + " %"; }

}  // namespace perfbench::track_detail
