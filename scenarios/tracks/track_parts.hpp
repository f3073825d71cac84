#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "harness/core/result/scenario.hpp"
#include "harness/core/result/track.hpp"
#include "scenarios/search/experiment_runs.hpp"
#include "scenarios/tracks/tracks.hpp"

namespace perfbench::track_detail {

/// A sample alone.
struct Alone {
  Nanoseconds p50{0};
  double mean_ns = 0.0;
  double cv2 = 0.0;
};

/// Measures settings' rung by a short SingleStream; nothing when the experiment halted.
[[nodiscard]] std::optional<Alone> measure_alone(ExperimentRuns& runs,
                                                 const ScenarioSettings& settings,
                                                 Nanoseconds length,
                                                 TrackResult& result);

/// The median of a sample alone on the rung nearest below `target` where there is a ladder, which
/// is then in `settings` and `result`, else on settings.rung. Nothing when the experiment halted.
[[nodiscard]] std::optional<Nanoseconds> fit_to(ExperimentRuns& runs,
                                                const TrackOptions& options,
                                                Nanoseconds target,
                                                ScenarioSettings& settings,
                                                TrackResult& result);

/// MultiStream at a fixed period.
[[nodiscard]] ScenarioSettings frames_at(const ScenarioSettings& settings,
                                         Nanoseconds period,
                                         std::size_t samples_per_query);

/// The median of the latencies that there are, without asking for an interval; 0 without any.
[[nodiscard]] Nanoseconds median_seen(const ScenarioResult& result);

/// Frames that were issued, and those later than the deadline; from the same latencies as the
/// percentiles where they were kept.
struct LateFrames {
  std::uint64_t frames = 0;
  std::uint64_t missed = 0;
};
[[nodiscard]] LateFrames late_frames(const ScenarioResult& result, Nanoseconds deadline);

/// "7.3 %" of 0.073.
[[nodiscard]] std::string share(double fraction);

}  // namespace perfbench::track_detail
