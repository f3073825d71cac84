#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/result/track.hpp"
#include "scenarios/search/scenario_runner.hpp"
#include "scenarios/tracks/fit.hpp"

namespace perfbench {

/// What a track's experiment is given.
struct TrackOptions {
  /// Workload, rung, seed, wait and workers; all else is the track's own.
  ScenarioSettings settings;
  Nanoseconds at_most{60'000'000'000};  ///< For everything, the fitting included.
  /// Of the workload, ascending in work: edge and mobile choose their rung from it, and
  /// settings.rung is not looked at. Empty: settings.rung is taken as it is.
  std::vector<FitRung> ladder;
  std::string fitted_by;  ///< Where settings.rung was fitted before: the rule with its figures.
};

/// Workload of a track where the user chose none: "llm-decode", "detector", "mobilenet".
[[nodiscard]] std::string_view default_workload(Track track) noexcept;

/// Offline in the largest batches against Server within k times the service time of one sample, k
/// in 5, 10, 20 and 40, in batches of 1 and with the dynamic batcher; same workers in all, the
/// generator excluded from all. What a bound costs, and how much of that the batcher gives back.
[[nodiscard]] TrackResult run_cloud_track(const TrackOptions& options,
                                          const ExperimentContext& context);

/// Frames of several cameras in lockstep every 10 ms, one sample each, fitted so that one alone
/// takes about 5 ms at the median: how many hold P99 within 10 ms, against what the median of one
/// promises. Eight are shown in any case.
[[nodiscard]] TrackResult run_edge_track(const TrackOptions& options,
                                         const ExperimentContext& context);

/// A burst of 30 s of frames at 60 a second, fitted to 10 % headroom: frames missed, and when.
[[nodiscard]] TrackResult run_mobile_track(const TrackOptions& options,
                                           const ExperimentContext& context);

/// The track's experiment.
[[nodiscard]] TrackResult run_track(Track track,
                                    const TrackOptions& options,
                                    const ExperimentContext& context);

/// What `--track tiny` answers.
inline constexpr std::string_view kTinyTrackSentence =
    "The track tiny is about accuracy beside speed, and its accuracy scenario is not there yet; "
    "cloud, edge and mobile are.";

}  // namespace perfbench
