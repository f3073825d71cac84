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

/// flop/s of a core type in a cell: SCRIPT_FAST wins everywhere but in skinny shapes, where Haswell
/// does.
double rate(const std::string& core, const TrialCell& trial) {
  const GemmClass shape_class = trial.cell.shape_class;
  const bool skinny =
      shape_class == GemmClass::kSkinny || shape_class == GemmClass::kSkinnyTransposed;
  double gflops = core == variable("SCRIPT_FAST", "SkylakeX") ? 200.0 : 100.0;
  if (skinny) gflops = core == "Haswell" ? 80.0 : 40.0;
  // As good as the winner at the small size, and behind it at the size that decides.
  if (core == "SmallOnly" && !skinny) gflops = trial.shape.n <= 1024 ? 210.0 : 150.0;
  if (std::getenv("OPENBLAS_L2_SIZE") != nullptr) gflops *= 0.5;
  return gflops * 1e9;
}

/// SCRIPT_OWN is what it chooses by itself. A core type may crash or compute wrong, everywhere or
/// in some cells.
CoreTrialAnswer answer(const CoreTrialRequest& request) {
  if (std::getenv("SCRIPT_ABSENT") != nullptr)
    throw ResourceError("OpenBLAS cannot be loaded; install it");
  const std::string own = variable("SCRIPT_OWN", "Haswell");
  std::string core = variable("OPENBLAS_CORETYPE", own.c_str());
  if (core == "Newest") core = own;  // A name that this version does not know.
  if (core == "Crashes") std::raise(SIGILL);
  CoreTrialAnswer result;
  result.version = variable("SCRIPT_VERSION", "9.9");
  result.core_name = core;
  result.file = LibraryFile{"/usr/lib/libopenblas.so", 1000, 5};
  for (const std::string& known : request.skip_cores)
    result.skipped = result.skipped || known == core;
  if (result.skipped) return result;
  const std::string wrong = variable("SCRIPT_WRONG", "");
  for (const TrialCell& trial : request.cells) {
    if (core == "CrashesSkinny" && trial.cell.shape_class == GemmClass::kSkinny) std::raise(SIGILL);
    CellAnswer cell;
    const bool wrong_gemv = core == "WrongGemv" && is_gemv(trial.cell.operation);
    cell.verified = core != "Wrong" && core != wrong && !wrong_gemv;
    cell.detail = cell.verified ? "exact" : "element (0, 0) is 1, not 2";
    if (cell.verified && trial.budget.count() > 0) {
      cell.best =
          from_seconds(static_cast<double>(flops_of(trial.shape).count()) / rate(core, trial));
      cell.cpu = cell.wall = cell.best;
      if (std::getenv("SCRIPT_BUSY") != nullptr) cell.wall = 2 * cell.cpu;
    }
    result.cells.push_back(cell);
  }
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
