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
enum class Isa { kScalar, kSse2, kAvx2Fma, kAvx512, kNeon };
enum class MemoryLevel { kNone, kL1, kL2, kL3, kDram };

/// Raw data of one measured point: every kept window, so that check can recompute the figures.
/// Window i did `work_per_window` (flop for compute, counted bytes for bandwidth, summed over the
/// threads) in windows[i]; for latency the windows are times of one access times 1 (work_per_window
/// = 1).
struct WindowSeries {
  std::uint64_t work_per_window = 0;
  std::vector<Nanoseconds> windows;
};

/// best, p90, median and relative MAD of the windows' rates (for latency: best is the smallest).
/// stats/window_summary.hpp.
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

/// One roof, or one kernel measured the same way. Rates are in flop/s, byte/s or ns by `kind`.
struct Roof {
  RoofKind kind = RoofKind::kCompute;
  Precision precision = Precision::kNone;
  Isa isa = Isa::kScalar;
  MemoryLevel level = MemoryLevel::kNone;
  std::string kernel;     ///< "fma", "read", "triad_nt"
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
  bool limit_may_refuse = false;  ///< [V], [M], [measured] rows may refuse; [S], [U] only warn.
  std::optional<double> fraction_of_limit;
  bool contended = false;    ///< judge/contended.hpp
  bool lower_bound = false;  ///< The machine can do more, for the reason that stands beside it.
  std::string lower_bound_reason;
  Disturbance disturbance;
  Verdict verdict;  ///< Against the documented limit (judge/limit.hpp).
  int cores = 0;    ///< Physical cores under the threads, which per_core_cycle is of; 0: not told.
  std::optional<double>
      sentinel_ratio;  ///< What judge_contended() was given, so check can repeat it.
};

enum class DotClass { kModelled, kCounted, kSoftwareDefined };

/// A kernel's point under the roofs.
struct Dot {
  std::string kernel;          ///< "sgemm 2048"
  std::string implementation;  ///< "OpenBLAS 0.3.21, core SkylakeX"
  int threads = 1;
  std::string placement;
  WindowSummary rate;  ///< flop/s
  WindowSeries series;
  double intensity_flop_per_byte = 0.0;
  DotClass dot_class = DotClass::kModelled;
  std::string roof;  ///< Which roof binds it: id of the roof, see roof_id().
  std::optional<double> roof_fraction;
  bool contended = false;
  Disturbance disturbance;
  Verdict verdict;  ///< Above its roof is a bug in one of the two, and said so.
  std::optional<double>
      sentinel_ratio;  ///< What judge_contended() was given, so check can repeat it.
};

/// A library setting that was tried in a child process before the main process trusted it.
struct LibraryTrial {
  std::string library;           ///< "OpenBLAS"
  std::string setting;           ///< The core type asked for, "" for the library's own choice.
  std::string core_name;         ///< What the library says it runs.
  std::string operation;         ///< "sgemm 2048x2048x2048, 1 thread"
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

struct RooflineSection {
  std::vector<Roof> roofs;
  std::vector<Dot> dots;
  std::vector<LibraryTrial> library_trials;
  std::vector<CoreToCore> core_to_core;
  std::vector<std::string> notes;  ///< Sentences for the reader: what was left out and why.
};

}  // namespace perfbench
