#include "tests/reports/check/raw_keys.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace perfbench::testing {
namespace {

using Keys = std::span<const std::string_view>;

// What was measured or told, by where it stands.

constexpr std::string_view kOfScenarios[] = {"scenario",
                                             "rung",
                                             "description",
                                             "implementation",
                                             "closed_loop",
                                             "worker_threads",
                                             "placement",
                                             "samples",
                                             "samples_per_query",
                                             "warm_up_queries",
                                             "duration_ns",
                                             "min_duration_ns",
                                             "arrivals.kind",
                                             "arrivals.wait",
                                             "arrivals.seed",
                                             "arrivals.target_qps",
                                             "arrivals.offered_qps",
                                             "arrivals.target_chosen_by",
                                             "latencies_ns[]",
                                             "histogram.alpha",
                                             "slip_ns.p50",
                                             "slip_ns.p99",
                                             "slip_ns.p99_9",
                                             "slip_ns.max",
                                             "slip_over_1us_fraction",
                                             "queue_ns.mean",
                                             "queue_ns.standard_deviation",
                                             "queue_ns.p50",
                                             "queue_ns.p99",
                                             "queue_ns.max",
                                             "service_ns.mean",
                                             "service_ns.standard_deviation",
                                             "service_ns.p50",
                                             "service_ns.p99",
                                             "service_ns.max",
                                             "batches.max_batch",
                                             "batches.max_delay_ns",
                                             "batches.counts[]",
                                             "refused",
                                             "undrained",
                                             "bound.percentile",
                                             "bound.bound_ns",
                                             "frames.deadline_ns",
                                             "frames.skew_p50_ns",
                                             "frames.skew_p99_ns",
                                             "worker_utilisation",
                                             "flop_per_sample",
                                             "byte_per_sample",
                                             "verified",
                                             "answers.checked",
                                             "answers.wrong",
                                             "checksum",
                                             "dropped",
                                             "partial",
                                             "failure",
                                             "ended_early",
                                             "runs[].seed",
                                             "runs[].queries",
                                             "runs[].rate_per_s",
                                             "runs[].mean_ns",
                                             "runs[].p50_ns",
                                             "runs[].p90_ns",
                                             "runs[].p99_ns",
                                             "runs[].verdict",
                                             "runs[].quiet"};

constexpr std::string_view kOfPeaks[] = {"percentile",
                                         "verdict",
                                         "reasons",
                                         "workload",
                                         "rung",
                                         "max_batch",
                                         "max_delay_ns",
                                         "worker_threads",
                                         "service_mean_ns",
                                         "service_cv2",
                                         "bound_ns"};

constexpr std::string_view kOfServing[] = {"tracks[].workload",
                                           "tracks[].rung",
                                           "tracks[].fitted_by",
                                           "tracks[].description",
                                           "tracks[].findings[]",
                                           "tracks[].partial",
                                           "tracks[].cloud.service_ns",
                                           "tracks[].cloud.offline_batch",
                                           "tracks[].cloud.points[].k",
                                           "tracks[].edge.alone_p50_ns",
                                           "tracks[].edge.period_ns",
                                           "tracks[].edge.deadline_ns",
                                           "tracks[].edge.threads",
                                           "tracks[].mobile.frames_per_s",
                                           "tracks[].mobile.burst_ns",
                                           "tracks[].mobile.frames",
                                           "tracks[].mobile.p50_ns",
                                           "tracks[].mobile.p99_ns",
                                           "tracks[].mobile.missed_by_tenth[]",
                                           "calibration.clock_read_ns",
                                           "calibration.null_overhead.reported_latency_p50_ns",
                                           "calibration.null_overhead.between_queries_p50_ns",
                                           "calibration.offline_null_samples_per_s",
                                           "calibration.server_null_qps"};

constexpr std::string_view kDerivedOfServing[] = {"calibration.queue[].theory_mean_ns",
                                                  "calibration.queue[].quiet",
                                                  "tracks[].edge.trials[].holds"};

constexpr std::string_view kOfReport[] = {"schema",
                                          "protocol",
                                          "label",
                                          "started_utc",
                                          "command[]",
                                          "quiet.windows",
                                          "quiet.windows_quiet"};

constexpr std::string_view kOfRoofs[] = {"kind",
                                         "precision",
                                         "isa",
                                         "level",
                                         "kernel",
                                         "epoch",
                                         "core_to_core_ns",
                                         "placement",
                                         "cpus[]",
                                         "cores",
                                         "working_set_bytes",
                                         "moved_bytes_per_1000_counted",
                                         "flop_per_window",
                                         "byte_per_window",
                                         "access_per_window",
                                         "window_ns[]",
                                         "sustained",
                                         "sustained.rate_flop_per_s",
                                         "sustained.rate_byte_per_s",
                                         "sustained.duration_ns",
                                         "sustained.windows",
                                         "clock_hz",
                                         "clock_source",
                                         "clock_relative_uncertainty",
                                         "limit_per_core_cycle",
                                         "limit_source",
                                         "limit_unavailable",
                                         "limit_may_refuse",
                                         "lower_bound_reason",
                                         "may_hold_cache_hits",
                                         "sentinel_ratio"};

constexpr std::string_view kOfDots[] = {"kernel",
                                        "implementation",
                                        "precision",
                                        "shape.m",
                                        "shape.n",
                                        "shape.k",
                                        "working_set_bytes",
                                        "placement",
                                        "flop_per_window",
                                        "window_ns[]",
                                        "intensity_flop_per_byte",
                                        "class",
                                        "sentinel_ratio"};

constexpr std::string_view kDerivedOfReport[] = {
    "quiet.noise_floor[].gaps_per_s",
    "plan.seed",
    "plan.preset",
    "plan.settings.seed",
    "plan.settings.preset",
    "sections.roofline.library_trials[].chosen",
    "sections.roofline.cache_levels[].level",
    "sections.roofline.cache_levels[].found_bytes.value",
    "sections.roofline.cache_levels[].working_set_bytes",
    "sections.roofline.cache_levels[].latency_ns"};

bool holds(Keys keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool is_below(std::string_view path, std::string_view parent, Keys keys) {
  return path.starts_with(parent) && holds(keys, path.substr(parent.size()));
}

bool starts_with_any(std::string_view path, Keys parents) {
  return std::any_of(parents.begin(), parents.end(), [path](std::string_view parent) {
    return path.starts_with(parent);
  });
}

constexpr std::string_view kPeaks[] = {
    "peak_rates[].", "tracks[].cloud.points[].alone.", "tracks[].cloud.points[].batched."};

bool is_raw_of_peak(std::string_view here) {
  return std::any_of(std::begin(kPeaks), std::end(kPeaks), [here](std::string_view peak) {
    if (!here.starts_with(peak)) return false;
    const std::string_view key = here.substr(peak.size());
    return holds(kOfPeaks, key) || key.starts_with("probes[]") ||
           key.starts_with("replicates_qps[]");
  });
}

/// Of scenarios, searches, tracks and the calibration. What is held against other figures, but
/// could be any of many, is raw too: serving_check_test.cpp and scenario_check_test.cpp try it.
bool is_raw_of_serving(std::string_view pattern) {
  constexpr std::string_view kSections = "sections.";
  constexpr std::string_view kMeasured[] = {"load_sweeps[].",
                                            "tracks[].cloud.offline_per_s.",
                                            "tracks[].edge.trials[].",
                                            "calibration.schedule_slip[].",
                                            "calibration.queue[]."};
  if (!pattern.starts_with(kSections)) return false;
  const std::string_view here = pattern.substr(kSections.size());
  if (is_raw_of_peak(here)) return true;
  if (starts_with_any(here, kMeasured)) return !holds(kDerivedOfServing, here);
  return is_below(here, "scenarios[].", kOfScenarios) || holds(kOfServing, here);
}

}  // namespace

bool is_raw(const std::string& pattern) {
  constexpr std::string_view kMeasured[] = {"tool.",
                                            "plan.",
                                            "machine.",
                                            "quiet.disturbance.",
                                            "quiet.noise_floor[].",
                                            "sections.roofline.core_to_core[].",
                                            "sections.roofline.library_trials[].",
                                            "sections.roofline.sweep[].",
                                            "sections.roofline.cache_levels[].",
                                            "sections.roofline.notes[]"};
  if (is_below(pattern, "sections.roofline.roofs[].", kOfRoofs) ||
      is_below(pattern, "sections.roofline.dots[].", kOfDots) || is_raw_of_serving(pattern))
    return true;
  if (starts_with_any(pattern, kMeasured) && !holds(kDerivedOfReport, pattern)) return true;
  return holds(kOfReport, pattern) || pattern.find(".disturbance.") != std::string::npos;
}

}  // namespace perfbench::testing
