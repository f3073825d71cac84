#include "kernels/gemm/openblas/openblas.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <utility>

#include "harness/core/units/check.hpp"
#include "harness/host/affinity/affinity.hpp"

namespace perfbench {
namespace {

// Values of CBLAS_ORDER and CBLAS_TRANSPOSE, fixed by the CBLAS standard.
constexpr int kColumnMajor = 102;
constexpr int kNoTranspose = 111;
constexpr int kTranspose = 112;

/// Large enough for every OpenBLAS to split it over its pool (the smallest threaded sgemm is some
/// 100 cubed).
constexpr int kPoolRaisingSize = 256;

constexpr const char* kPackageHint =
    "install it: libopenblas0 (Debian, Ubuntu: apt-get install libopenblas0), openblas (Fedora, "
    "Arch)";

int cblas(bool transpose) { return transpose ? kTranspose : kNoTranspose; }

template <class Function>
bool resolve(void* library, const char* name, Function& function) {
  // POSIX demands that a data pointer can hold a function's address; only this cast says so in C++.
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

/// The word after "OpenBLAS" in openblas_get_config().
std::string version_of(const std::string& config) {
  constexpr std::string_view kName = "OpenBLAS ";
  const std::size_t at = config.find(kName);
  if (at == std::string::npos) return "unknown";
  const std::size_t begin = at + kName.size();
  return config.substr(begin, config.find(' ', begin) - begin);
}

std::string threading_of(int parallel) {
  switch (parallel) {
    case 0:
      return "serial";
    case 1:
      return "pthread";
    case 2:
      return "openmp";
    default:
      return "unknown";
  }
}

std::string file_of(const void* address) {
  Dl_info info{};
  if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) return "unknown";
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(info.dli_fname, error);
  return error ? std::string(info.dli_fname) : real.string();
}

std::vector<int> threads_since(const std::vector<int>& before) {
  const std::vector<int> now = threads_of_process();
  std::vector<int> added;
  std::set_difference(
      now.begin(), now.end(), before.begin(), before.end(), std::back_inserter(added));
  return added;
}

/// Opens the first name that is there; `failures` collects the loader's words for those that are
/// not.
void* open_first(const std::vector<std::string>& file_names, std::string& failures) {
  for (const std::string& name : file_names) {
    // NODELETE: its workers cannot be unloaded. LOCAL: its BLAS names stay out of everybody else's.
    void* library = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library != nullptr) return library;
    const char* error = ::dlerror();
    failures += (failures.empty() ? "" : "; ") + std::string(error != nullptr ? error : name);
  }
  return nullptr;
}

}  // namespace

OpenBlas::OpenBlas(const Functions& functions, OpenBlasFacts facts, std::vector<int> workers)
    : functions_(functions),
      facts_(std::move(facts)),
      workers_(std::make_shared<std::vector<int>>(std::move(workers))) {}

std::string OpenBlas::label() const {
  return "OpenBLAS " + facts_.version + ", core " + facts_.core_name;
}

Isa OpenBlas::isa() const noexcept { return isa_of_openblas_core(facts_.core_name); }

void OpenBlas::set_threads(int threads) const noexcept { functions_.set_num_threads(threads); }

int OpenBlas::threads() const noexcept { return functions_.get_num_threads(); }

std::vector<int> OpenBlas::raise_pool(int threads) const {
  const std::vector<int> before = threads_of_process();
  set_threads(threads);
  constexpr std::size_t kElements = std::size_t{kPoolRaisingSize} * kPoolRaisingSize;
  const std::vector<float> a(kElements, 1.0F);
  std::vector<float> c(kElements, 0.0F);
  const GemmCall call{false,
                      false,
                      kPoolRaisingSize,
                      kPoolRaisingSize,
                      kPoolRaisingSize,
                      kPoolRaisingSize,
                      kPoolRaisingSize,
                      kPoolRaisingSize};
  sgemm(call, 1.0F, a.data(), a.data(), 0.0F, c.data());
  for (const int tid : threads_since(before)) workers_->push_back(tid);
  return *workers_;
}

void OpenBlas::sgemm(const GemmCall& call,
                     float alpha,
                     const float* a,
                     const float* b,
                     float beta,
                     float* c) const noexcept {
  functions_.sgemm(kColumnMajor,
                   cblas(call.transpose_a),
                   cblas(call.transpose_b),
                   call.m,
                   call.n,
                   call.k,
                   alpha,
                   a,
                   call.lda,
                   b,
                   call.ldb,
                   beta,
                   c,
                   call.ldc);
}

void OpenBlas::dgemm(const GemmCall& call,
                     double alpha,
                     const double* a,
                     const double* b,
                     double beta,
                     double* c) const noexcept {
  functions_.dgemm(kColumnMajor,
                   cblas(call.transpose_a),
                   cblas(call.transpose_b),
                   call.m,
                   call.n,
                   call.k,
                   alpha,
                   a,
                   call.lda,
                   b,
                   call.ldb,
                   beta,
                   c,
                   call.ldc);
}

void OpenBlas::sgemv(const GemvCall& call,
                     float alpha,
                     const float* a,
                     const float* x,
                     float beta,
                     float* y) const noexcept {
  functions_.sgemv(
      kColumnMajor, cblas(call.transpose_a), call.m, call.n, alpha, a, call.lda, x, 1, beta, y, 1);
}

std::vector<std::string> openblas_file_names() {
  // Debian and Ubuntu, any flavour behind their alternatives; Fedora's pthread and OpenMP builds; a
  // build of one's own.
  return {"libopenblas.so.0", "libopenblasp.so.0", "libopenblaso.so.0", "libopenblas.so"};
}

Reading<OpenBlas> load_openblas(const std::vector<std::string>& file_names) {
  const std::vector<int> before = threads_of_process();
  std::string failures;
  void* library = open_first(file_names, failures);
  if (library == nullptr) {
    return Reading<OpenBlas>::unavailable("OpenBLAS cannot be loaded (" + failures + "); " +
                                          kPackageHint);
  }
  OpenBlas::Functions f;
  if (!resolve(library, "cblas_sgemm", f.sgemm) || !resolve(library, "cblas_dgemm", f.dgemm) ||
      !resolve(library, "cblas_sgemv", f.sgemv) ||
      !resolve(library, "openblas_set_num_threads", f.set_num_threads) ||
      !resolve(library, "openblas_get_num_threads", f.get_num_threads) ||
      !resolve(library, "openblas_get_corename", f.get_corename) ||
      !resolve(library, "openblas_get_config", f.get_config) ||
      !resolve(library, "openblas_get_parallel", f.get_parallel)) {
    return Reading<OpenBlas>::unavailable(
        "the library found as OpenBLAS is none: it lacks its functions; " +
        std::string(kPackageHint));
  }
  OpenBlasFacts facts;
  facts.config = f.get_config();
  facts.version = version_of(facts.config);
  facts.core_name = f.get_corename();
  facts.threading = threading_of(f.get_parallel());
  facts.file = file_of(reinterpret_cast<const void*>(f.sgemm));
  if (facts.config.find("USE64BITINT") != std::string::npos) {
    return Reading<OpenBlas>::unavailable("OpenBLAS at " + facts.file +
                                          " has 64-bit integers, which perfbench does not call; " +
                                          kPackageHint);
  }
  std::string source = facts.file;
  return Reading<OpenBlas>::of(OpenBlas(f, std::move(facts), threads_since(before)),
                               std::move(source));
}

}  // namespace perfbench
