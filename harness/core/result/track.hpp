#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result/scenario.hpp"
#include "harness/core/result/serving.hpp"
#include "harness/core/result/verdict.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

enum class Track { kCloud, kEdge, kMobile };

/// A figure with its interval.
struct Estimate {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
};

/// One latency bound of the cloud track: k times the service time of one sample.
struct CloudPoint {
  double k = 0.0;
  PeakRate alone;    ///< Batch 1.
  PeakRate batched;  ///< With the dynamic batcher.
  Estimate gap;      ///< 1 - alone / Offline.
  Estimate closed;   ///< Share of that gap that the batcher closes.
};

/// Offline against Server.
struct CloudResult {
  double service_ns = 0.0;  ///< One sample alone, median.
  Estimate offline_per_s;   ///< Samples a second in the largest batches.
  std::uint64_t offline_batch = 1;
  std::vector<CloudPoint> points;  ///< Ascending k.
};

/// So many cameras at once, one thread each.
struct CameraTrial {
  int cameras = 0;
  std::uint64_t frames = 0;
  std::uint64_t missed = 0;  ///< Frames later than the deadline.
  Nanoseconds p50{0};        ///< Of the frames that there were: nearest rank, without an interval.
  std::optional<Nanoseconds> p99;  ///< Absent: refused, too few independent frames.
  std::optional<Nanoseconds> p99_low;
  std::optional<Nanoseconds> p99_high;
  Nanoseconds skew_p99{0};
  Validity holds = Validity::kInconclusive;  ///< P99 within the deadline.
};

/// How many cameras a loop holds.
struct EdgeResult {
  double alone_p50_ns = 0.0;  ///< One camera, one thread.
  Nanoseconds period{0};
  Nanoseconds deadline{0};
  int threads = 1;
  int naive = 0;  ///< threads x (deadline over alone P50): what one camera's figure promises.
  int holds = 0;  ///< Most cameras whose P99 is within the deadline.
  std::vector<CameraTrial> trials;  ///< Ascending cameras, eight included.
};

/// Frames of a display.
struct MobileResult {
  double frames_per_s = 60.0;
  Nanoseconds period{0};
  double headroom_fraction = 0.0;  ///< Of the period, at the median of the burst.
  std::uint64_t frames = 0;
  std::uint64_t missed = 0;
  Nanoseconds p50{0};  ///< Of the frames that there were: nearest rank, without an interval.
  std::optional<Nanoseconds> p99;  ///< Absent: refused, too few independent frames.
  Nanoseconds burst{0};            ///< How long the burst lasted.
  /// Missed in each tenth of the burst, in order: whether it comes with time.
  std::vector<std::uint64_t> missed_by_tenth;
};

/// One track's experiment on this machine: its crisis, in figures and words.
struct TrackResult {
  Track track = Track::kCloud;
  std::string workload;
  std::string rung;
  std::string fitted_by;    ///< The rule that chose the rung, with its figures.
  std::string description;  ///< Of the workload, what was scaled included.
  std::optional<CloudResult> cloud;
  std::optional<EdgeResult> edge;
  std::optional<MobileResult> mobile;
  std::vector<std::string> findings;  ///< Sentences.
  bool partial = false;
  /// Of its last run outside the searches; the report's `quiet` is of all of them.
  Disturbance disturbance;
  Verdict verdict;
};

}  // namespace perfbench
