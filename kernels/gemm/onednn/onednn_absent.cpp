// Stands for the room where the build found no headers of oneDNN.
#include <utility>

#include "harness/core/units/check.hpp"
#include "kernels/gemm/onednn/onednn.hpp"

namespace perfbench {

class OneDnnLibrary {};

namespace {
constexpr const char* kNone = "no OneDnn can be made in this build";
}

OneDnn::OneDnn(std::shared_ptr<const OneDnnLibrary> library) : library_(std::move(library)) {}

const OneDnnFacts& OneDnn::facts() const noexcept { CHECK(false, kNone); }

std::string OneDnn::label() const { CHECK(false, kNone); }

std::shared_ptr<const LinearBackend> OneDnn::linear() const { CHECK(false, kNone); }

Reading<OneDnn> load_onednn(const OneDnnLoadOptions&) {
  return Reading<OneDnn>::unavailable("built without oneDNN (apt-get install libdnnl-dev)");
}

bool onednn_has(const OneDnn&, Precision) { return false; }

KernelEntry onednn_gemm_entry(const OneDnn&, const OneDnnGemmOptions&) { CHECK(false, kNone); }

}  // namespace perfbench
