#include "kernels/gemm/openblas/openblas.hpp"

#include <utility>

#include "harness/host/affinity/affinity.hpp"
#include "kernels/gemm/openblas/started_threads.hpp"

namespace perfbench {
namespace {

// Values of CBLAS_ORDER and CBLAS_TRANSPOSE, fixed by the CBLAS standard.
constexpr int kColumnMajor = 102;
constexpr int kNoTranspose = 111;
constexpr int kTranspose = 112;

/// Large enough for every OpenBLAS to split it over its pool (the smallest threaded sgemm is some
/// 100 cubed).
constexpr int kPoolRaisingSize = 256;

int cblas(bool transpose) { return transpose ? kTranspose : kNoTranspose; }

}  // namespace

OpenBlas::OpenBlas(const Functions& functions, OpenBlasFacts facts, std::vector<int> workers)
    : functions_(functions),
      facts_(std::move(facts)),
      pool_(std::make_shared<Pool>(Pool{std::move(workers), {}})) {}

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
  for (const int tid : threads_started_since(before)) pool_->workers.push_back(tid);
  return pool_->workers;
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

void OpenBlas::dgemv(const GemvCall& call,
                     double alpha,
                     const double* a,
                     const double* x,
                     double beta,
                     double* y) const noexcept {
  functions_.dgemv(
      kColumnMajor, cblas(call.transpose_a), call.m, call.n, alpha, a, call.lda, x, 1, beta, y, 1);
}

}  // namespace perfbench
