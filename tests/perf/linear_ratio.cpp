#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "harness/host/measure/measure.hpp"
#include "kernels/gemm/linear/linear_dot.hpp"
#include "kernels/gemm/onednn/onednn.hpp"
#include "kernels/gemm/openblas/openblas_linear.hpp"
#include "kernels/gemm/packed/packed_backend.hpp"
#include "kernels/registry/kernel_registry.hpp"

// Layers with cold weights beside the two roofs that judge them, all measured in turn: our packed
// kernels, OpenBLAS under the core type that it chooses here, oneDNN. Judges nothing.
//
//   linear_ratio [THREADS] [SECONDS a kernel] [SHAPES] [LABEL]
//
// SHAPES: "bars" (m = 1, 2, 4, 8, 16 at 4096 x 4096), "rows" (m = 1 to 16), "odd" (n and k off any
// multiple, and off powers of two), "small" (weights within a level-2 cache, warm), or M,N,K.
// LABEL: only backends whose label holds it.

namespace {

using namespace perfbench;
using Backends = std::vector<std::shared_ptr<const LinearBackend>>;

/// What the weights' copies take together.
constexpr Bytes kCold = mib(512);

std::vector<LinearShape> shapes_of(const std::string& name) {
  std::vector<LinearShape> shapes;
  if (name == "bars") {
    for (const int m : {1, 2, 4, 8, 16}) shapes.push_back({m, 4096, 4096});
  } else if (name == "rows") {
    for (int m = 1; m <= kMostPackedRows; ++m) shapes.push_back({m, 4096, 4096});
  } else if (name == "odd") {
    for (const int m : {1, 3, 5, 7, 13}) shapes.push_back({m, 4099, 4001});
    for (const int m : {1, 4, 16}) shapes.push_back({m, 5000, 3000});
    for (const int m : {1, 4, 16}) shapes.push_back({m, 11008, 4096});
    for (const int m : {1, 4, 16}) shapes.push_back({m, 4096, 11008});
  } else if (name == "small") {
    for (const int m : {1, 4, 8, 16}) shapes.push_back({m, 512, 512});
  } else {
    LinearShape shape;
    if (std::sscanf(name.c_str(), "%d,%d,%d", &shape.m, &shape.n, &shape.k) != 3) {
      throw UsageError("linear_ratio [THREADS] [SECONDS] [bars|rows|odd|small|M,N,K] [LABEL]");
    }
    shapes.push_back(shape);
  }
  return shapes;
}

/// OpenBLAS as this environment gives it, for every operation.
std::shared_ptr<const LinearBackend> openblas_as_it_is() {
  const Reading<OpenBlas> blas = load_openblas();
  if (!blas.available()) {
    std::printf("OpenBLAS: %s\n", blas.reason().c_str());
    return nullptr;
  }
  std::vector<InstancePlan::Service> services;
  for (const GemmCell& cell : gemm_cells()) services.push_back({cell, 0, 0.0, 1.0});
  return openblas_linear_backend(OpenBlasSet({blas.value()}, services, {}));
}

Backends backends_of(const MachineShape& machine, const std::string& label) {
  const Isa widest = widest_packed_isa(machine);
  Backends backends{packed_backend(widest, panel_order(machine.identity))};
  if (widest == Isa::kAvx512) backends.push_back(packed_backend(Isa::kAvx2Fma));
  if (auto openblas = openblas_as_it_is()) backends.push_back(std::move(openblas));
  const Reading<OneDnn> onednn = load_onednn();
  if (onednn.available()) {
    backends.push_back(onednn.value().linear());
  } else {
    std::printf("oneDNN: %s\n", onednn.reason().c_str());
  }
  std::erase_if(backends, [&label](const auto& backend) {
    return backend->label().find(label) == std::string::npos;
  });
  return backends;
}

class Ratios {
 public:
  Ratios(const MachineShape& machine, std::vector<int> cpus, double seconds)
      : cpus_(std::move(cpus)), seconds_(seconds) {
    CatalogueOptions options;
    options.stream.sizing.team = static_cast<int>(cpus_.size());
    const std::vector<KernelEntry> catalogue = kernel_catalogue(machine, options);
    roofs_.push_back(*widest_kernel(
        catalogue, {RoofKind::kBandwidth, "read", Precision::kNone, MemoryLevel::kDram}));
    roofs_.push_back(*widest_kernel(
        catalogue, {RoofKind::kCompute, "fma", Precision::kFp32, MemoryLevel::kNone}));
  }

  void measure(const LinearShape& shape, const Backends& backends, Bytes cold) {
    MeasureRequest request;
    request.kernels = roofs_;
    for (const auto& backend : backends) {
      if (!backend->supports(shape)) continue;
      LinearDotOptions options;
      options.shape = shape;
      options.cpus = cpus_;
      options.cold_at_least = cold;
      request.kernels.push_back(linear_entry(backend, options));
    }
    request.cpus = cpus_;
    request.options.time_budget =
        from_seconds(seconds_ * static_cast<double>(request.kernels.size()));
    request.options.windows = 4000;
    request.options.dram_window = Nanoseconds(1'000'000);
    SteadyClock clock;
    const Interruption never;
    const std::vector<MeasuredSeries> all = measure_kernels(request, clock, never);
    // Roofs come first of each placement epoch, of which there are several where the host moves us.
    std::map<int, double> read;
    std::map<int, double> peak;
    for (const MeasuredSeries& series : all) {
      if (!series.info.is_roof) {
        print(series, read[series.epoch], peak[series.epoch]);
        continue;
      }
      const bool bandwidth = series.info.kind == RoofKind::kBandwidth;
      (bandwidth ? read : peak)[series.epoch] = series.summary.best;
      if (bandwidth) continue;
      std::printf("m=%d n=%d k=%d, %zu threads, epoch %d: read %.2f GB/s, FMA %.1f Gflop/s\n",
                  shape.m,
                  shape.n,
                  shape.k,
                  cpus_.size(),
                  series.epoch,
                  read[series.epoch] * 1e-9,
                  series.summary.best * 1e-9);
    }
  }

 private:
  static void print(const MeasuredSeries& series, double read, double peak) {
    const auto flops = static_cast<double>(series.work.flops.count());
    const auto bytes = static_cast<double>(series.work.bytes.count());
    const bool counts_bytes = series.info.kind == RoofKind::kBandwidth;
    const double runs = series.summary.best / (counts_bytes ? bytes : flops);
    const double median = series.summary.median / series.summary.best;
    std::printf(
        "  epoch %d  %-36s %7.2f GB/s  %.3f of read  %7.1f Gflop/s  %.3f of FMA  median/best %.2f, "
        "%zu%s\n",
        series.epoch,
        series.info.variant.c_str(),
        runs * bytes * 1e-9,
        runs * bytes / read,
        runs * flops * 1e-9,
        runs * flops / peak,
        median,
        series.series.windows.size(),
        series.verification.passed ? "" : ("  WRONG: " + series.verification.detail).c_str());
    std::fflush(stdout);
  }

  std::vector<int> cpus_;
  double seconds_;
  std::vector<KernelEntry> roofs_;
};

int measure(std::size_t threads,
            double seconds,
            const std::string& shapes,
            const std::string& label) {
  const Machine machine = MachineProbe(MachineProbeOptions{}).probe();
  std::vector<int> cpus = allowed_cpus();
  if (threads == 0 || threads > cpus.size()) throw UsageError("There are not so many CPUs.");
  cpus.resize(threads);
  const Backends backends = backends_of(machine.shape, label);
  Ratios ratios(machine.shape, cpus, seconds);
  for (const LinearShape& shape : shapes_of(shapes)) {
    ratios.measure(shape, backends, shapes == "small" ? Bytes(0) : kCold);
  }
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const long threads = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 1;
    return measure(threads > 0 ? static_cast<std::size_t>(threads) : 0,
                   argc > 2 ? std::strtod(argv[2], nullptr) : 1.0,
                   argc > 3 ? argv[3] : "bars",
                   argc > 4 ? argv[4] : "");
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
