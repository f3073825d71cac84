#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "kernels/gemm/onednn/onednn.hpp"
#include "kernels/gemm/onednn/onednn_api.hpp"

namespace perfbench {

/// The loaded library: its functions, its CPU engine and its OpenMP runtime. Lives as long as
/// whatever was made from it. Not a public header.
class OneDnnLibrary {
 public:
  /// `library`: a handle from dlopen that is never closed.
  [[nodiscard]] static Reading<std::shared_ptr<const OneDnnLibrary>> from(void* library);

  [[nodiscard]] const OneDnnFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] const OneDnnApi& api() const noexcept { return api_; }
  [[nodiscard]] dnnl_engine_t engine() const noexcept { return engine_.get(); }
  /// False where sums of int8 products saturate in 16 bits.
  [[nodiscard]] bool exact_int8() const noexcept { return exact_int8_; }

  /// The calling thread's OpenMP calls from now on use this many threads. Some nanoseconds.
  void set_threads(int threads) const noexcept;
  /// Makes the calling thread's pool as large as `cpus` and puts its worker i on cpus[i] for as
  /// long as the result lives, the same one for the same thread and CPUs. Null for one CPU. Throws
  /// ResourceError where the runtime gives fewer threads, or has no pool that we can reach.
  [[nodiscard]] std::shared_ptr<const ScopedThreadPins> pin_pool(
      const std::vector<int>& cpus) const;

 private:
  /// Of the OpenMP runtime that the library brought along. GCC's runtime, and LLVM's for its sake.
  struct OpenMp {
    void (*parallel)(void (*body)(void*), void* data, unsigned threads, unsigned flags) = nullptr;
    int (*get_thread_num)() = nullptr;
    void (*set_num_threads)(int) = nullptr;
    void (*set_dynamic)(int) = nullptr;
  };

  OneDnnLibrary() = default;
  [[nodiscard]] std::vector<int> worker_tids(std::size_t threads) const;

  OneDnnApi api_;
  OpenMp openmp_;
  OneDnnFacts facts_;
  bool exact_int8_ = false;
  OneDnnHandle<dnnl_engine> engine_{nullptr, nullptr};

  mutable std::mutex pins_mutex_;
  /// By calling thread and CPUs: two owners that each restored the workers' masks would undo one
  /// another's.
  mutable std::map<std::pair<int, std::vector<int>>, std::weak_ptr<const ScopedThreadPins>> pins_;
};

}  // namespace perfbench
