#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "harness/core/limits/core_limits.hpp"
#include "harness/core/limits/fingerprint.hpp"
#include "harness/core/result/names.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "harness/host/measure/measure.hpp"
#include "kernels/registry/kernel_registry.hpp"

// The roof kernels alone, through the measuring protocol, in every ISA of this machine: for tuning
// them, and for holding them against other tools (compare_bandwidth.sh). Judges nothing.
//
//   roof_windows compute|dram [THREADS] [SECONDS] [MODEL]
//
// Beside each figure its share of the documented limit; where a hypervisor masks the processor,
// MODEL (of Intel's family 6, "0x8F") says whose limits to take.

namespace {

using namespace perfbench;

/// What the fingerprint reads of a roof.
Roof roof_of(const MeasuredSeries& series) {
  Roof roof;
  roof.kind = series.info.kind;
  roof.kernel = series.info.name;
  roof.precision = series.info.precision;
  roof.isa = series.info.isa;
  roof.level = series.info.level;
  roof.threads = series.threads;
  roof.rate = series.summary;
  const Reading<double>& hz = series.clock.hz;
  if (hz.available()) roof.per_core_cycle = series.summary.best / hz.value() / series.threads;
  return roof;
}

std::string share_of_limit(const Roof& roof,
                           const CpuIdentity& identity,
                           const Behaviour& behaviour) {
  const Reading<Limit> limit =
      roof.kind == RoofKind::kCompute
          ? compute_limit(identity, roof.precision, roof.isa, roof.kernel, behaviour.zmm_over_ymm)
          : bandwidth_limit(identity, roof.level, roof.kernel, roof.isa);
  if (!limit.available() || !roof.per_core_cycle) return {};
  std::array<char, 80> text{};
  std::snprintf(text.data(),
                text.size(),
                ", %.3f of the limit %g%s",
                *roof.per_core_cycle / limit.value().per_core_cycle,
                limit.value().per_core_cycle,
                limit.value().may_refuse ? "" : " (not certain)");
  return text.data();
}

void print(const MeasuredSeries& series, const std::string& share) {
  const bool compute = series.info.kind == RoofKind::kCompute;
  const double cores = static_cast<double>(series.threads);
  const Reading<double>& hz = series.clock.hz;
  std::printf("%-8s %-7s %-5s %d threads  best %8.2f  p90 %8.2f  median %8.2f %s, %zu windows",
              series.info.name.c_str(),
              std::string(name_of(series.info.isa)).c_str(),
              std::string(name_of(series.info.precision)).c_str(),
              series.threads,
              series.summary.best * 1e-9,
              series.summary.p90 * 1e-9,
              series.summary.median * 1e-9,
              compute ? "Gflop/s" : "GB/s",
              series.series.windows.size());
  if (hz.available()) {
    std::printf(", clock %.3f GHz, best per core and cycle %.2f",
                hz.value() * 1e-9,
                series.summary.best / hz.value() / cores);
  }
  std::printf(
      "%s%s\n",
      share.c_str(),
      series.verification.passed ? "" : ("  WRONG ANSWER: " + series.verification.detail).c_str());
}

/// `model`: of Intel's family 6, in place of what CPUID says; -1 for CPUID's own word.
int measure(RoofKind kind, std::size_t threads, double budget_s, int model) {
  const Machine machine = MachineProbe(MachineProbeOptions{}).probe();
  std::vector<int> cpus = allowed_cpus();
  if (threads == 0 || threads > cpus.size()) throw UsageError("There are not so many CPUs.");
  cpus.resize(threads);

  CatalogueOptions options;
  options.stream.sizing.team = static_cast<int>(threads);
  options.stream.narrower_isas = true;
  MeasureRequest request;
  for (KernelEntry& entry : kernel_catalogue(machine.shape, options)) {
    if (entry.info.kind == kind) request.kernels.push_back(std::move(entry));
  }
  if (kind == RoofKind::kBandwidth) {
    std::printf("%s\n", dram_working_set(machine.shape, options.stream.sizing).note.c_str());
  }
  request.cpus = cpus;
  request.options.time_budget = from_seconds(budget_s);
  SteadyClock clock;
  const Interruption never;
  const std::vector<MeasuredSeries> measured = measure_kernels(request, clock, never);
  CpuIdentity identity = machine.shape.identity;
  if (model >= 0) identity.model = model;
  std::vector<Roof> roofs;
  for (const MeasuredSeries& series : measured) roofs.push_back(roof_of(series));
  const Behaviour behaviour = behaviour_of(roofs);
  for (std::size_t i = 0; i < measured.size(); ++i) {
    print(measured[i], share_of_limit(roofs[i], identity, behaviour));
  }
  std::printf("%s\n", judge_fingerprint(machine.shape.identity, behaviour).sentence.c_str());
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  const bool compute = argc > 1 && std::strcmp(argv[1], "compute") == 0;
  if (!compute && (argc < 2 || std::strcmp(argv[1], "dram") != 0)) {
    std::fprintf(stderr, "roof_windows compute|dram [THREADS] [SECONDS] [MODEL]\n");
    return 2;
  }
  try {
    const long threads = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 1;
    return measure(compute ? RoofKind::kCompute : RoofKind::kBandwidth,
                   threads > 0 ? static_cast<std::size_t>(threads) : 0,
                   argc > 3 ? std::strtod(argv[3], nullptr) : 4.0,
                   argc > 4 ? static_cast<int>(std::strtol(argv[4], nullptr, 0)) : -1);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
