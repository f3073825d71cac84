#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/host/process/spawn.hpp"
#include "kernels/gemm/openblas/openblas.hpp"
#include "kernels/gemm/openblas/started_threads.hpp"

namespace perfbench {
namespace {

constexpr const char* kPackageHint =
    "install it: libopenblas0 (Debian, Ubuntu: apt-get install libopenblas0), openblas (Fedora, "
    "Arch)";

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

// NODELETE: its workers cannot be unloaded. LOCAL: its BLAS names stay out of everybody else's, a
// second copy of the library included.
constexpr int kLoadFlags = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE;

/// Opens the first name that is there; `failures` collects the loader's words for those that are
/// not.
void* open_first(const std::vector<std::string>& file_names, std::string& failures) {
  for (const std::string& name : file_names) {
    void* library = ::dlopen(name.c_str(), kLoadFlags);
    if (library != nullptr) return library;
    const char* error = ::dlerror();
    failures += (failures.empty() ? "" : "; ") + std::string(error != nullptr ? error : name);
  }
  return nullptr;
}

Reading<OpenBlas> no_copy(const std::string& step) {
  return Reading<OpenBlas>::unavailable("a second OpenBLAS cannot be loaded: " + step + ": " +
                                        std::strerror(errno));
}

/// All of `from` at the end of `to`; false with errno when the system refuses.
bool copy_file(int from, int to) {
  struct stat status {};
  if (::fstat(from, &status) != 0) return false;
  off_t offset = 0;
  while (offset < status.st_size) {
    const auto left = static_cast<std::size_t>(status.st_size - offset);
    const ssize_t copied = ::sendfile(to, from, &offset, left);
    if (copied < 0 && errno == EINTR) continue;
    if (copied == 0) errno = EIO;  // Shorter than it said.
    if (copied <= 0) return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> openblas_file_names() {
  // Debian and Ubuntu, any flavour behind their alternatives; Fedora's pthread and OpenMP builds; a
  // build of one's own.
  return {"libopenblas.so.0", "libopenblasp.so.0", "libopenblaso.so.0", "libopenblas.so"};
}

Reading<OpenBlas> OpenBlas::adopt(void* library,
                                  std::string file,
                                  const std::vector<int>& threads_before) {
  Functions f;
  if (!resolve(library, "cblas_sgemm", f.sgemm) || !resolve(library, "cblas_dgemm", f.dgemm) ||
      !resolve(library, "cblas_sgemv", f.sgemv) || !resolve(library, "cblas_dgemv", f.dgemv) ||
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
  facts.file = file.empty() ? file_of(reinterpret_cast<const void*>(f.sgemm)) : std::move(file);
  if (facts.config.find("USE64BITINT") != std::string::npos) {
    return Reading<OpenBlas>::unavailable("OpenBLAS at " + facts.file +
                                          " has 64-bit integers, which perfbench does not call; " +
                                          kPackageHint);
  }
  std::string source = facts.file;
  return Reading<OpenBlas>::of(OpenBlas(f, std::move(facts), threads_started_since(threads_before)),
                               std::move(source));
}

Reading<OpenBlas> load_openblas(const std::vector<std::string>& file_names) {
  const std::vector<int> before = threads_of_process();
  std::string failures;
  void* library = open_first(file_names, failures);
  if (library == nullptr) {
    return Reading<OpenBlas>::unavailable("OpenBLAS cannot be loaded (" + failures + "); " +
                                          kPackageHint);
  }
  return OpenBlas::adopt(library, {}, before);
}

Reading<OpenBlas> load_openblas_copy(const OpenBlas& loaded) {
  const std::vector<int> before = threads_of_process();
  const std::string& file = loaded.facts().file;
  const UniqueFd original(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!original.open()) return no_copy(file);
  UniqueFd copy(::memfd_create("openblas", MFD_CLOEXEC));
  if (!copy.open()) return no_copy("memfd_create");
  if (!copy_file(original.get(), copy.get())) return no_copy("copying " + file);
  // The loader tells libraries apart by the name they were opened with first, then by device and
  // inode.
  const std::string name = "/proc/self/fd/" + std::to_string(copy.get());
  void* library = ::dlopen(name.c_str(), kLoadFlags);
  if (library == nullptr) {
    const char* error = ::dlerror();
    return Reading<OpenBlas>::unavailable("a second OpenBLAS cannot be loaded: " +
                                          std::string(error != nullptr ? error : name));
  }
  // From here on the descriptor stays open, as the library stays loaded: the next copy under the
  // same number, thus the same name, would be taken for this one.
  copy.release();
  return OpenBlas::adopt(library, file, before);
}

}  // namespace perfbench
