#include <dlfcn.h>

#include <utility>

#include "harness/core/units/error.hpp"
#include "kernels/gemm/onednn/matmul.hpp"
#include "kernels/gemm/onednn/onednn.hpp"

namespace perfbench {
namespace {

/// The names that programs linked with the headers of this build would load: the one that
/// libdnnl.so is a link to, then upstream's.
std::vector<std::string> default_names() {
  return {PERFBENCH_DNNL_SONAME, "libdnnl.so." + std::to_string(DNNL_VERSION_MAJOR)};
}

}  // namespace

OneDnn::OneDnn(std::shared_ptr<const OneDnnLibrary> library) : library_(std::move(library)) {}

const OneDnnFacts& OneDnn::facts() const noexcept { return library_->facts(); }

std::string OneDnn::label() const {
  return "oneDNN " + facts().version + ", " + facts().effective_isa;
}

Reading<OneDnn> load_onednn(const OneDnnLoadOptions& options) {
  std::string failures;
  for (const std::string& name :
       options.file_names.empty() ? default_names() : options.file_names) {
    // NODELETE: its OpenMP workers cannot be unloaded. LOCAL: its names stay out of everybody
    // else's.
    void* library = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
      const char* error = ::dlerror();
      failures += (failures.empty() ? "" : "; ") + std::string(error != nullptr ? error : name);
      continue;
    }
    const Reading<std::shared_ptr<const OneDnnLibrary>> loaded = OneDnnLibrary::from(library);
    if (!loaded.available()) return Reading<OneDnn>::unavailable(loaded.reason());
    return Reading<OneDnn>::of(OneDnn(loaded.value()), loaded.source());
  }
  return Reading<OneDnn>::unavailable("oneDNN cannot be loaded (" + failures +
                                      "); apt-get install libdnnl-dev");
}

bool onednn_has(const OneDnn& onednn, Precision precision) {
  MatmulSpec spec;
  spec.m = spec.n = spec.k = 64;
  switch (precision) {
    case Precision::kFp32:
      break;
    case Precision::kBf16:
      spec.a = spec.b = dnnl_bf16;
      break;
    case Precision::kInt8:
      if (!onednn.library()->exact_int8()) return false;
      spec.a = dnnl_u8;
      spec.b = dnnl_s8;
      spec.c = dnnl_s32;
      break;
    default:
      return false;
  }
  try {
    return !matmul_implementation(*onednn.library(), spec).empty();
  } catch (const Error&) {
    return false;  // It cannot even be described.
  }
}

}  // namespace perfbench
