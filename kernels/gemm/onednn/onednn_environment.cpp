#include "kernels/gemm/onednn/onednn.hpp"

namespace perfbench {
namespace {

/// Pauses before an idle worker sleeps: some 0.1 ms at 140 cycles each (Intel since Skylake), less
/// elsewhere. Calls in a row find the workers awake; 0.1 ms after a window they are gone.
constexpr const char* kSpinCount = "2000";

}  // namespace

EnvironmentChanges onednn_load_environment() { return {{"GOMP_SPINCOUNT", kSpinCount}}; }

}  // namespace perfbench
