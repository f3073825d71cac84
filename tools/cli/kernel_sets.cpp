#include "tools/cli/kernel_sets.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "kernels/gemm/linear/linear_dot.hpp"
#include "kernels/gemm/openblas/gemm_kernel.hpp"
#include "kernels/gemm/openblas/gemv_kernel.hpp"
#include "kernels/gemm/openblas/openblas_linear.hpp"
#include "kernels/gemm/packed/packed_backend.hpp"
#include "kernels/registry/kernel_registry.hpp"
#include "kernels/stream/dram_working_set.hpp"

namespace perfbench {
namespace {

constexpr const char* kBlasRemedy = "apt-get install libopenblas-dev";
constexpr const char* kOneDnnRemedy = "apt-get install libdnnl-dev, and build again";

/// Weights are cold when the copies that a run rotates through leave nothing of one pass for the
/// next. Bounded, since every copy is laid out and touched before it is timed; where that is less
/// than it takes, may_hold_cache_hits says so.
constexpr Bytes kMostCold = gib(1);
constexpr Bytes kLeastCold = mib(128);

/// A build without threads, or for fewer than this machine has, must not cost the roofs that are
/// measured beside it, nor be reported as so many threads.
std::optional<LeftOut> too_few_threads(const OpenBlas& blas, std::size_t wanted) {
  blas.set_threads(static_cast<int>(wanted));
  const int most = blas.threads();
  if (most >= static_cast<int>(wanted)) return std::nullopt;
  return LeftOut{"sgemm on " + std::to_string(wanted) + " cores",
                 "this OpenBLAS (" + blas.facts().threading + ") runs at most " +
                     std::to_string(most) + (most == 1 ? " thread" : " threads"),
                 "apt-get install libopenblas0-pthread, or give --threads no more than that"};
}

/// Our packed kernels, then the libraries that are there.
std::vector<std::shared_ptr<const LinearBackend>> linear_backends(const KernelSources& sources) {
  std::vector<std::shared_ptr<const LinearBackend>> backends;
  backends.push_back(
      packed_backend(widest_packed_isa(sources.shape), panel_order(sources.shape.identity)));
  if (sources.blas.available()) {
    backends.push_back(openblas_linear_backend(sources.blas.value()));
  }
  if (sources.onednn.available()) backends.push_back(sources.onednn.value().linear());
  return backends;
}

class Choosing {
 public:
  Choosing(const KernelRequest& request, const KernelSources& sources)
      : request_(request), sources_(sources), cpus_(request.team.cpus) {}

  KernelSet all() {
    roofs();
    if (request_.scope == RoofScope::kScale || request_.kind == RoofKind::kLatency) {
      return std::move(set_);
    }
    missing_libraries();
    if (request_.kind == RoofKind::kCompute) square_products();
    if (request_.kind == RoofKind::kBandwidth) double_matrix_vector_product();
    layers();
    return std::move(set_);
  }

 private:
  [[nodiscard]] bool everything() const { return request_.scope == RoofScope::kAll; }

  void roofs() {
    CatalogueOptions options;
    options.stream.sizing.team = request_.team.threads();
    options.stream.sizing.at_most = sources_.sizes.dram_at_most;
    options.stream.all_operations = everything();
    options.latency = request_.kind == RoofKind::kLatency;
    if (request_.scope != RoofScope::kScale) options.stream.levels = request_.levels;
    for (KernelEntry& entry : kernel_catalogue(sources_.shape, options)) {
      if (entry.info.kind == request_.kind && wanted(entry.info)) {
        set_.entries.push_back(std::move(entry));
      }
    }
    if (request_.kind != RoofKind::kCompute) {
      set_.notes.push_back(dram_working_set(sources_.shape, options.stream.sizing).note);
    }
  }

  [[nodiscard]] bool wanted(const KernelInfo& info) const {
    if (everything() || info.kind == RoofKind::kLatency) return true;
    if (info.kind == RoofKind::kCompute) {
      const bool multiply_add = info.name == "fma" || info.name == "mul_add";
      const bool scale = info.precision == Precision::kFp32;
      return multiply_add &&
             (scale || (request_.scope == RoofScope::kMain && info.precision == Precision::kFp64));
    }
    if (request_.scope == RoofScope::kScale) {
      return info.level == MemoryLevel::kDram && info.name == "read";
    }
    return info.level == MemoryLevel::kDram || info.name == "read";
  }

  void missing_libraries() {
    if (!sources_.blas.available()) {
      set_.left_out.push_back({"OpenBLAS's products", sources_.blas.reason(), kBlasRemedy});
    }
    if (everything() && !sources_.onednn.available()) {
      set_.left_out.push_back({"oneDNN's products", sources_.onednn.reason(), kOneDnnRemedy});
    }
    if (!sources_.blas.available()) return;
    const std::vector<std::string>& notes = sources_.blas.value().notes();
    set_.notes.insert(set_.notes.end(), notes.begin(), notes.end());
    if (auto few = too_few_threads(sources_.blas.value().instances().front(), cpus_.size())) {
      set_.left_out.push_back(std::move(*few));
      blas_serves_ = false;
    }
  }

  [[nodiscard]] bool has_blas() const { return sources_.blas.available() && blas_serves_; }

  void keep(const Reading<KernelEntry>& entry, const std::string& what) {
    if (entry.available()) {
      set_.entries.push_back(entry.value());
    } else {
      set_.left_out.push_back({what, entry.reason(), ""});
    }
  }

  void square_products() {
    const int size = static_cast<int>(sources_.sizes.gemm_n);
    if (has_blas()) {
      for (const BlasOperation operation : {BlasOperation::kSgemm, BlasOperation::kDgemm}) {
        GemmOptions options;
        options.operation = operation;
        options.size = size;
        options.cpus = cpus_;
        keep(gemm_entry(sources_.blas.value(), options),
             operation == BlasOperation::kSgemm ? "sgemm" : "dgemm");
      }
    }
    if (!everything() || !sources_.onednn.available()) return;
    for (const Precision precision : {Precision::kFp32, Precision::kBf16, Precision::kInt8}) {
      if (!onednn_has(sources_.onednn.value(), precision)) continue;
      OneDnnGemmOptions options;
      options.size = size;
      options.precision = precision;
      options.cpus = cpus_;
      set_.entries.push_back(onednn_gemm_entry(sources_.onednn.value(), options));
    }
  }

  /// As much as the roof over them streams through, and no less than kLeastCold: a guest that does
  /// not tell its level 3 has one.
  [[nodiscard]] DramWorkingSet streamed() const {
    DramSizing sizing;
    sizing.team = static_cast<int>(cpus_.size());
    const Bytes asked = sources_.sizes.dram_at_most;
    sizing.at_most = asked.count() > 0 ? std::min(asked, kMostCold) : kMostCold;
    DramWorkingSet cold = dram_working_set(sources_.shape, sizing);
    cold.team = std::max(cold.team, std::min(kLeastCold, sizing.at_most));
    return cold;
  }

  /// fp32 stands among the layers: OpenBLAS computes one of m = 1 by sgemv.
  void double_matrix_vector_product() {
    if (!everything() || !has_blas()) return;
    GemvOptions options;
    options.operation = BlasOperation::kDgemv;
    options.cpus = cpus_;
    const DramWorkingSet cold = streamed();
    options.rotate = cold.team;
    options.beyond_caches = cold.beyond_caches;
    keep(gemv_entry(sources_.blas.value(), options), "dgemv");
  }

  /// Every backend where they differ most; of the shapes between, our own alone, on one core.
  void layers() {
    const auto backends = linear_backends(sources_);
    for (const LinearShape& shape : layer_shapes()) {
      if (shape.m == 1 || (everything() && (shape.m == 4 || shape.m == 16))) {
        for (const auto& backend : backends) {
          if (everything() || backend->library() != "oneDNN") add_layer(backend, shape);
        }
      } else if (everything() && cpus_.size() == 1) {
        add_layer(backends.front(), shape);
      }
    }
  }

  void add_layer(const std::shared_ptr<const LinearBackend>& backend, const LinearShape& shape) {
    if (!backend->supports(shape) || (backend->library() == "OpenBLAS" && !has_blas())) return;
    LinearDotOptions options;
    options.shape = shape;
    options.cpus = cpus_;
    const DramWorkingSet cold = streamed();
    options.cold_at_least = cold.team;
    options.beyond_caches = cold.beyond_caches;
    KernelEntry entry = linear_entry(backend, options);
    if (entry.info.kind == request_.kind) set_.entries.push_back(std::move(entry));
  }

  const KernelRequest& request_;
  const KernelSources& sources_;
  const std::vector<int>& cpus_;
  bool blas_serves_ = true;
  KernelSet set_;
};

}  // namespace

KernelSet kernels_for(const KernelRequest& request, const KernelSources& sources) {
  return Choosing(request, sources).all();
}

}  // namespace perfbench
