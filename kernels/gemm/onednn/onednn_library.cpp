#include "kernels/gemm/onednn/onednn_library.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <utility>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

using Loaded = Reading<std::shared_ptr<const OneDnnLibrary>>;

#if defined(__x86_64__)
struct IsaRow {
  dnnl_cpu_isa_t value;
  const char* name;
  Isa isa;
  bool vnni;  ///< Sums int8 products in 32 bits.
};

constexpr std::array kIsas = {
    IsaRow{dnnl_cpu_isa_sse41, "sse41", Isa::kSse2, false},
    IsaRow{dnnl_cpu_isa_avx, "avx", Isa::kSse2, false},
    IsaRow{dnnl_cpu_isa_avx2, "avx2", Isa::kAvx2Fma, false},
    IsaRow{dnnl_cpu_isa_avx2_vnni, "avx2_vnni", Isa::kAvx2Fma, true},
    IsaRow{dnnl_cpu_isa_avx512_core, "avx512_core", Isa::kAvx512, false},
    IsaRow{dnnl_cpu_isa_avx512_core_vnni, "avx512_core_vnni", Isa::kAvx512, true},
    IsaRow{dnnl_cpu_isa_avx512_core_bf16, "avx512_core_bf16", Isa::kAvx512, true},
    IsaRow{dnnl_cpu_isa_avx512_core_amx, "avx512_core_amx", Isa::kAvx512, true},
#if DNNL_VERSION_MAJOR >= 3
    IsaRow{dnnl_cpu_isa_avx2_vnni_2, "avx2_vnni_2", Isa::kAvx2Fma, true},
    IsaRow{dnnl_cpu_isa_avx512_core_fp16, "avx512_core_fp16", Isa::kAvx512, true},
    IsaRow{dnnl_cpu_isa_avx512_core_amx_fp16, "avx512_core_amx_fp16", Isa::kAvx512, true},
#endif
};
#endif

/// Fills in what the library says of the CPU; whether its int8 sums are exact.
bool describe_isa(dnnl_cpu_isa_t effective, OneDnnFacts& facts) {
#if defined(__x86_64__)
  const auto* const row = std::find_if(
      kIsas.begin(), kIsas.end(), [&](const IsaRow& r) { return r.value == effective; });
  if (row != kIsas.end()) {
    facts.effective_isa = row->name;
    facts.isa = row->isa;
    return row->vnni;
  }
  facts.effective_isa = "isa " + std::to_string(static_cast<unsigned>(effective));
  return false;
#else
  // The library has names for x86 alone.
  static_cast<void>(effective);
  facts.effective_isa = "aarch64";
  facts.isa = Isa::kNeon;
  return true;
#endif
}

template <class Function>
void look_up(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
}

std::string file_of(const void* address) {
  Dl_info info{};
  if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) return "unknown";
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(info.dli_fname, error);
  return error ? std::string(info.dli_fname) : real.string();
}

/// What each thread of a parallel region writes down.
struct RollCall {
  int (*get_thread_num)();
  std::span<int> tids;
};

void answer_roll_call(void* data) {
  const auto* call = static_cast<const RollCall*>(data);
  const auto number = static_cast<std::size_t>(call->get_thread_num());
  if (number < call->tids.size()) call->tids[number] = current_tid();
}

}  // namespace

Loaded OneDnnLibrary::from(void* library) {
  const std::shared_ptr<OneDnnLibrary> made(new OneDnnLibrary);
  const std::string missing = made->api_.resolve(library);
  if (!missing.empty()) return Loaded::unavailable("the library has no function " + missing);
  const dnnl_version_t* version = made->api_.version();
  OneDnnFacts& facts = made->facts_;
  facts.version = std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                  std::to_string(version->patch);
  // The major version is the interface's: structs became handles in 3.
  if (version->major != DNNL_VERSION_MAJOR) {
    return Loaded::unavailable("oneDNN " + facts.version +
                               " was found, built with the headers of oneDNN " +
                               std::to_string(DNNL_VERSION_MAJOR));
  }
  facts.file = file_of(version);
  made->exact_int8_ = describe_isa(made->api_.get_effective_cpu_isa(), facts);

  OpenMp& openmp = made->openmp_;
  look_up(library, "GOMP_parallel", openmp.parallel);
  look_up(library, "omp_get_thread_num", openmp.get_thread_num);
  look_up(library, "omp_set_num_threads", openmp.set_num_threads);
  look_up(library, "omp_set_dynamic", openmp.set_dynamic);
  facts.pool_reachable = openmp.parallel != nullptr && openmp.get_thread_num != nullptr &&
                         openmp.set_num_threads != nullptr && openmp.set_dynamic != nullptr;

  dnnl_engine_t engine = nullptr;
  if (made->api_.engine_create(&engine, dnnl_cpu, 0) != dnnl_success) {
    return Loaded::unavailable("oneDNN " + facts.version + " has no engine for this CPU");
  }
  made->engine_ = OneDnnHandle<dnnl_engine>(engine, made->api_.engine_destroy);
  return Loaded::of(made, facts.file);
}

void OneDnnLibrary::set_threads(int threads) const noexcept {
  if (openmp_.set_num_threads != nullptr) openmp_.set_num_threads(threads);
}

std::vector<int> OneDnnLibrary::worker_tids(std::size_t threads) const {
  if (!facts_.pool_reachable) {
    throw ResourceError("this oneDNN is not built for OpenMP, so its threads cannot be pinned",
                        "measure it on one thread, or install the distribution's libdnnl");
  }
  openmp_.set_dynamic(0);  // OMP_DYNAMIC gives fewer threads on a busy machine.
  set_threads(static_cast<int>(threads));
  std::vector<int> tids(threads, 0);
  RollCall call{openmp_.get_thread_num, tids};
  openmp_.parallel(answer_roll_call, &call, static_cast<unsigned>(threads), 0);
  const auto given = static_cast<std::size_t>(
      std::count_if(tids.begin(), tids.end(), [](int tid) { return tid != 0; }));
  if (given < threads) {
    throw ResourceError("oneDNN's OpenMP gives " + std::to_string(given) + " of " +
                            std::to_string(threads) + " threads",
                        "unset OMP_THREAD_LIMIT");
  }
  tids.erase(tids.begin());  // The caller.
  return tids;
}

std::shared_ptr<const ScopedThreadPins> OneDnnLibrary::pin_pool(
    const std::vector<int>& cpus) const {
  if (cpus.size() < 2) return nullptr;
  const std::vector<int> workers = worker_tids(cpus.size());
  const std::scoped_lock lock(pins_mutex_);
  std::weak_ptr<const ScopedThreadPins>& known = pins_[{current_tid(), cpus}];
  if (std::shared_ptr<const ScopedThreadPins> alive = known.lock()) return alive;
  auto pins =
      std::make_shared<const ScopedThreadPins>(workers, std::span<const int>(cpus).subspan(1));
  known = pins;
  return pins;
}

}  // namespace perfbench
