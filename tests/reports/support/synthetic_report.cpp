#include "tests/reports/support/synthetic_report.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/core/judge/contended.hpp"
#include "harness/core/judge/limit.hpp"
#include "harness/core/judge/quiet.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/judge/scenario.hpp"
#include "harness/core/stats/histogram.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/stats/window_summary.hpp"

namespace perfbench::testing {
namespace {

constexpr double kClockHz = 4.3e9;

/// Whole numbers only, so that every compiler and library draws the same.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  /// 0 to n - 1 (Knuth's MMIX generator, upper bits).
  std::uint64_t below(std::uint64_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33U) % n;
  }
  /// At least `base`, mostly near it: twice the smaller of two draws.
  Nanoseconds window(std::int64_t base) {
    const auto spread = static_cast<std::uint64_t>(base / 20);
    return Nanoseconds(base + static_cast<std::int64_t>(std::min(below(spread), below(spread))));
  }

 private:
  std::uint64_t state_;
};

std::vector<Nanoseconds> windows(Draw& draw, std::size_t count, std::int64_t base) {
  std::vector<Nanoseconds> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(draw.window(base));
  return result;
}

Disturbance calm(Nanoseconds wall) {
  Disturbance seen;
  seen.wall = wall;
  seen.foreign_cpu_cores = Reading<double>::of(0.004, "/proc/stat minus own CPU time");
  seen.steal_fraction = Reading<double>::of(0.0, "/proc/stat");
  seen.share = Reading<double>::of(0.9985, "thread CPU clock over steady clock");
  seen.gap_loss_fraction = Reading<double>::of(0.0078, "gap test");
  seen.quota_throttled = Reading<std::int64_t>::of(0, "no cgroup quota over the whole path");
  seen.voluntary_switches = Reading<std::int64_t>::of(2, "getrusage");
  seen.involuntary_switches = Reading<std::int64_t>::of(11, "getrusage");
  seen.minor_faults = Reading<std::int64_t>::of(0, "getrusage");
  seen.major_faults = Reading<std::int64_t>::unavailable("not counted for a single thread here");
  return seen;
}

Nanoseconds total(const std::vector<Nanoseconds>& parts) {
  Nanoseconds sum{0};
  for (const Nanoseconds part : parts) sum += part;
  return sum;
}

struct RoofSketch {
  RoofKind kind = RoofKind::kCompute;
  Precision precision = Precision::kNone;
  MemoryLevel level = MemoryLevel::kNone;
  const char* kernel = "fma";
  int threads = 1;
  double best_per_s = 0.0;
  double limit = 0.0;  ///< 0: none known.
};

Roof make_roof(Draw& draw, const RoofSketch& sketch) {
  constexpr std::int64_t kWindow = 1'500'000;
  Roof roof;
  roof.kind = sketch.kind;
  roof.precision = sketch.precision;
  roof.isa = Isa::kAvx512;
  roof.level = sketch.level;
  roof.kernel = sketch.kernel;
  roof.placement = sketch.threads == 1 ? "cpu 0" : "cpus 0,1";
  for (int cpu = 0; cpu < sketch.threads; ++cpu) roof.cpus.push_back(cpu);
  roof.threads = sketch.threads;
  roof.cores = sketch.threads;
  if (sketch.kind == RoofKind::kBandwidth) {
    roof.working_set = mib(256);
    roof.moved_per_counted_1000 = Bytes(1000);
  }
  roof.series.work_per_window =
      static_cast<std::uint64_t>(sketch.best_per_s * 1e-9 * static_cast<double>(kWindow));
  roof.series.windows = windows(draw, 48, kWindow);
  roof.rate = summarize_windows(roof.series, roof.kind);
  roof.clock.hz = Reading<double>::of(kClockHz, "dependent-add chain");
  roof.per_core_cycle = per_core_cycle(roof.rate.best, roof.cores, roof.clock);
  roof.limit_per_core_cycle =
      sketch.limit > 0.0
          ? Reading<double>::of(sketch.limit, "Zen 5 full width, ILx [M] and measured")
          : Reading<double>::unavailable("no documented limit of the memory behind one core");
  roof.limit_may_refuse = sketch.limit > 0.0;
  roof.fraction_of_limit = fraction_of_limit(roof);
  roof.sentinel_ratio = 0.9921875;
  roof.contended =
      judge_contended(roof.rate, roof.kind, roof.sentinel_ratio, roof.disturbance).contended;
  roof.disturbance = calm(total(roof.series.windows));
  roof.verdict = judge_limit(roof);
  return roof;
}

Dot make_dot(Draw& draw,
             const RooflineSection& section,
             std::uint64_t n,
             int threads,
             double best_flop_per_s,
             double intensity) {
  Dot dot;
  dot.kernel = "sgemm " + std::to_string(n);
  dot.implementation = "OpenBLAS 0.3.21, core SkylakeX";
  dot.threads = threads;
  dot.placement = threads == 1 ? "cpu 0" : "cpus 0,1";
  dot.series.work_per_window = 2 * n * n * n;
  dot.series.windows =
      windows(draw,
              24,
              static_cast<std::int64_t>(static_cast<double>(dot.series.work_per_window) * 1e9 /
                                        best_flop_per_s));
  dot.rate = summarize_windows(dot.series, RoofKind::kCompute);
  dot.intensity_flop_per_byte = intensity;
  const Roof* binding = nullptr;
  for (const Roof& roof : section.roofs) {
    if (roof.precision == Precision::kFp32 && roof.threads == threads) binding = &roof;
  }
  dot.roof = roof_id(*binding);
  dot.roof_fraction = roof_fraction(dot, binding);
  dot.contended =
      judge_contended(dot.rate, RoofKind::kCompute, dot.sentinel_ratio, dot.disturbance).contended;
  dot.disturbance = calm(total(dot.series.windows));
  dot.verdict = judge_dot(dot, binding);
  return dot;
}

LibraryTrial trial(std::string setting, std::string core, double rate, std::string failure = {}) {
  LibraryTrial result;
  result.library = "OpenBLAS";
  result.setting = std::move(setting);
  result.core_name = std::move(core);
  result.operation = "sgemm 2048x2048x2048, 1 thread";
  result.verified = failure.empty();
  result.failure = std::move(failure);
  result.rate_flop_per_s = rate;
  return result;
}

RooflineSection make_roofline(Draw& draw) {
  constexpr auto kCompute = RoofKind::kCompute;
  constexpr auto kBandwidth = RoofKind::kBandwidth;
  constexpr auto kDram = MemoryLevel::kDram;
  RooflineSection section;
  const std::vector<RoofSketch> sketches{
      {kCompute, Precision::kFp32, MemoryLevel::kNone, "fma", 1, 273.6e9, 64.0},
      {kCompute, Precision::kFp64, MemoryLevel::kNone, "fma", 1, 136.7e9, 32.0},
      {kCompute, Precision::kFp32, MemoryLevel::kNone, "fma", 2, 545.0e9, 64.0},
      {kCompute, Precision::kFp64, MemoryLevel::kNone, "fma", 2, 272.4e9, 32.0},
      {kBandwidth, Precision::kNone, kDram, "read", 1, 41.2e9, 0.0},
      {kBandwidth, Precision::kNone, kDram, "triad_nt", 1, 36.9e9, 0.0},
      {kBandwidth, Precision::kNone, kDram, "read", 2, 61.4e9, 0.0},
      {kBandwidth, Precision::kNone, kDram, "triad_nt", 2, 52.3e9, 0.0}};
  for (const RoofSketch& sketch : sketches) section.roofs.push_back(make_roof(draw, sketch));
  section.dots.push_back(make_dot(draw, section, 2048, 1, 252e9, 1024.0 / 3.0));
  section.dots.push_back(make_dot(draw, section, 2048, 2, 489e9, 1024.0 / 3.0));
  section.library_trials = {
      trial("", "Haswell", 132.4e9),
      trial("SKYLAKEX", "SkylakeX", 260.1e9),
      trial("COOPERLAKE", "Cooperlake", 251.0e9),
      trial("SAPPHIRERAPIDS", "", 0.0, "ended by signal 4 (illegal instruction)")};
  section.library_trials[0].ambient = true;
  section.library_trials[1].chosen = true;
  section.core_to_core.push_back({0, 1, Nanoseconds(48)});
  section.notes.emplace_back("L1, L2 and L3 roofs are not part of this preset.");
  return section;
}

struct ScenarioSketch {
  Scenario scenario = Scenario::kSingleStream;
  const char* workload = "gemm";
  std::vector<Nanoseconds> latencies;
  std::uint64_t samples_per_query = 1;
  const char* roof = "";
};

ScenarioResult make_scenario(const ScenarioSketch& sketch, const RooflineSection& roofline) {
  const bool is_gemm = std::string(sketch.workload) == "gemm";
  const bool offline = sketch.scenario == Scenario::kOffline;
  ScenarioResult result;
  result.scenario = sketch.scenario;
  result.workload = sketch.workload;
  result.description = is_gemm ? "C = A B, 256 x 256 x 256, fp32" : "a = b + s c over 4 MiB, fp64";
  result.implementation = is_gemm ? "OpenBLAS 0.3.21, core SkylakeX" : "avx512";
  result.closed_loop = !offline;
  result.worker_threads = offline ? 2 : 1;
  result.placement = offline ? "cpus 0,1" : "cpu 0, in the issuing thread";
  result.queries = offline ? 1 : sketch.latencies.size();
  result.samples = sketch.latencies.size() * sketch.samples_per_query;
  result.warm_up_queries = 50;
  result.duration = total(sketch.latencies);
  result.min_duration = Nanoseconds(100'000'000);
  result.latency = summarize_latencies(sketch.latencies);
  result.latencies = sketch.latencies;
  result.histogram = make_histogram(sketch.latencies);
  result.rate = Samples(result.samples) / result.duration;
  result.slip_p50 = Nanoseconds(0);
  result.slip_p99 = Nanoseconds(0);
  result.flops_per_sample = Flops(is_gemm ? 33'554'432U : 524'288U);
  result.bytes_per_sample = Bytes(is_gemm ? 786'432U : 6'291'456U);
  result.roof = sketch.roof;
  for (const Roof& roof : roofline.roofs) {
    if (roof_id(roof) != result.roof) continue;
    const std::uint64_t work =
        is_gemm ? result.flops_per_sample.count() : result.bytes_per_sample.count();
    result.roof_fraction = static_cast<double>(work) * result.rate.per_second() / roof.rate.best;
  }
  result.verified = true;
  result.checksum = 0x00ab54a98ceb1f0aULL;
  result.disturbance = calm(result.duration);
  result.verdict = judge_scenario(result);
  return result;
}

std::vector<Nanoseconds> latencies(Draw& draw, std::size_t count, std::int64_t base, bool stalls) {
  std::vector<Nanoseconds> result = windows(draw, count, base);
  for (Nanoseconds& latency : result) {
    if (stalls && draw.below(80) == 0)
      latency += Nanoseconds(60'000 + static_cast<std::int64_t>(draw.below(900'000)));
  }
  return result;
}

std::vector<ScenarioResult> make_scenarios(Draw& draw, const RooflineSection& roofline) {
  const ScenarioSketch single_gemm{
      Scenario::kSingleStream, "gemm", latencies(draw, 900, 150'000, true), 1, "compute-fp32-1t"};
  const ScenarioSketch single_triad{Scenario::kSingleStream,
                                    "triad",
                                    latencies(draw, 320, 340'000, false),
                                    1,
                                    "bandwidth-dram-triad_nt-1t"};
  const ScenarioSketch offline_gemm{
      Scenario::kOffline, "gemm", latencies(draw, 64, 6'200'000, false), 64, "compute-fp32-2t"};
  const ScenarioSketch offline_triad{Scenario::kOffline,
                                     "triad",
                                     latencies(draw, 64, 4'100'000, false),
                                     32,
                                     "bandwidth-dram-triad_nt-2t"};
  std::vector<ScenarioResult> results;
  for (const ScenarioSketch& sketch : {single_gemm, single_triad, offline_gemm, offline_triad}) {
    results.push_back(make_scenario(sketch, roofline));
  }
  return results;
}

Fact fact(std::string name, std::string unit, FactValue value, std::string source) {
  return {std::move(name),
          std::move(unit),
          Reading<FactValue>::of(std::move(value), std::move(source))};
}

Fact absent(std::string name, std::string reason) {
  return {std::move(name), "", Reading<FactValue>::unavailable(std::move(reason))};
}

MachineFacts make_machine() {
  MachineFacts machine;
  machine.facts = {
      fact("cpu_model", "", std::string("Synthetic Zen 5 server, 2 vCPU"), "/proc/cpuinfo"),
      fact("microarchitecture", "", std::string("Zen 5 full width"), "limits table"),
      fact("cpus_allowed", "", std::int64_t{2}, "sched_getaffinity"),
      fact("smt", "", false, "cpu/smt/control"),
      fact("cache_l1d_bytes", "bytes", std::int64_t{49152}, "hwloc"),
      fact("cache_l2_bytes", "bytes", std::int64_t{1048576}, "hwloc"),
      fact("cache_l3_bytes", "bytes", std::int64_t{33554432}, "hwloc"),
      fact("memory_bytes", "bytes", std::int64_t{8589934592}, "/proc/meminfo"),
      fact("isa", "", std::vector<std::string>{"scalar", "sse2", "avx2", "avx512"}, "cpuid"),
      fact("hypervisor", "", std::string("KVM"), "cpuid leaf 0x40000000"),
      fact("kernel", "", std::string("6.18.0"), "uname"),
      fact("clock_hz", "Hz", kClockHz, "dependent-add chain"),
      absent("governor", "no cpufreq on this machine"),
      absent("temperature_c", "no thermal zone"),
      fact("openblas_version", "", std::string("0.3.21"), "libopenblas.so.0"),
      fact("openblas_core", "", std::string("Haswell"), "openblas_get_corename")};
  machine.warnings = {
      {"openblas-coretype-ambient",
       "OPENBLAS_CORETYPE=Haswell is set: OpenBLAS runs AVX2 kernels on an AVX-512 CPU.",
       "sgemm 2048 reaches 132 instead of 260 GFLOP/s.",
       "unset OPENBLAS_CORETYPE"},
      {"virtual-machine",
       "This is a virtual machine (KVM).",
       "Its host may take time away without telling; short windows and their best are shown for "
       "that reason.",
       "Compare several runs, or measure on the bare machine."}};
  return machine;
}

PlanRecord make_plan() {
  PlanRecord plan;
  plan.preset = "quick";
  plan.seed = 42;
  plan.entries = {{"threads", std::int64_t{2}},
                  {"max_time_s", 80.0},
                  {"narrower_isas", false},
                  {"scenarios", std::vector<std::string>{"SingleStream", "Offline"}},
                  {"workloads", std::string("gemm, triad")}};
  plan.steps = {{"probe", "the machine", 2.0, 2.25},
                {"roofline", "roofs and sgemm in turn", 30.0, 31.5},
                {"scenarios", "SingleStream and Offline", 20.0, 21.125},
                {"core-search", "left out to keep within the time", 0.5, std::nullopt}};
  return plan;
}

QuietSummary make_quiet() {
  QuietSummary quiet;
  quiet.windows = 120;
  quiet.windows_quiet = 117;
  quiet.disturbance = calm(Nanoseconds(56'000'000'000));
  quiet.verdict = judge_quiet(quiet.disturbance);
  for (int cpu = 0; cpu < 2; ++cpu) {
    NoiseFloor floor;
    floor.watched = Nanoseconds(2'000'000'000);
    floor.cpu = cpu;
    floor.loss_fraction = cpu == 0 ? 0.0078 : 0.0064;
    floor.gaps = cpu == 0 ? 1121 : 987;
    floor.gaps_per_second = static_cast<double>(floor.gaps) / seconds(floor.watched);
    floor.threshold = Nanoseconds(200);
    floor.gap_p50 = Nanoseconds(13'600);
    floor.gap_p99 = Nanoseconds(41'000);
    floor.gap_max = Nanoseconds(4'100'000 - cpu * 100'000);
    quiet.noise_floor.push_back(floor);
  }
  return quiet;
}

}  // namespace

Report synthetic_report() {
  Draw draw(20260102);
  Report report;
  report.tool = {"perfbench", "0.1.0", "GNU 12.2.0", "-O3", "synthetic"};
  report.label = "SYNTHETIC: made for tests, no machine was measured";
  report.started_utc = "2026-01-02T03:04:05Z";
  report.command = {"perfbench", "run", "--preset", "quick", "--seed", "42"};
  report.plan = make_plan();
  report.machine = make_machine();
  report.quiet = make_quiet();
  report.roofline = make_roofline(draw);
  report.scenarios = make_scenarios(draw, *report.roofline);
  return report;
}

std::string golden_path(const std::string& name) {
  return std::string(PERFBENCH_SOURCE_DIR) + "/tests/golden/" + name;
}

std::string read_golden(const std::string& name) {
  std::ifstream file(golden_path(name), std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + golden_path(name));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool update_golden(const std::string& name, const std::string& content) {
  const char* asked = std::getenv("PERFBENCH_UPDATE_GOLDEN");
  if (asked == nullptr || std::string(asked) != "1") return false;
  std::ofstream(golden_path(name), std::ios::binary) << content;
  return true;
}

}  // namespace perfbench::testing
