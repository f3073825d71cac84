#include "kernels/gemm/openblas/core_trial.hpp"

#include <algorithm>
#include <optional>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/openblas/core_search.hpp"
#include "kernels/gemm/openblas/openblas.hpp"
#include "kernels/gemm/openblas/verify_sgemm.hpp"

namespace perfbench {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::uint64_t kLeastCalls = 2;

JsonValue texts(const std::vector<std::string>& values) {
  JsonValue array = JsonValue::array();
  for (const std::string& value : values) array.push_back(value);
  return array;
}

std::vector<std::string> texts(const JsonValue& array) {
  std::vector<std::string> values;
  for (const JsonValue& value : array.as_array()) values.push_back(value.as_string());
  return values;
}

/// The shortest of the calls, in CPU time of this thread: beside a busy process the order of the
/// core types must not depend on which of them was interrupted. Alone on its CPU a thread's CPU
/// time is the wall time.
void time_calls(const OpenBlas& blas,
                const SquareProblem& problem,
                Nanoseconds budget,
                CoreTrialAnswer& answer) {
  SteadyClock clock;
  const int n = problem.n;
  const GemmCall call{false, false, n, n, n, n, n, n};
  const TimePoint begin = clock.now();
  while (answer.calls < kLeastCalls || clock.now() - begin < budget) {
    const Nanoseconds before = clock.thread_cpu_time();
    blas.sgemm(call, 1.0F, problem.a.data(), problem.b.data(), 0.0F, problem.c.data());
    const Nanoseconds took = clock.thread_cpu_time() - before;
    answer.best = answer.calls == 0 ? took : std::min(answer.best, took);
    ++answer.calls;
  }
}

}  // namespace

JsonValue to_json(const CoreTrialRequest& request) {
  return JsonValue::object()
      .set("size", request.size)
      .set("cpu", request.cpu)
      .set("budget_ns", request.budget.count())
      .set("skip_cores", texts(request.skip_cores))
      .set("file_names", texts(request.file_names));
}

JsonValue to_json(const CoreTrialAnswer& answer) {
  return JsonValue::object()
      .set("version", answer.version)
      .set("core_name", answer.core_name)
      .set("skipped", answer.skipped)
      .set("verified", answer.verified)
      .set("detail", answer.detail)
      .set("best_ns", answer.best.count())
      .set("calls", answer.calls);
}

CoreTrialRequest core_trial_request(const JsonValue& document) {
  CoreTrialRequest request;
  request.size = static_cast<int>(std::clamp<std::int64_t>(document.get_int64("size"), 1, 16384));
  request.cpu = static_cast<int>(std::clamp<std::int64_t>(document.get_int64("cpu"), -1, 1 << 20));
  request.budget = Nanoseconds(document.get_int64("budget_ns"));
  request.skip_cores = texts(document.at("skip_cores"));
  request.file_names = texts(document.at("file_names"));
  return request;
}

CoreTrialAnswer core_trial_answer(const JsonValue& document) {
  CoreTrialAnswer answer;
  answer.version = document.get_string("version");
  answer.core_name = document.get_string("core_name");
  answer.skipped = document.get_bool("skipped");
  answer.verified = document.get_bool("verified");
  answer.detail = document.get_string("detail");
  answer.best = Nanoseconds(document.get_int64("best_ns"));
  answer.calls = document.get_uint64("calls");
  return answer;
}

CoreTrialAnswer run_core_trial(const CoreTrialRequest& request) {
  const Reading<OpenBlas> loaded =
      load_openblas(request.file_names.empty() ? openblas_file_names() : request.file_names);
  if (!loaded.available()) throw ResourceError(loaded.reason());
  const OpenBlas& blas = loaded.value();
  CoreTrialAnswer answer;
  answer.version = blas.facts().version;
  answer.core_name = blas.facts().core_name;
  const auto& skip = request.skip_cores;
  answer.skipped = std::find(skip.begin(), skip.end(), answer.core_name) != skip.end();
  if (answer.skipped) return answer;

  std::optional<ScopedPin> pin;
  if (request.cpu >= 0) pin.emplace(request.cpu);
  blas.set_threads(1);
  const SgemmFunction sgemm =
      [&blas](
          const GemmCall& call, float alpha, const float* a, const float* b, float beta, float* c) {
        blas.sgemm(call, alpha, a, b, beta, c);
      };
  Verification verification = verify_sgemm_shapes(sgemm);
  if (verification.passed) {
    const auto n = static_cast<std::size_t>(request.size);
    FloatBuffer a(n * n);
    FloatBuffer b(n * n);
    FloatBuffer c(n * n);
    const SquareProblem problem{request.size, a.span(), b.span(), c.span()};
    // The call under test is the warm-up of the timing as well.
    verification = verify_sgemm_product(sgemm, problem, kSeed);
    if (verification.passed) {
      fill_unit(problem.a, kSeed);
      fill_unit(problem.b, kSeed + 1);
      time_calls(blas, problem, request.budget, answer);
    }
  }
  answer.verified = verification.passed;
  answer.detail = verification.detail;
  return answer;
}

ChildTask openblas_trial_task() {
  return ChildTask{kCoreTrialTask, [](const JsonValue& request) {
                     return to_json(run_core_trial(core_trial_request(request)));
                   }};
}

}  // namespace perfbench
