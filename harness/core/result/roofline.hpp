#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/core/result/verdict.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

enum class RoofKind { kCompute, kBandwidth, kLatency };
enum class Precision { kNone, kFp64, kFp32, kBf16, kFp16, kInt8 };
/// Of one architecture narrowest first. kAmx: the tile unit, for dot products alone.
enum class Isa { kScalar, kSse2, kAvx2Fma, kAvx512, kAmx, kNeon, kSve };
enum class MemoryLevel { kNone, kL1, kL2, kL3, kDram };

/// Raw data of one measured point: every kept window, so that check can recompute the figures.
/// Window i took windows[i] and did `work_per_window`: flop for compute, counted bytes for
/// bandwidth, each summed over the threads. For latency it is the dependent accesses of one thread
/// (those of two threads do not wait for one another), so that windows[i] / work_per_window is the
/// time of one access with the digits that a count of whole nanoseconds would lose (0.95 ns in L1).
struct WindowSeries {
  std::uint64_t work_per_window = 0;
  std::vector<Nanoseconds> windows;
};

/// best, p90, median and relative MAD of the windows' rates (for latency: nanoseconds of one
/// access, best is the smallest). stats/window_summary.hpp.
struct WindowSummary {
  double best = 0.0;
  double p90 = 0.0;
  double median = 0.0;
  double relative_mad = 0.0;
};

/// Core clock beside the windows, from the dependent-add chain; the higher of before and after.
struct ClockReading {
  Reading<double> hz;
  double relative_uncertainty = 0.01;
};

/// The third height of a peak: the median of the last quarter of one long run, when turbo and heat
/// have settled.
struct SustainedHeight {
  double rate = 0.0;          ///< In the roof's own unit.
  Nanoseconds duration{0};    ///< Of the whole run, at least 10 s.
  std::uint64_t windows = 0;  ///< Of its last quarter.
};

/// m x k times k x n, as BLAS spells it; a matrix-vector product has m = 1.
struct MatrixShape {
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  [[nodiscard]] bool operator==(const MatrixShape&) const = default;
};

/// One roof, or one kernel measured the same way. Rates are in flop/s, byte/s or ns by `kind`.
struct Roof {
  RoofKind kind = RoofKind::kCompute;
  Precision precision = Precision::kNone;
  Isa isa = Isa::kScalar;
  MemoryLevel level = MemoryLevel::kNone;
  std::string kernel;  ///< "fma", "fma_add", "dot", "read", "triad_nt", "chase"
  std::string team;    ///< Team::id: "1c", "2c", "4c8t", "1c-e", "1c-n0-m1". Part of roof_id().
  /// Placement epoch: roofs of several cores are kept apart where the host moved us in between (0
  /// the first). Part of roof_id() from 1 on.
  int epoch = 0;
  int cores = 0;  ///< Physical cores under the threads, which per_core_cycle is of; 0: not told.
  /// Core-to-core latency of the team in that epoch, one way, the median of the rounds; absent for
  /// one core.
  std::optional<Nanoseconds> core_to_core;
  std::string placement;  ///< Where the threads ran, in words: "cpu 0", "cpus 0,1".
  std::vector<int> cpus;
  int threads = 1;
  Bytes working_set{0};  ///< Per thread; 0 for compute.
  Bytes moved_per_counted_1000{
      0};  ///< True traffic (write-allocate included) per 1000 counted bytes; 0 where none.
  WindowSummary rate;
  WindowSeries series;
  ClockReading clock;
  std::optional<double> per_core_cycle;  ///< best over cores and clock; absent without a clock.
  Reading<double> limit_per_core_cycle;  ///< Documented limit, its source; or why none is known.
  std::optional<double> fraction_of_limit;
  bool limit_may_refuse = false;  ///< [V], [M], [measured] rows may refuse; [S], [U] only warn.
  bool contended = false;         ///< judge/contended.hpp
  bool lower_bound = false;  ///< The machine can do more, for the reason that stands beside it.
  /// A DRAM figure whose arrays are not known to be beyond the last-level cache: part of it may be
  /// cache hits, and the headline says so.
  bool may_hold_cache_hits = false;
  std::string lower_bound_reason;
  Disturbance disturbance;
  Verdict verdict;  ///< Against the documented limit (judge/limit.hpp).
  std::optional<double>
      sentinel_ratio;  ///< What judge_contended() was given, so check can repeat it.
  std::optional<SustainedHeight> sustained;
};

enum class DotClass { kModelled, kCounted, kSoftwareDefined };

/// A kernel's point under the roofs.
struct Dot {
  std::string kernel;          ///< "sgemm 2048"
  std::string implementation;  ///< "OpenBLAS 0.3.21, core SkylakeX", "packed avx512", "oneDNN 2.6"
  Precision precision = Precision::kNone;
  std::optional<MatrixShape> shape;
  Bytes working_set{0};  ///< That the kernel rotates through; 0 where unknown.
  int threads = 1;
  std::string team;  ///< As Roof::team; a dot is held against roofs of its own team and epoch.
  int epoch = 0;
  std::string placement;
  WindowSummary rate;  ///< flop/s
  WindowSeries series;
  double intensity_flop_per_byte = 0.0;
  DotClass dot_class = DotClass::kModelled;
  std::string roof;  ///< Which roof binds it: id of the roof, see roof_id().
  std::string zone;  ///< What binds it, in words with figures (judge/zone.hpp).
  std::optional<double> roof_fraction;
  bool contended = false;
  Disturbance disturbance;
  Verdict verdict;  ///< Above its roof is a bug in one of the two, and said so.
  std::optional<double>
      sentinel_ratio;  ///< What judge_contended() was given, so check can repeat it.
};

/// A library setting that was tried in a child process before the main process trusted it.
struct LibraryTrial {
  std::string library;      ///< "OpenBLAS"
  std::string setting;      ///< The core type asked for, "" for the library's own choice.
  std::string core_name;    ///< What the library says it runs.
  std::string operation;    ///< "sgemm": one of the trial's name and shape_class is chosen.
  std::string shape_class;  ///< "square", "skinny", "vector": GemmClass in words.
  std::optional<MatrixShape> shape;
  bool verified = false;         ///< The answer was right.
  std::string failure;           ///< Crash, wrong answer, refusal: in words; empty when it ran.
  double rate_flop_per_s = 0.0;  ///< Best of windows; 0 when it did not run.
  bool ambient = false;          ///< This is what a program in this environment gets.
  bool chosen = false;
};

struct CoreToCore {
  int cpu_a = -1;
  int cpu_b = -1;
  Nanoseconds one_way{0};  ///< Half a round trip, best.
};

/// Where a bandwidth roof meets a compute roof of the same team and epoch.
struct RidgePoint {
  std::string compute_roof;    ///< roof_id()
  std::string bandwidth_roof;  ///< roof_id()
  double flop_per_byte = 0.0;
};

/// One working set of the sweep that finds the levels; one core.
struct SweepPoint {
  Bytes working_set{0};
  double latency_ns = 0.0;       ///< Of one dependent load, best window.
  double read_byte_per_s = 0.0;  ///< Best window; 0 where it was not measured.
};

/// A level as the sweep found it, beside what the machine says. judge/cache_levels.hpp.
struct CacheLevel {
  MemoryLevel level = MemoryLevel::kNone;
  Reading<Bytes> told;   ///< What sysfs or CPUID says; a guest's is often fiction.
  Reading<Bytes> found;  ///< Largest working set that still behaves like this level.
  Bytes working_set{0};  ///< Chosen for the roofs of this level, all arrays of one core together.
  double latency_ns = 0.0;  ///< At that working set; 0 where it was not measured.
};

struct RooflineSection {
  std::vector<Roof> roofs;
  std::vector<Dot> dots;
  std::vector<LibraryTrial> library_trials;
  std::vector<CoreToCore> core_to_core;
  std::vector<RidgePoint> ridge_points;
  std::vector<SweepPoint> sweep;
  std::vector<CacheLevel> cache_levels;
  std::vector<std::string> notes;  ///< Sentences for the reader: what was left out and why.
};

}  // namespace perfbench
