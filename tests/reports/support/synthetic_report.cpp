#include "tests/reports/support/synthetic_report.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/core/judge/quiet.hpp"
#include "harness/core/judge/ridge.hpp"
#include "tests/reports/support/synthetic_parts.hpp"

namespace perfbench::testing {
namespace {

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
      fact("cpu_model",
           "",
           std::string("Synthetic Sapphire Rapids server, 4 vCPU"),
           "/proc/cpuinfo"),
      fact("microarchitecture", "", std::string("Sapphire Rapids"), "limits table"),
      fact("cpus_allowed", "", std::int64_t{4}, "sched_getaffinity"),
      fact("smt", "", false, "cpu/smt/control"),
      fact("cache_l1d_bytes", "bytes", std::int64_t{49152}, "hwloc"),
      fact("cache_l2_bytes", "bytes", std::int64_t{2097152}, "hwloc"),
      fact("cache_l3_bytes", "bytes", std::int64_t{110100480}, "hwloc"),
      fact("memory_bytes", "bytes", std::int64_t{8589934592}, "/proc/meminfo"),
      fact("isa", "", std::vector<std::string>{"scalar", "sse2", "avx2", "avx512", "amx"}, "cpuid"),
      fact("hypervisor", "", std::string("KVM"), "cpuid leaf 0x40000000"),
      fact("kernel", "", std::string("6.18.0"), "uname"),
      fact("clock_hz", "Hz", kSyntheticClockHz, "dependent-add chain"),
      absent("governor", "no cpufreq on this machine"),
      absent("temperature_c", "no thermal zone"),
      fact("openblas_version", "", std::string("0.3.21"), "libopenblas.so.0"),
      fact("openblas_core", "", std::string("Haswell"), "openblas_get_corename")};
  machine.warnings = {
      {"openblas-coretype-ambient",
       "OPENBLAS_CORETYPE=Haswell is set: OpenBLAS runs AVX2 kernels on an AVX-512 CPU.",
       "sgemm 2048 reaches 106 instead of 208 GFLOP/s.",
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
  plan.entries = {
      {"preset", std::string("quick")},
      {"seed", std::string("42")},
      {"threads", std::int64_t{4}},
      {"max_time_s", 80.0},
      {"narrower_isas", false},
      {"scenarios", std::vector<std::string>{"SingleStream", "Offline", "Server", "MultiStream"}},
      {"workloads", std::string("gemm, triad")}};
  plan.steps = {{"probe", "reading the machine", 2.0, 2.25},
                {"library-search", "trying the library's core types", 6.0, 6.5},
                {"sweep", "finding the cache levels", 2.5, 2.625},
                {"instruments", "noise floor and timer", 2.0, 2.0},
                {"roofs-compute-1c", "arithmetic, one core", 4.0, 4.25},
                {"roofs-memory-1c", "memory, one core", 8.0, 8.5},
                {"roofs-latency-1c", "latency of each level, one core", 1.0, 1.0},
                {"roofs-compute-4c", "arithmetic, 4 cores", 2.0, 2.25},
                {"roofs-memory-4c", "memory, 4 cores", 6.0, 6.5},
                {"roofs-compute-2c", "FMA, 2 cores", 0.5, 0.5},
                {"roofs-memory-2c", "DRAM read, 2 cores", 0.5, 0.75},
                {"sustained-1c", "sustained heights, one core", 20.0, 20.5},
                {"sustained-4c", "sustained heights, 4 cores", 20.0, 20.5},
                {"scenario-gemm-singlestream", "SingleStream, workload gemm", 0.25, 0.25},
                {"scenario-triad-singlestream", "SingleStream, workload triad", 0.25, 0.25},
                {"scenario-gemm-offline", "Offline, workload gemm", 0.5, 0.5},
                {"scenario-triad-offline", "Offline, workload triad", 0.5, 0.5},
                {"scenario-gemm-server", "Server, workload gemm", 1.5, 1.5},
                {"scenario-gemm-multistream", "MultiStream, workload gemm", 1.0, 1.0},
                {"fresh-runs", "the same in 4 fresh processes", 6.0, 6.25},
                {"load-sweep", "throughput against latency", 4.0, 4.25},
                {"peak-rate", "the highest rate that holds the bound", 12.0, 12.5},
                {"track-cloud", "the experiment of the track cloud", 40.0, 41.5},
                {"track-edge", "the experiment of the track edge", 20.0, 20.25},
                {"track-mobile", "the experiment of the track mobile", 32.0, 32.5},
                {"calibration", "the harness against known truths", 30.0, 30.75},
                {"scenario-spin-offline", "left out to keep within the time", 0.5, std::nullopt}};
  return plan;
}

QuietSummary make_quiet() {
  QuietSummary quiet;
  quiet.windows = 120;
  quiet.windows_quiet = 117;
  quiet.disturbance = calm(Nanoseconds(56'000'000'000));
  quiet.verdict = judge_quiet(quiet.disturbance);
  for (int cpu = 0; cpu < 4; ++cpu) {
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

Disturbance calm(Nanoseconds wall) {
  Disturbance seen;
  seen.wall = wall;
  seen.foreign_cpu_cores = Reading<double>::of(0.004, "/proc/stat minus own CPU time");
  seen.foreign_worst_cpu = Reading<double>::of(0.0035, "/proc/stat minus own CPU time");
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
  report.peak_rates = {make_peak_rate(draw, 1, Nanoseconds(2'000'000))};
  report.load_sweeps = {make_load_sweep()};
  report.tracks = make_tracks(draw);
  report.calibration = make_calibration();
  return report;
}

Report small_synthetic_report() {
  Report report = synthetic_report();
  RooflineSection& section = *report.roofline;
  const auto is_kept = [](const Roof& roof) {
    if (roof.kind == RoofKind::kLatency) return roof.level == MemoryLevel::kL1;
    if (roof.team == "2c") return roof.level == MemoryLevel::kDram;
    if (roof.kind == RoofKind::kCompute) {
      const bool main =
          roof.kernel == "fma" && roof.precision == Precision::kFp32 && roof.isa == Isa::kAvx512;
      return main || roof.lower_bound || roof.verdict.validity == Validity::kInvalid ||
             (roof.kernel == "mul_add" && roof.isa == Isa::kScalar && roof.team == "1c" &&
              roof.precision == Precision::kFp32);
    }
    return roof.level == MemoryLevel::kDram && (roof.kernel == "read" || roof.kernel == "triad_nt");
  };
  std::erase_if(section.roofs, [&](const Roof& roof) { return !is_kept(roof); });
  std::erase_if(section.dots, [](const Dot& dot) {
    return dot.precision != Precision::kFp32 || dot.implementation.starts_with("oneDNN");
  });
  section.dots.resize(4);
  section.ridge_points = ridge_points(section.roofs);
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
