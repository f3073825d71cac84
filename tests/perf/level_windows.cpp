#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "harness/core/judge/cache_levels.hpp"
#include "harness/core/result/names.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "harness/host/measure/measure.hpp"
#include "harness/host/measure/measure_team.hpp"
#include "kernels/latency/chase_entries.hpp"
#include "kernels/registry/kernel_registry.hpp"

// The memory levels of this machine: a sweep that finds them, then every streaming operation and
// the chase at each, through the measuring protocol. For tuning, and for holding the kernels
// against other tools (compare_bandwidth.sh reads its lines). Judges nothing.
//
//   level_windows [THREADS] [SECONDS_A_LEVEL] [narrower]

namespace {

using namespace perfbench;

struct Request {
  std::vector<int> cpus;
  double seconds_a_level = 2.0;
  bool narrower = false;
};

std::vector<MeasuredSeries> measured(std::vector<KernelEntry> entries,
                                     MeasureTeam& team,
                                     const Request& request,
                                     const MeasureOptions& options) {
  MeasureRequest measure;
  measure.kernels = std::move(entries);
  measure.cpus = request.cpus;
  measure.options = options;
  SteadyClock clock;
  const Interruption never;
  return measure_kernels(measure, team, clock, never);
}

/// Each working set by itself, right after its check has been through all of it: beside the others
/// in turn it would find its lines evicted.
std::vector<CacheLevel> find_levels(const MachineShape& shape, int cpu) {
  SweepOptions sweep_options;
  sweep_options.read = true;  // Of level 2 they choose the working set.
  MeasureOptions options;
  options.windows = 8;
  options.min_windows = 3;
  options.time_budget = from_seconds(0.03);
  options.warm_up = from_seconds(0.002);
  options.chain.pairs = 1;
  Request request;
  request.cpus = {cpu};
  SteadyClock clock;
  MeasureTeam team(request.cpus, -1, clock);
  std::vector<SweepPoint> sweep;
  for (const KernelEntry& entry : sweep_entries(shape, sweep_options)) {
    const MeasuredSeries series = measured({entry}, team, request, options).front();
    const bool latency = entry.info.kind == RoofKind::kLatency;
    // A size's read stands behind its chase.
    if (latency) sweep.push_back({series.working_set, series.summary.best, 0.0});
    if (!latency) sweep.back().read_byte_per_s = series.summary.best;
    std::printf(latency ? "sweep %10.0f KiB  %7.2f ns\n" : "sweep %10.0f KiB  %7.2f GB/s\n",
                static_cast<double>(series.working_set.count()) / 1024.0,
                latency ? series.summary.best : series.summary.best * 1e-9);
  }
  return find_cache_levels(sweep, shape.caches);
}

void print_level(const CacheLevel& level) {
  const auto kib_of = [](const Reading<Bytes>& size) {
    return size.available() ? std::to_string(size.value().count() >> 10U) + " KiB" : size.reason();
  };
  std::printf("level %s  told %s, found %s, roofs at %.0f KiB, %.2f ns\n",
              std::string(name_of(level.level)).c_str(),
              kib_of(level.told).c_str(),
              kib_of(level.found).c_str(),
              static_cast<double>(level.working_set.count()) / 1024.0,
              level.latency_ns);
}

void print_series(const MeasuredSeries& series) {
  const bool latency = series.info.kind == RoofKind::kLatency;
  const double unit = latency ? 1.0 : 1e-9;
  std::printf("roof %-4s %8llu B  %-9s %-7s best %8.2f  median %8.2f %s",
              std::string(name_of(series.info.level)).c_str(),
              static_cast<unsigned long long>(series.working_set.count()),
              series.info.name.c_str(),
              std::string(name_of(series.info.isa)).c_str(),
              series.summary.best * unit,
              series.summary.median * unit,
              latency ? "ns" : "GB/s");
  if (series.clock.hz.available()) {
    const double hz = series.clock.hz.value();
    const double cycles =
        latency ? series.summary.best * 1e-9 * hz : series.summary.best / hz / series.threads;
    std::printf("  %7.2f %s at %.3f GHz", cycles, latency ? "cycles" : "B/cycle", hz * 1e-9);
  }
  if (!series.verification.passed) {
    std::printf("  WRONG ANSWER: %s", series.verification.detail.c_str());
  }
  std::printf("\n");
}

void measure_levels(const Request& request) {
  const Machine machine = MachineProbe(MachineProbeOptions{}).probe();
  const std::vector<CacheLevel> levels = find_levels(machine.shape, request.cpus.front());
  for (const CacheLevel& level : levels) print_level(level);

  const auto threads = static_cast<int>(request.cpus.size());
  CatalogueOptions options;
  options.stream.sizing.team = threads;
  options.stream.narrower_isas = request.narrower;
  options.stream.all_operations = true;
  options.stream.levels = level_sizes(levels, machine.shape.caches, threads);
  options.latency = true;
  const std::vector<KernelEntry> catalogue = kernel_catalogue(machine.shape, options);
  MeasureOptions windows;
  windows.time_budget = from_seconds(request.seconds_a_level);
  SteadyClock clock;
  MeasureTeam team(request.cpus, -1, clock);
  for (const MemoryLevel level :
       {MemoryLevel::kL1, MemoryLevel::kL2, MemoryLevel::kL3, MemoryLevel::kDram}) {
    for (const RoofKind kind : {RoofKind::kBandwidth, RoofKind::kLatency}) {
      std::vector<KernelEntry> entries;
      for (const KernelEntry& entry : catalogue) {
        if (entry.info.level == level && entry.info.kind == kind) entries.push_back(entry);
      }
      if (entries.empty()) continue;
      for (const MeasuredSeries& series : measured(std::move(entries), team, request, windows)) {
        print_series(series);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const long threads = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 1;
    Request request;
    request.cpus = allowed_cpus();
    if (threads < 1 || static_cast<std::size_t>(threads) > request.cpus.size()) {
      throw UsageError("level_windows [THREADS] [SECONDS_A_LEVEL] [narrower]");
    }
    request.cpus.resize(static_cast<std::size_t>(threads));
    if (argc > 2) request.seconds_a_level = std::strtod(argv[2], nullptr);
    request.narrower = argc > 3 && std::strcmp(argv[3], "narrower") == 0;
    measure_levels(request);
    return EXIT_SUCCESS;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
