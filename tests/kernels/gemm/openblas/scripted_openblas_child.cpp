// Answers openblas-trial as an invented OpenBLAS would: what it says depends on its environment
// alone.
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/process/child_tasks.hpp"
#include "kernels/gemm/openblas/core_trial.hpp"

namespace perfbench {
namespace {

std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

/// SCRIPT_OWN is what it chooses by itself; SCRIPT_FAST the core whose kernels win.
CoreTrialAnswer answer(const CoreTrialRequest& request) {
  if (std::getenv("SCRIPT_ABSENT") != nullptr)
    throw ResourceError("OpenBLAS cannot be loaded; install it");
  const std::string own = variable("SCRIPT_OWN", "Haswell");
  std::string core = variable("OPENBLAS_CORETYPE", own.c_str());
  if (core == "Newest") core = own;  // A name that this version does not know.
  if (core == "Crashes") std::raise(SIGILL);
  CoreTrialAnswer result;
  result.version = "9.9";
  result.core_name = core;
  for (const std::string& known : request.skip_cores)
    result.skipped = result.skipped || known == core;
  if (result.skipped) return result;
  result.verified = core != "Wrong";
  result.detail = result.verified ? "exact" : "element (0, 0) is 1, not 2";
  double gflops = core == variable("SCRIPT_FAST", "SkylakeX") ? 200.0 : 100.0;
  // As good as the winner at the small size, and behind it at the size that decides.
  if (core == "SmallOnly") gflops = request.size <= 1024 ? 210.0 : 150.0;
  if (std::getenv("OPENBLAS_L2_SIZE") != nullptr) gflops *= 0.5;
  const auto n = static_cast<double>(request.size);
  if (result.verified) result.best = from_seconds(2.0 * n * n * n / (gflops * 1e9));
  result.calls = 2;
  return result;
}

}  // namespace
}  // namespace perfbench

int main(int argc, char** argv) {
  using namespace perfbench;
  const std::vector<ChildTask> tasks = {{kCoreTrialTask, [](const JsonValue& request) {
                                           return to_json(answer(core_trial_request(request)));
                                         }}};
  return argc == 3 ? run_child_task(tasks, argv[2]) : 2;
}
