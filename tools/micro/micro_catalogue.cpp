#include "tools/micro/micro_catalogue.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "harness/core/result/names.hpp"
#include "kernels/gemm/linear/linear_dot.hpp"
#include "kernels/gemm/onednn/onednn.hpp"
#include "kernels/gemm/openblas/gemm_kernel.hpp"
#include "kernels/gemm/openblas/gemv_kernel.hpp"
#include "kernels/gemm/openblas/openblas_linear.hpp"
#include "kernels/gemm/openblas/openblas_set.hpp"
#include "kernels/gemm/packed/packed_backend.hpp"
#include "kernels/latency/chase_entries.hpp"
#include "kernels/registry/kernel_registry.hpp"
#include "kernels/stream/dram_working_set.hpp"

namespace perfbench {
namespace {

constexpr std::array kSquareSizes = {256, 1024, 2048};

/// Copies of a layer's weights fill no more than this: packing them takes seconds already.
constexpr Bytes kMostCold = mib(512);

Bytes told_cache(const MachineShape& machine, int level) {
  for (const CacheShape& cache : machine.caches) {
    if (cache.level == level) return cache.size;
  }
  return Bytes(0);
}

/// What the catalogue is filled into.
class Collector {
 public:
  void add(KernelEntry entry) {
    MicroKernel kernel{micro_name(entry.info), std::move(entry)};
    kernels_.push_back(std::move(kernel));
  }
  void add_all(std::vector<KernelEntry> entries) {
    for (KernelEntry& entry : entries) add(std::move(entry));
  }
  [[nodiscard]] std::vector<MicroKernel> take() { return std::move(kernels_); }

 private:
  std::vector<MicroKernel> kernels_;
};

/// OpenBLAS as this environment gets it, for every kind of call.
OpenBlasSet ambient_set(const OpenBlas& blas) {
  std::vector<InstancePlan::Service> services;
  for (const GemmCell& cell : gemm_cells()) services.push_back({cell, 0, 0.0, 1.0});
  return {{blas}, std::move(services), {}};
}

void add_if_there(Collector& collector,
                  const Reading<KernelEntry>& entry,
                  std::vector<std::string>& notes) {
  if (entry.available()) {
    collector.add(entry.value());
  } else {
    notes.push_back(entry.reason());
  }
}

void add_openblas(const OpenBlasSet& set,
                  const DramWorkingSet& cold,
                  Collector& collector,
                  std::vector<std::string>& notes) {
  for (const BlasOperation operation : {BlasOperation::kSgemm, BlasOperation::kDgemm}) {
    for (const int size : kSquareSizes) {
      GemmOptions gemm;
      gemm.operation = operation;
      gemm.size = size;
      add_if_there(collector, gemm_entry(set, gemm), notes);
    }
  }
  for (const BlasOperation operation : {BlasOperation::kSgemv, BlasOperation::kDgemv}) {
    GemvOptions gemv;
    gemv.operation = operation;
    gemv.rotate = cold.per_thread;
    gemv.beyond_caches = cold.beyond_caches;
    add_if_there(collector, gemv_entry(set, gemv), notes);
  }
}

void add_onednn(const OneDnn& onednn, Collector& collector) {
  for (const Precision precision : {Precision::kFp32, Precision::kBf16, Precision::kInt8}) {
    if (!onednn_has(onednn, precision)) continue;
    for (const int size : kSquareSizes) {
      OneDnnGemmOptions gemm;
      gemm.size = size;
      gemm.precision = precision;
      collector.add(onednn_gemm_entry(onednn, gemm));
    }
  }
}

}  // namespace

std::vector<LevelSize> micro_levels(const MachineShape& machine, const MicroOptions& options) {
  const Bytes l2 = told_cache(machine, 2);
  const Bytes l3 = told_cache(machine, 3);
  const auto size = [](const std::optional<std::uint64_t>& asked, Bytes told) {
    return asked ? kib(*asked) : told;
  };
  std::vector<LevelSize> levels = {
      {MemoryLevel::kL1, size(options.l1_kib, told_cache(machine, 1) / 2)},
      {MemoryLevel::kL2, size(options.l2_kib, l2 / 2)},
      {MemoryLevel::kL3, size(options.l3_kib, std::min(4 * l2, l3 / 2))}};
  std::erase_if(levels, [](const LevelSize& level) { return level.per_thread.count() == 0; });
  return levels;
}

std::string micro_name(const KernelInfo& info) {
  std::string name = info.name;
  std::replace(name.begin(), name.end(), ' ', '/');
  const bool arithmetic = !info.is_roof || info.kind == RoofKind::kCompute;
  if (arithmetic && info.precision != Precision::kNone)
    name += "/" + std::string(name_of(info.precision));
  if (info.is_roof) {
    if (info.level != MemoryLevel::kNone) name += "/" + std::string(name_of(info.level));
    if (info.kind != RoofKind::kLatency) name += "/" + std::string(name_of(info.isa));
    return name;
  }
  return name + "/" + info.variant.substr(0, info.variant.find_first_of(" ,"));
}

std::vector<MicroKernel> micro_catalogue(const MachineShape& machine,
                                         const MicroOptions& options,
                                         std::vector<std::string>& notes) {
  CatalogueOptions catalogue;
  catalogue.stream.sizing.at_most = mib(options.dram_mib);
  catalogue.stream.narrower_isas = true;
  catalogue.stream.all_operations = true;
  catalogue.stream.levels = micro_levels(machine, options);
  const Bytes most_cold =
      options.dram_mib == 0 ? kMostCold : std::min(kMostCold, mib(options.dram_mib));
  const DramWorkingSet cold = dram_working_set(machine, {1, most_cold});

  catalogue.latency = true;

  Collector collector;
  collector.add_all(kernel_catalogue(machine, catalogue));
  notes.push_back(dram_working_set(machine, catalogue.stream.sizing).note);

  std::vector<std::shared_ptr<const LinearBackend>> backends;
  backends.push_back(packed_backend(widest_packed_isa(machine), panel_order(machine.identity)));
  if (options.libraries) {
    if (const Reading<OpenBlas> blas = load_openblas(); blas.available()) {
      const OpenBlasSet set = ambient_set(blas.value());
      add_openblas(set, cold, collector, notes);
      backends.push_back(openblas_linear_backend(set));
    } else {
      notes.push_back("OpenBLAS: not available: " + blas.reason());
    }
    if (const Reading<OneDnn> onednn = load_onednn(); onednn.available()) {
      add_onednn(onednn.value(), collector);
      backends.push_back(onednn.value().linear());
    } else {
      notes.push_back("oneDNN: not available: " + onednn.reason());
    }
  }
  for (const Precision precision : {Precision::kFp32, Precision::kBf16, Precision::kInt8}) {
    collector.add_all(
        linear_dots(backends, {{}, cold.per_thread, 1, precision, cold.beyond_caches}));
  }
  return collector.take();
}

}  // namespace perfbench
