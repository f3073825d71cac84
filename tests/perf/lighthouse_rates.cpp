#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "harness/host/measure/measure.hpp"
#include "kernels/lighthouse/workload_registry.hpp"
#include "kernels/registry/kernel_registry.hpp"

// Each workload of the lighthouse beside the two roofs of one core: load and verification, time of
// a sample alone and in batches, Gflop/s over the FMA roof, GB/s over the read roof. Judges
// nothing.
//
//   lighthouse_rates [NAME|all] [RUNG] [SECONDS a batch] [packed|all]

namespace {

using namespace perfbench;

/// OpenBLAS as this environment gives it, for every operation.
Reading<OpenBlasSet> openblas_as_it_is() {
  const Reading<OpenBlas> blas = load_openblas();
  if (!blas.available()) return Reading<OpenBlasSet>::unavailable(blas.reason());
  std::vector<InstancePlan::Service> services;
  for (const GemmCell& cell : gemm_cells()) services.push_back({cell, 0, 0.0, 1.0});
  return Reading<OpenBlasSet>::of(OpenBlasSet({blas.value()}, services, {}), blas.source());
}

struct Roofs {
  double read = 0.0;
  double fma = 0.0;
};

Roofs measure_roofs(const MachineShape& machine, int cpu) {
  const std::vector<KernelEntry> catalogue = kernel_catalogue(machine, CatalogueOptions{});
  MeasureRequest request;
  request.kernels = {
      *widest_kernel(catalogue,
                     {RoofKind::kBandwidth, "read", Precision::kNone, MemoryLevel::kDram}),
      *widest_kernel(catalogue, {RoofKind::kCompute, "fma", Precision::kFp32, MemoryLevel::kNone})};
  request.cpus = {cpu};
  request.options.time_budget = from_seconds(2.0);
  SteadyClock clock;
  const Interruption never;
  const std::vector<MeasuredSeries> all = measure_kernels(request, clock, never);
  return {all[0].summary.best, all[1].summary.best};
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void print_rates(Workload& workload, const Roofs& roofs, double seconds) {
  for (std::size_t batch = 1; batch <= workload.max_batch() && batch <= 64; batch *= 2) {
    std::vector<SampleIndex> samples(batch);
    for (std::size_t i = 0; i < batch; ++i) samples[i] = i % workload.sample_count();
    workload.execute(samples);
    std::vector<double> times;
    const double until = now() + seconds;
    while (times.size() < 5 || now() < until) {
      const double begin = now();
      workload.execute(samples);
      times.push_back(now() - begin);
    }
    std::sort(times.begin(), times.end());
    const Work work = workload.work(batch);
    const double flops = static_cast<double>(work.flops.count()) / times.front();
    const double bytes = static_cast<double>(work.bytes.count()) / times.front();
    std::printf(
        "  batch %3zu: %9.4f ms (median %9.4f), %9.4f ms a sample, %7.1f Gflop/s %.3f of FMA, "
        "%6.2f GB/s %.3f of read\n",
        batch,
        times.front() * 1e3,
        times[times.size() / 2] * 1e3,
        times.front() * 1e3 / static_cast<double>(batch),
        flops * 1e-9,
        flops / roofs.fma,
        bytes * 1e-9,
        bytes / roofs.read);
    std::fflush(stdout);
  }
}

void measure(const WorkloadSources& sources,
             const std::string& name,
             const std::string& rung,
             const Roofs& roofs,
             double seconds) {
  const WorkloadEntry entry = workload_entry(sources, {name, rung, {}});
  const std::unique_ptr<Workload> workload = entry.make();
  const double begin = now();
  workload->load();
  const double loaded = now();
  const Verification verification = workload->verify();
  const double verified = now();
  std::printf("%s %s: %s\n  %s\n  %s%s\n  load %.2f s, verify %.2f s, %.0f MiB (%.0f shared)\n",
              name.c_str(),
              workload->info().rung.c_str(),
              entry.description.c_str(),
              workload->info().implementation.c_str(),
              verification.passed ? "" : "WRONG: ",
              verification.detail.c_str(),
              loaded - begin,
              verified - loaded,
              static_cast<double>(entry.working_set.count()) / 0x1p20,
              static_cast<double>(entry.shared.count()) / 0x1p20);
  print_rates(*workload, roofs, seconds);
}

int run(const std::string& name, const std::string& rung, double seconds, bool libraries) {
  WorkloadSources sources;
  sources.machine = MachineProbe(MachineProbeOptions{}).probe().shape;
  if (libraries) {
    sources.openblas = openblas_as_it_is();
    sources.onednn = load_onednn();
  }
  const int cpu = allowed_cpus().front();
  const Roofs roofs = measure_roofs(sources.machine, cpu);
  std::printf("read %.2f GB/s, FMA %.1f Gflop/s fp32, last-level cache %.0f MiB\n",
              roofs.read * 1e-9,
              roofs.fma * 1e-9,
              static_cast<double>(last_level_cache(sources.machine).count()) / 0x1p20);
  for (const WorkloadListing& listing : workload_catalogue()) {
    const bool counted = listing.rungs.front().flops.count() > 0;
    if (listing.name == name || (name == "all" && counted))
      measure(sources, listing.name, rung, roofs, seconds);
  }
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? argv[1] : "all",
               argc > 2 ? argv[2] : "fixed",
               argc > 3 ? std::strtod(argv[3], nullptr) : 0.3,
               argc < 5 || std::string(argv[4]) != "packed");
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n%s\n", error.what(), error.remedy().c_str());
    return 2;
  }
}
