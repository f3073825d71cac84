#include <iterator>
#include <string>
#include <utility>

#include "harness/core/judge/cache_levels.hpp"
#include "harness/core/judge/contended.hpp"
#include "harness/core/judge/limit.hpp"
#include "harness/core/judge/ridge.hpp"
#include "harness/core/judge/roof_choice.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/judge/zone.hpp"
#include "harness/core/stats/window_summary.hpp"
#include "tests/reports/support/synthetic_parts.hpp"

namespace perfbench::testing {
namespace {

constexpr const char* kLimitSource = "Sapphire Rapids, synthetic [M] and measured";
/// Enough for a best, a P90 and a median that differ.
constexpr std::size_t kWindows = 12;

struct RoofSketch {
  RoofKind kind = RoofKind::kCompute;
  Precision precision = Precision::kNone;
  Isa isa = Isa::kAvx512;
  MemoryLevel level = MemoryLevel::kNone;
  std::string kernel = "fma";
  int cores = 1;
  double best = 0.0;   ///< Per second, or ns of a latency.
  double limit = 0.0;  ///< 0: none known.
  int epoch = 0;
};

Bytes working_set_of(MemoryLevel level) {
  switch (level) {
    case MemoryLevel::kL1:
      return Bytes(32768);
    case MemoryLevel::kL2:
      return Bytes(786432);
    case MemoryLevel::kL3:
      return Bytes(8388608);
    case MemoryLevel::kDram:
      return mib(256);
    case MemoryLevel::kNone:
      break;
  }
  return Bytes(0);
}

/// True traffic of 1000 counted bytes: a store that allocates its line reads it first.
std::uint64_t moved_per_1000(const std::string& kernel) {
  if (kernel == "write") return 2000;
  if (kernel == "copy" || kernel == "scale") return 1500;
  if (kernel == "add" || kernel == "triad") return 1333;
  return 1000;
}

void place(Roof& roof, int cores, int epoch) {
  roof.team = std::to_string(cores) + "c";
  roof.epoch = epoch;
  for (int cpu = 0; cpu < cores; ++cpu) roof.cpus.push_back(cpu);
  roof.placement = cores == 1 ? "cpu 0" : "cpus 0-" + std::to_string(cores - 1);
  roof.threads = cores;
  roof.cores = cores;
  if (cores > 1) roof.core_to_core = Nanoseconds(epoch == 0 ? 48 : 193);
}

void fill_series(Roof& roof, Draw& draw, double best) {
  constexpr std::int64_t kWindow = 1'500'000;
  if (roof.kind == RoofKind::kLatency) {
    // Real times of many dependent loads: the time of one is a fraction.
    roof.series.work_per_window = static_cast<std::uint64_t>(static_cast<double>(kWindow) / best);
  } else {
    roof.series.work_per_window =
        static_cast<std::uint64_t>(best * 1e-9 * static_cast<double>(kWindow));
  }
  roof.series.windows = draw.windows(kWindows, kWindow);
  roof.rate = summarize_windows(roof.series, roof.kind);
}

void judge(Roof& roof, double limit) {
  roof.clock.hz = Reading<double>::of(kSyntheticClockHz, "dependent-add chain");
  if (roof.kind != RoofKind::kLatency)
    roof.per_core_cycle = per_core_cycle(roof.rate.best, roof.cores, roof.clock);
  roof.limit_per_core_cycle =
      limit > 0.0
          ? Reading<double>::of(limit, kLimitSource)
          : Reading<double>::unavailable(roof.kind == RoofKind::kCompute
                                             ? "no documented limit for the kernel " + roof.kernel
                                             : "no documented limit of the memory behind one core");
  roof.limit_may_refuse = limit > 0.0;
  roof.fraction_of_limit = fraction_of_limit(roof);
  roof.sentinel_ratio = 0.9921875;
  roof.contended =
      judge_contended(roof.rate, roof.kind, roof.sentinel_ratio, roof.disturbance).contended;
  roof.disturbance = calm(total(roof.series.windows));
  roof.lower_bound = !roof.lower_bound_reason.empty();
  roof.verdict = judge_limit(roof);
}

Roof make_roof(Draw& draw, const RoofSketch& sketch) {
  Roof roof;
  roof.kind = sketch.kind;
  roof.precision = sketch.precision;
  roof.isa = sketch.isa;
  roof.level = sketch.level;
  roof.kernel = sketch.kernel;
  place(roof, sketch.cores, sketch.epoch);
  if (sketch.kind != RoofKind::kCompute) roof.working_set = working_set_of(sketch.level);
  if (sketch.kind == RoofKind::kBandwidth)
    roof.moved_per_counted_1000 = Bytes(moved_per_1000(sketch.kernel));
  fill_series(roof, draw, sketch.best);
  if (sketch.precision == Precision::kFp16)
    roof.lower_bound_reason = "the CPU has AMX-FP16, which no roof kernel uses";
  roof.may_hold_cache_hits = sketch.level == MemoryLevel::kDram && sketch.cores == 2;
  judge(roof, sketch.limit);
  return roof;
}

void add_compute(std::vector<RoofSketch>& sketches) {
  constexpr auto kCompute = RoofKind::kCompute;
  constexpr auto kNone = MemoryLevel::kNone;
  const auto add = [&](Precision precision,
                       Isa isa,
                       const char* kernel,
                       int cores,
                       double per_cycle,
                       double limit) {
    const double scale = cores == 1 ? 1.0 : cores == 2 ? 0.994 : 0.951;
    sketches.push_back({kCompute,
                        precision,
                        isa,
                        kNone,
                        kernel,
                        cores,
                        per_cycle * kSyntheticClockHz * cores * scale,
                        limit,
                        0});
  };
  add(Precision::kFp32, Isa::kAvx512, "fma", 1, 63.7, 64.0);
  add(Precision::kFp32, Isa::kAvx2Fma, "fma", 1, 31.9, 32.0);
  add(Precision::kFp32, Isa::kSse2, "mul_add", 1, 15.4, 0.0);
  add(Precision::kFp32, Isa::kScalar, "mul_add", 1, 3.8, 0.0);
  add(Precision::kFp64, Isa::kAvx512, "fma", 1, 31.8, 32.0);
  add(Precision::kFp64, Isa::kAvx2Fma, "fma", 1, 15.9, 16.0);
  add(Precision::kFp64, Isa::kSse2, "mul_add", 1, 7.7, 0.0);
  add(Precision::kFp64, Isa::kScalar, "mul_add", 1, 3.8, 0.0);
  add(Precision::kFp32, Isa::kAvx512, "fma_add", 1, 47.6, 48.0);
  add(Precision::kFp64, Isa::kAvx512, "fma_add", 1, 23.8, 24.0);
  add(Precision::kBf16, Isa::kAvx512, "dot", 1, 126.9, 128.0);
  add(Precision::kInt8, Isa::kAvx512, "dot", 1, 254.0, 256.0);
  // What a wrong clock or a wrong count of the work looks like.
  add(Precision::kInt8, Isa::kAvx2Fma, "dot", 1, 171.0, 128.0);
  add(Precision::kBf16, Isa::kAmx, "dot", 1, 1009.0, 1024.0);
  add(Precision::kInt8, Isa::kAmx, "dot", 1, 2014.0, 2048.0);
  add(Precision::kFp16, Isa::kAvx512, "fma", 1, 126.4, 128.0);
  add(Precision::kFp32, Isa::kAvx512, "fma", 4, 63.6, 64.0);
  add(Precision::kFp64, Isa::kAvx512, "fma", 4, 31.8, 32.0);
  add(Precision::kFp32, Isa::kAvx512, "fma_add", 4, 47.5, 48.0);
  add(Precision::kBf16, Isa::kAmx, "dot", 4, 1004.0, 1024.0);
  add(Precision::kInt8, Isa::kAmx, "dot", 4, 2009.0, 2048.0);
  add(Precision::kFp32, Isa::kAvx512, "fma", 2, 63.7, 64.0);
  add(Precision::kFp64, Isa::kAvx512, "fma", 2, 31.8, 32.0);
}

struct StreamFigures {
  const char* kernel;
  double l1_per_cycle;
  double l2_per_cycle;
  double l3_per_cycle;
  double dram_gb_per_s;
};

/// One core, counted bytes.
constexpr StreamFigures kStreams[] = {{"read", 127.4, 48.2, 18.3, 13.1},
                                      {"write", 63.1, 41.0, 13.0, 6.9},
                                      {"copy", 125.9, 45.6, 15.7, 9.8},
                                      {"scale", 124.8, 45.1, 15.5, 9.7},
                                      {"add", 149.0, 46.9, 16.4, 10.6},
                                      {"triad", 148.3, 46.7, 16.3, 10.5},
                                      {"update", 126.1, 63.5, 24.8, 13.4}};
constexpr StreamFigures kStores[] = {{"write_nt", 0, 0, 0, 12.4},
                                     {"copy_nt", 0, 0, 0, 12.9},
                                     {"scale_nt", 0, 0, 0, 12.8},
                                     {"add_nt", 0, 0, 0, 13.0},
                                     {"triad_nt", 0, 0, 0, 13.0}};

void add_streams(std::vector<RoofSketch>& sketches, int cores) {
  const auto add =
      [&](MemoryLevel level, const char* kernel, double per_second, double limit, int epoch = 0) {
        sketches.push_back({RoofKind::kBandwidth,
                            Precision::kNone,
                            Isa::kAvx512,
                            level,
                            kernel,
                            cores,
                            per_second,
                            limit,
                            epoch});
      };
  const double cached = kSyntheticClockHz * cores * (cores == 1 ? 1.0 : 0.95);
  const double memory = 1e9 * (cores == 1 ? 1.0 : cores == 2 ? 1.9 : 3.4);
  for (const StreamFigures& stream : kStreams) {
    const bool read = std::string(stream.kernel) == "read";
    if (cores != 2) {
      add(MemoryLevel::kL1, stream.kernel, stream.l1_per_cycle * cached, read ? 128.0 : 0.0);
      add(MemoryLevel::kL2, stream.kernel, stream.l2_per_cycle * cached, read ? 64.0 : 0.0);
      add(MemoryLevel::kL3, stream.kernel, stream.l3_per_cycle * cached, 0.0);
    }
    if (cores != 2 || read)
      add(MemoryLevel::kDram, stream.kernel, stream.dram_gb_per_s * memory, 0);
  }
  for (const StreamFigures& stream : kStores) {
    if (cores != 2) add(MemoryLevel::kDram, stream.kernel, stream.dram_gb_per_s * memory, 0.0);
  }
  if (cores == 4) {
    // The host moved us: two cores now sit behind another cache and the memory is nearer to both.
    add(MemoryLevel::kDram, "read", 58.3e9, 0.0, 1);
    add(MemoryLevel::kDram, "triad_nt", 55.9e9, 0.0, 1);
  }
}

void add_latencies(std::vector<RoofSketch>& sketches) {
  const std::pair<MemoryLevel, double> figures[] = {{MemoryLevel::kL1, 1.43},
                                                    {MemoryLevel::kL2, 4.29},
                                                    {MemoryLevel::kL3, 21.6},
                                                    {MemoryLevel::kDram, 118.4}};
  for (const auto& [level, ns] : figures) {
    sketches.push_back(
        {RoofKind::kLatency, Precision::kNone, Isa::kScalar, level, "chase", 1, ns, 0.0, 0});
  }
}

void add_sustained(RooflineSection& section) {
  for (Roof& roof : section.roofs) {
    const bool main =
        (roof.kernel == "fma" && roof.isa == Isa::kAvx512 && roof.precision == Precision::kFp32) ||
        (roof.kernel == "read" && roof.level == MemoryLevel::kDram);
    if (!main || roof.cores == 2 || roof.epoch != 0) continue;
    roof.sustained =
        SustainedHeight{roof.rate.median * (roof.kind == RoofKind::kCompute ? 0.9375 : 0.984375),
                        Nanoseconds(10'000'000'000),
                        1650};
  }
}

struct DotSketch {
  const char* operation = "sgemm";
  const char* implementation = "OpenBLAS 0.3.21, core SkylakeX";
  Precision precision = Precision::kFp32;
  MatrixShape shape;
  double bytes_a_weight = 4.0;
  int cores = 1;
  double best_flop_per_s = 0.0;
};

Dot make_dot(Draw& draw, const RooflineSection& section, const DotSketch& sketch) {
  const MatrixShape& shape = sketch.shape;
  Dot dot;
  dot.kernel = std::string(sketch.operation) + " " + std::to_string(shape.m) + "x" +
               std::to_string(shape.n) + "x" + std::to_string(shape.k);
  dot.implementation = sketch.implementation;
  dot.precision = sketch.precision;
  dot.shape = shape;
  dot.threads = sketch.cores;
  dot.team = std::to_string(sketch.cores) + "c";
  dot.placement = sketch.cores == 1 ? "cpu 0" : "cpus 0-" + std::to_string(sketch.cores - 1);
  dot.series.work_per_window = static_cast<std::uint64_t>(2 * shape.m * shape.n * shape.k);
  const auto flop = static_cast<double>(dot.series.work_per_window);
  dot.series.windows =
      draw.windows(kWindows, static_cast<std::int64_t>(flop * 1e9 / sketch.best_flop_per_s));
  dot.rate = summarize_windows(dot.series, RoofKind::kCompute);
  const auto weights = static_cast<double>(shape.n * shape.k) * sketch.bytes_a_weight;
  const auto vectors = static_cast<double>(shape.m * (shape.n + shape.k)) * 4.0;
  dot.working_set = Bytes(static_cast<std::uint64_t>(weights + vectors));
  dot.intensity_flop_per_byte = flop / (weights + vectors);
  dot.disturbance = calm(total(dot.series.windows));
  const Roof* binding = binding_roof(dot, section.roofs, section.cache_levels);
  dot.roof = roof_id(*binding);
  dot.roof_fraction = roof_fraction(dot, binding);
  dot.contended =
      judge_contended(dot.rate, RoofKind::kCompute, dot.sentinel_ratio, dot.disturbance).contended;
  dot.verdict = judge_dot(dot, binding);
  dot.zone = dot_zone(dot, section.roofs, section.cache_levels);
  return dot;
}

void add_dots(RooflineSection& section, Draw& draw) {
  constexpr auto kFp32 = Precision::kFp32;
  constexpr const char* kOpenBlas = "OpenBLAS 0.3.21, core SkylakeX";
  constexpr const char* kAmbient = "OpenBLAS 0.3.21, core Haswell";
  constexpr const char* kPacked = "packed avx512";
  constexpr const char* kOneDnn = "oneDNN 2.6";
  const MatrixShape square{2048, 2048, 2048};
  const auto layer = [](std::int64_t m) { return MatrixShape{m, 4096, 4096}; };
  const DotSketch sketches[] = {{"sgemm", kOpenBlas, kFp32, square, 4.0, 1, 207.4e9},
                                {"sgemm", kOpenBlas, kFp32, square, 4.0, 4, 801.0e9},
                                {"dgemm", kOpenBlas, Precision::kFp64, square, 8.0, 1, 103.1e9},
                                {"sgemv", kOpenBlas, kFp32, layer(1), 4.0, 1, 5.9e9},
                                {"sgemm", kAmbient, kFp32, layer(1), 4.0, 1, 1.9e9},
                                {"linear", kPacked, kFp32, layer(1), 4.0, 1, 6.31e9},
                                {"linear", kOneDnn, kFp32, layer(1), 4.0, 1, 6.02e9},
                                {"linear", kOneDnn, Precision::kBf16, layer(1), 2.0, 1, 12.4e9},
                                {"sgemm", kOpenBlas, kFp32, layer(4), 4.0, 1, 8.1e9},
                                {"linear", kPacked, kFp32, layer(4), 4.0, 1, 23.9e9},
                                {"linear", kOneDnn, kFp32, layer(4), 4.0, 1, 23.1e9},
                                {"sgemm", kOpenBlas, kFp32, layer(16), 4.0, 1, 27.0e9},
                                {"linear", kPacked, kFp32, layer(16), 4.0, 1, 88.0e9},
                                {"linear", kOneDnn, kFp32, layer(16), 4.0, 1, 79.2e9},
                                {"linear", kPacked, kFp32, layer(1), 4.0, 4, 21.3e9}};
  for (const DotSketch& sketch : sketches) section.dots.push_back(make_dot(draw, section, sketch));
}

struct TrialSketch {
  const char* operation;
  const char* shape_class;
  MatrixShape shape;
  const char* setting;
  const char* core;
  double rate;
  bool ambient = false;
  bool chosen = false;
};

void add_trials(RooflineSection& section) {
  const MatrixShape square{2048, 2048, 2048};
  const MatrixShape skinny{8, 4096, 4096};
  const MatrixShape vector{1, 4096, 4096};
  const TrialSketch sketches[] = {
      {"sgemm", "square", square, "", "Haswell", 106.4e9, true},
      {"sgemm", "square", square, "SKYLAKEX", "SkylakeX", 208.1e9, false, true},
      {"sgemm", "square", square, "COOPERLAKE", "Cooperlake", 201.0e9},
      {"sgemm", "square", square, "SAPPHIRERAPIDS", "", 0.0},
      {"sgemm", "skinny", skinny, "", "Haswell", 17.9e9, true, true},
      {"sgemm", "skinny", skinny, "SKYLAKEX", "SkylakeX", 15.2e9},
      {"sgemv", "vector", vector, "", "Haswell", 5.7e9, true},
      {"sgemv", "vector", vector, "SKYLAKEX", "SkylakeX", 5.9e9, false, true},
      {"dgemm", "square", square, "", "Haswell", 53.0e9, true},
      {"dgemm", "square", square, "SKYLAKEX", "SkylakeX", 103.6e9, false, true}};
  for (const TrialSketch& sketch : sketches) {
    LibraryTrial trial;
    trial.library = "OpenBLAS";
    trial.setting = sketch.setting;
    trial.core_name = sketch.core;
    trial.operation = sketch.operation;
    trial.shape_class = sketch.shape_class;
    trial.shape = sketch.shape;
    trial.verified = sketch.rate > 0.0;
    if (!trial.verified) trial.failure = "ended by signal 4 (illegal instruction)";
    trial.rate_flop_per_s = sketch.rate;
    trial.ambient = sketch.ambient;
    trial.chosen = sketch.chosen;
    section.library_trials.push_back(trial);
  }
}

/// Latency of one load and read rate of a working set up to this size.
struct SweepSketch {
  std::uint64_t up_to_kib;
  double latency_ns;
  double read_gb_per_s;
};

void add_levels(RooflineSection& section) {
  constexpr SweepSketch kSketches[] = {{48, 1.43, 446.0},
                                       {64, 3.2, 224.0},
                                       {1024, 4.29, 169.0},
                                       {1536, 11.0, 98.0},
                                       {16384, 21.6, 64.0},
                                       {24576, 58.0, 31.0},
                                       {32768, 92.0, 16.5},
                                       {262144, 118.4, 13.1}};
  std::size_t sketch = 0;
  // 8, 12, 16, 24 .. KiB.
  for (std::uint64_t octave = 8; octave <= 262144; octave *= 2) {
    for (const std::uint64_t kib_count : {octave, octave + octave / 2}) {
      while (sketch < std::size(kSketches) && kib_count > kSketches[sketch].up_to_kib) ++sketch;
      if (sketch == std::size(kSketches)) break;
      section.sweep.push_back(
          {kib(kib_count), kSketches[sketch].latency_ns, kSketches[sketch].read_gb_per_s * 1e9});
    }
  }
  const CacheShape told[] = {{1, kib(48)}, {2, mib(2)}, {3, mib(105)}};
  section.cache_levels = find_cache_levels(section.sweep, told);
}

}  // namespace

const Roof* fma_roof(const RooflineSection& section, Precision precision, const std::string& team) {
  const Roof* widest = nullptr;
  for (const Roof& roof : section.roofs) {
    if (roof.kind != RoofKind::kCompute || roof.kernel != "fma") continue;
    if (roof.precision != precision || roof.team != team) continue;
    if (widest == nullptr || roof.rate.best > widest->rate.best) widest = &roof;
  }
  return widest;
}

const Roof* dram_roof(const RooflineSection& section,
                      const std::string& kernel,
                      const std::string& team) {
  for (const Roof& roof : section.roofs) {
    if (roof.kind == RoofKind::kBandwidth && roof.level == MemoryLevel::kDram &&
        roof.kernel == kernel && roof.team == team && roof.epoch == 0)
      return &roof;
  }
  return nullptr;
}

RooflineSection make_roofline(Draw& draw) {
  RooflineSection section;
  std::vector<RoofSketch> sketches;
  add_compute(sketches);
  for (const int cores : {1, 4, 2}) add_streams(sketches, cores);
  add_latencies(sketches);
  for (const RoofSketch& sketch : sketches) section.roofs.push_back(make_roof(draw, sketch));
  add_sustained(section);
  add_levels(section);
  add_dots(section, draw);
  add_trials(section);
  section.ridge_points = ridge_points(section.roofs);
  for (int cpu = 1; cpu < 4; ++cpu)
    section.core_to_core.push_back({0, cpu, Nanoseconds(cpu == 1 ? 48 : 52)});
  section.notes.emplace_back(
      "Not timed: oneDNN int8 gave a wrong answer: C[3,7] is 1024, not 1023.");
  return section;
}

}  // namespace perfbench::testing
