#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// C = alpha op(A) op(B) + beta C as BLAS spells it. Sizes are 32-bit: Debian's OpenBLAS has the
/// LP64 interface.
struct GemmCall {
  bool transpose_a = false;
  bool transpose_b = false;
  int m = 0;
  int n = 0;
  int k = 0;
  int lda = 0;
  int ldb = 0;
  int ldc = 0;
};

/// y = alpha op(A) x + beta y, A is m x n.
struct GemvCall {
  bool transpose_a = false;
  int m = 0;
  int n = 0;
  int lda = 0;
};

class PinnedPool;

/// What a loaded OpenBLAS says about itself.
struct OpenBlasFacts {
  std::string version;  ///< "0.3.21"
  std::string
      core_name;  ///< The kernels it runs ("Cooperlake"), whatever OPENBLAS_CORETYPE asked for.
  std::string config;     ///< openblas_get_config()
  std::string threading;  ///< "pthread", "openmp", "serial": openblas_get_parallel()
  std::string file;       ///< Path of the library that was loaded.
};

/// A loaded OpenBLAS. A light handle: copies share the one library, which stays loaded until the
/// process ends (its worker threads cannot be unloaded safely). All matrices are column-major.
///
/// The library reads its environment (OPENBLAS_CORETYPE, OPENBLAS_NUM_THREADS, OPENBLAS_L2_SIZE ..)
/// once, while it is loaded, and its pool inherits the loading thread's affinity: load it from a
/// thread that may use every measured CPU, after the environment is as it should be. See
/// core_search.hpp for the changes that make it run the fitting kernels.
class OpenBlas {
 public:
  [[nodiscard]] const OpenBlasFacts& facts() const noexcept { return facts_; }
  /// "OpenBLAS 0.3.21, core Cooperlake"
  [[nodiscard]] std::string label() const;
  /// The vector instructions of the kernels that it runs, by their core name.
  [[nodiscard]] Isa isa() const noexcept;

  /// Threads of the next calls, the caller included; at least 1. Process-wide.
  void set_threads(int threads) const noexcept;
  [[nodiscard]] int threads() const noexcept;

  /// Makes the library start the workers that `threads` threads need, and returns the kernel's ids
  /// of all its workers, so that they can be pinned: the first threads - 1 of them serve calls
  /// beside the caller. No other thread of this process may be started meanwhile.
  [[nodiscard]] std::vector<int> raise_pool(int threads) const;

  void sgemm(const GemmCall& call,
             float alpha,
             const float* a,
             const float* b,
             float beta,
             float* c) const noexcept;
  void dgemm(const GemmCall& call,
             double alpha,
             const double* a,
             const double* b,
             double beta,
             double* c) const noexcept;
  void sgemv(const GemvCall& call,
             float alpha,
             const float* a,
             const float* x,
             float beta,
             float* y) const noexcept;
  void dgemv(const GemvCall& call,
             double alpha,
             const double* a,
             const double* x,
             double beta,
             double* y) const noexcept;

 private:
  friend Reading<OpenBlas> load_openblas(const std::vector<std::string>& file_names);
  friend Reading<OpenBlas> load_openblas_copy(const OpenBlas& loaded);
  friend std::shared_ptr<const PinnedPool> pin_pool(const OpenBlas& blas,
                                                    const std::vector<int>& cpus);
  struct Pool {
    std::vector<int> workers;
    std::weak_ptr<const PinnedPool> pinned;  ///< The latest, while anybody holds it.
  };
  /// The C interface, as OpenBLAS's cblas.h has it (its enumerations are ints). No header of it is
  /// needed to build us.
  struct Functions {
    void (*sgemm)(int,
                  int,
                  int,
                  int,
                  int,
                  int,
                  float,
                  const float*,
                  int,
                  const float*,
                  int,
                  float,
                  float*,
                  int) = nullptr;
    void (*dgemm)(int,
                  int,
                  int,
                  int,
                  int,
                  int,
                  double,
                  const double*,
                  int,
                  const double*,
                  int,
                  double,
                  double*,
                  int) = nullptr;
    void (*sgemv)(
        int, int, int, int, float, const float*, int, const float*, int, float, float*, int) =
        nullptr;
    void (*dgemv)(
        int, int, int, int, double, const double*, int, const double*, int, double, double*, int) =
        nullptr;
    void (*set_num_threads)(int) = nullptr;
    int (*get_num_threads)() = nullptr;
    char* (*get_corename)() = nullptr;
    char* (*get_config)() = nullptr;
    int (*get_parallel)() = nullptr;
  };
  OpenBlas(const Functions& functions, OpenBlasFacts facts, std::vector<int> workers);
  /// The library behind a handle of dlopen, which read its environment just now. `file` is the path
  /// to report; empty: ask the loader. `threads_before`: this process's threads before it was
  /// loaded.
  static Reading<OpenBlas> adopt(void* library,
                                 std::string file,
                                 const std::vector<int>& threads_before);
  Functions functions_;
  OpenBlasFacts facts_;
  std::shared_ptr<Pool> pool_;  ///< Shared by the copies, like the library itself.
};

/// The names that Debian, Ubuntu and Fedora give the library, in the order to try them.
[[nodiscard]] std::vector<std::string> openblas_file_names();

/// Loads the first of `file_names` that is there, or says why none can be used and which package
/// brings it. To be called once in a process: only the first call sees which threads are the
/// library's.
[[nodiscard]] Reading<OpenBlas> load_openblas(
    const std::vector<std::string>& file_names = openblas_file_names());

/// Loads the same library once more, from a copy of its file in memory, so that one process runs
/// the kernels of two core types: the copy reads the environment anew and has a pool and buffers of
/// its own. It costs the file's size in memory (36 MB for Debian's 0.3.21) and some 40 ms. Not
/// available where the system refuses a file in memory.
[[nodiscard]] Reading<OpenBlas> load_openblas_copy(const OpenBlas& loaded);

/// sgemm or dgemm, sgemv or dgemv by the type of the numbers.
template <class Real>
void gemm(const OpenBlas& blas,
          const GemmCall& call,
          Real alpha,
          const Real* a,
          const Real* b,
          Real beta,
          Real* c) noexcept {
  if constexpr (std::is_same_v<Real, float>) {
    blas.sgemm(call, alpha, a, b, beta, c);
  } else {
    blas.dgemm(call, alpha, a, b, beta, c);
  }
}
template <class Real>
void gemv(const OpenBlas& blas,
          const GemvCall& call,
          Real alpha,
          const Real* a,
          const Real* x,
          Real beta,
          Real* y) noexcept {
  if constexpr (std::is_same_v<Real, float>) {
    blas.sgemv(call, alpha, a, x, beta, y);
  } else {
    blas.dgemv(call, alpha, a, x, beta, y);
  }
}

/// The vector instructions that OpenBLAS's kernels for a core use ("SkylakeX": AVX-512); kScalar
/// for an unknown name.
[[nodiscard]] Isa isa_of_openblas_core(const std::string& core_name) noexcept;

}  // namespace perfbench
