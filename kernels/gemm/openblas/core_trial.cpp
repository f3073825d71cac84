#include "kernels/gemm/openblas/core_trial.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/openblas/core_search.hpp"
#include "kernels/gemm/openblas/openblas.hpp"
#include "kernels/gemm/openblas/verify_gemm.hpp"
#include "kernels/gemm/openblas/verify_gemv.hpp"

namespace perfbench {
namespace {

constexpr std::uint64_t kSeed = 1;

/// Of the weights in thin shapes, all copies together: beyond the level-2 caches of every core that
/// we know, so that each call finds its weights cold, as a model's layers do.
constexpr std::size_t kRotatedBytes = std::size_t{64} << 20U;

/// The shortest call, in CPU time of this thread: beside a busy process the order of the core types
/// must not depend on which of them was interrupted. Alone on its CPU a thread's CPU time is the
/// wall time.
class Stopwatch {
 public:
  explicit Stopwatch(Nanoseconds budget) : budget_(budget) {}

  /// Whether another call fits; always the first where anything is to be timed.
  [[nodiscard]] bool again() const noexcept { return cpu_ < budget_; }

  template <class Call>
  void time(Call&& call) {
    const TimePoint begin = clock_.now();
    const Nanoseconds before = clock_.thread_cpu_time();
    call();
    const Nanoseconds took = std::max(Nanoseconds(1), clock_.thread_cpu_time() - before);
    wall_ += clock_.now() - begin;
    cpu_ += took;
    best_ = best_.count() == 0 ? took : std::min(best_, took);
  }

  [[nodiscard]] CellAnswer answer(std::string detail) const {
    return CellAnswer{true, std::move(detail), best_, cpu_, wall_};
  }

 private:
  SteadyClock clock_;
  Nanoseconds budget_;
  Nanoseconds best_{0};
  Nanoseconds cpu_{0};
  Nanoseconds wall_{0};
};

/// The cells of one precision: their matrices, and what the small shapes said of each operation.
/// Data stay as the checks leave them, small whole numbers: no kernel's time depends on values.
template <class Real>
class TrialBench {
 public:
  explicit TrialBench(const OpenBlas& blas) : blas_(blas) {}

  [[nodiscard]] CellAnswer measure(const TrialCell& trial) {
    return is_gemv(trial.cell.operation) ? measure_gemv(trial) : measure_gemm(trial);
  }

 private:
  [[nodiscard]] CellAnswer measure_gemm(const TrialCell& trial) {
    const bool transposed = is_transposed(trial.cell.shape_class);
    // The weights stand on the left: column-major C^T (n x m) = W (n x k) X^T (k x m).
    const GemmCall call = tight_gemm_call(transposed,
                                          static_cast<int>(trial.shape.n),
                                          static_cast<int>(trial.shape.m),
                                          static_cast<int>(trial.shape.k));
    reserve(trial, static_cast<std::size_t>(call.k) * static_cast<std::size_t>(call.n));
    const GemmFunction<Real> function =
        [this](
            const GemmCall& c, Real alpha, const Real* a, const Real* b, Real beta, Real* result) {
          gemm(blas_, c, alpha, a, b, beta, result);
        };
    const GemmProblem<Real> problem{
        call, a_.span().first(elements_), b_.span().first(inputs_), c_.span().first(results_)};
    if (trial.verify) {
      if (!gemm_shapes_) gemm_shapes_ = verify_gemm_shapes<Real>(function);
      if (!gemm_shapes_->passed) return refused(*gemm_shapes_);
      const Verification product = verify_gemm_product<Real>(function, problem, kSeed);
      if (!product.passed) return refused(product);
      detail_ = product.detail;
    }
    return timed(trial, [this, &call](const Real* weights) {
      gemm(blas_, call, Real{1}, weights, b_.data(), Real{0}, c_.data());
    });
  }

  [[nodiscard]] CellAnswer measure_gemv(const TrialCell& trial) {
    const bool transposed = is_transposed(trial.cell.shape_class);
    const auto n = static_cast<int>(trial.shape.n);
    const auto k = static_cast<int>(trial.shape.k);
    const GemvCall call{transposed, transposed ? k : n, transposed ? n : k, transposed ? k : n};
    reserve(trial, static_cast<std::size_t>(k));
    const GemvFunction<Real> function =
        [this](
            const GemvCall& c, Real alpha, const Real* a, const Real* x, Real beta, Real* result) {
          gemv(blas_, c, alpha, a, x, beta, result);
        };
    const GemvProblem<Real> problem{
        call, a_.span().first(elements_), b_.span().first(inputs_), c_.span().first(results_)};
    if (trial.verify) {
      if (!gemv_shapes_) gemv_shapes_ = verify_gemv_shapes<Real>(function);
      if (!gemv_shapes_->passed) return refused(*gemv_shapes_);
      const Verification product = verify_gemv_product<Real>(function, problem, kSeed);
      if (!product.passed) return refused(product);
      detail_ = product.detail;
    }
    return timed(trial, [this, &call](const Real* weights) {
      gemv(blas_, call, Real{1}, weights, b_.data(), Real{0}, c_.data());
    });
  }

  /// Memory for the weights and all their copies, for `inputs` numbers of input and the results.
  void reserve(const TrialCell& trial, std::size_t inputs) {
    elements_ = static_cast<std::size_t>(trial.shape.n) * static_cast<std::size_t>(trial.shape.k);
    inputs_ = inputs;
    results_ = static_cast<std::size_t>(trial.shape.n) * static_cast<std::size_t>(trial.shape.m);
    const bool thin = trial.shape.m * 8 < trial.shape.k;
    copies_ = !thin || trial.budget.count() == 0
                  ? 1
                  : std::max<std::size_t>(1, kRotatedBytes / (elements_ * sizeof(Real)));
    grow(a_, elements_ * copies_);
    grow(b_, inputs_);
    grow(c_, results_);
  }

  static void grow(MatrixBuffer<Real>& buffer, std::size_t elements) {
    if (buffer.size() >= elements) return;
    buffer = MatrixBuffer<Real>();  // First, so that both are never there at once.
    buffer = MatrixBuffer<Real>(elements);
    fill_integers(buffer.span(), kSeed, -1, 1);
  }

  static CellAnswer refused(const Verification& verification) {
    CellAnswer answer;
    answer.detail = verification.detail;
    return answer;
  }

  template <class Call>
  [[nodiscard]] CellAnswer timed(const TrialCell& trial, Call&& call) {
    Stopwatch stopwatch(trial.budget);
    for (std::size_t i = 1; stopwatch.again(); ++i) {
      const Real* weights = a_.data() + (i % copies_) * elements_;
      stopwatch.time([&] { call(weights); });
    }
    return stopwatch.answer(detail_);
  }

  const OpenBlas& blas_;
  MatrixBuffer<Real> a_;
  MatrixBuffer<Real> b_;
  MatrixBuffer<Real> c_;
  std::size_t elements_ = 0;
  std::size_t inputs_ = 0;
  std::size_t results_ = 0;
  std::size_t copies_ = 1;
  std::string detail_;
  std::optional<Verification> gemm_shapes_;
  std::optional<Verification> gemv_shapes_;
};

LibraryFile identity_of(const std::string& path) {
  LibraryFile file;
  file.path = path;
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    file.bytes = static_cast<std::uint64_t>(status.st_size);
    file.modified_ns = static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 +
                       static_cast<std::int64_t>(status.st_mtim.tv_nsec);
  }
  return file;
}

/// One precision after the other, so that the matrices of both are never there at once.
template <class Real>
void measure_precision(const OpenBlas& blas,
                       const CoreTrialRequest& request,
                       CoreTrialAnswer& answer) {
  constexpr Precision kPrecision =
      std::is_same_v<Real, float> ? Precision::kFp32 : Precision::kFp64;
  TrialBench<Real> bench(blas);
  for (std::size_t i = 0; i < request.cells.size(); ++i) {
    if (precision_of(request.cells[i].cell.operation) == kPrecision)
      answer.cells[i] = bench.measure(request.cells[i]);
  }
}

}  // namespace

CoreTrialAnswer run_core_trial(const CoreTrialRequest& request) {
  const Reading<OpenBlas> loaded =
      load_openblas(request.file_names.empty() ? openblas_file_names() : request.file_names);
  if (!loaded.available()) throw ResourceError(loaded.reason());
  const OpenBlas& blas = loaded.value();
  CoreTrialAnswer answer;
  answer.version = blas.facts().version;
  answer.core_name = blas.facts().core_name;
  answer.file = identity_of(blas.facts().file);
  const auto& skip = request.skip_cores;
  answer.skipped = std::find(skip.begin(), skip.end(), answer.core_name) != skip.end();
  if (answer.skipped) return answer;

  std::optional<ScopedPin> pin;
  if (request.cpu >= 0) pin.emplace(request.cpu);
  blas.set_threads(1);
  answer.cells.resize(request.cells.size());
  measure_precision<float>(blas, request, answer);
  measure_precision<double>(blas, request, answer);
  return answer;
}

ChildTask openblas_trial_task() {
  return ChildTask{kCoreTrialTask, [](const JsonValue& request) {
                     return to_json(run_core_trial(core_trial_request(request)));
                   }};
}

}  // namespace perfbench
