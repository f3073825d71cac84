#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/host/process/child_runner.hpp"
#include "kernels/gemm/linear/linear.hpp"

namespace perfbench {

class OneDnnLibrary;

/// What a loaded oneDNN says about itself.
struct OneDnnFacts {
  std::string version;         ///< "2.6.3"
  std::string effective_isa;   ///< "avx512_core_amx": the widest that it uses on this CPU.
  Isa isa = Isa::kScalar;      ///< What its fp32 kernels run on.
  bool pool_reachable = true;  ///< Its OpenMP runtime is one whose threads can be set and pinned.
  std::string file;            ///< Path of the loaded library.
};

/// Intel's oneDNN, loaded with dlopen. Copies are cheap and mean the same library. What is made
/// from it belongs to the thread that makes it: OpenMP keeps one pool for each calling thread, and
/// the primitives are made for its number of threads.
class OneDnn {
 public:
  explicit OneDnn(std::shared_ptr<const OneDnnLibrary> library);

  [[nodiscard]] const OneDnnFacts& facts() const noexcept;
  [[nodiscard]] std::string label() const;  ///< "oneDNN 2.6.3, avx512_core_amx"
  [[nodiscard]] const std::shared_ptr<const OneDnnLibrary>& library() const noexcept {
    return library_;
  }
  /// Layers with fixed weights, packed once into the format that the library prefers (`any`). fp32
  /// as it is; bf16: weights and inputs rounded to nearest even; int8: inputs to u8 around 128 and
  /// weights to s8, each row by a power of two of its own, so that small whole numbers stay exact,
  /// sums in s32. Y is fp32 always; converting X and Y is part of run().
  [[nodiscard]] std::shared_ptr<const LinearBackend> linear() const;

 private:
  std::shared_ptr<const OneDnnLibrary> library_;
};

struct OneDnnLoadOptions {
  /// Tried in turn; empty: the names that the build's headers belong to.
  std::vector<std::string> file_names{};
};

/// Loads the library; "not available: built without oneDNN .." where the build had no headers, and
/// the reason where the library is missing or of another major version than the headers.
[[nodiscard]] Reading<OneDnn> load_onednn(const OneDnnLoadOptions& options = {});

/// What to change in the environment before this process loads oneDNN. GCC's OpenMP runtime lets
/// idle workers spin for some 10 ms after a call (GOMP_SPINCOUNT, 300,000 pauses), on CPUs where
/// another kernel is measured by then.
[[nodiscard]] EnvironmentChanges onednn_load_environment();

struct OneDnnGemmOptions {
  int size = 2048;                         ///< m = n = k
  Precision precision = Precision::kFp32;  ///< kFp32, kBf16 (fp32 result) or kInt8 (u8 s8 -> s32).
  std::vector<int> cpus{};  ///< One thread per entry, the caller on cpus[0]; empty: 1.
  std::uint64_t seed = 1;   ///< Of the matrices' values.
};

/// Whether this library has such a product on this CPU, with exact sums: without VNNI its int8
/// kernels add pairs in 16 bits, which saturates.
[[nodiscard]] bool onednn_has(const OneDnn& onednn, Precision precision);

/// C = A B, square, row-major, through the matmul primitive; B is packed once, before the timed
/// region. The variant names the library's implementation. One instance uses all its threads
/// itself, and is made, prepared and run by one thread, pinned to cpus[0]. Throws UsageError for a
/// size or precision that cannot be.
[[nodiscard]] KernelEntry onednn_gemm_entry(const OneDnn& onednn, const OneDnnGemmOptions& options);

}  // namespace perfbench
