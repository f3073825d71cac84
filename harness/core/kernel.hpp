#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/result/roofline.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// What a kernel is, for the report and for choosing what to measure it against.
struct KernelInfo {
  std::string name;     ///< "fma", "read", "triad_nt", "sgemm"
  std::string variant;  ///< What runs: "avx512", "OpenBLAS 0.3.21 SkylakeX"
  RoofKind kind = RoofKind::kCompute;
  bool is_roof = true;  ///< false: a dot under the roofs (gemm), judged by them.
  Precision precision = Precision::kNone;
  Isa isa = Isa::kScalar;
  MemoryLevel level = MemoryLevel::kNone;
  std::optional<MatrixShape> shape;  ///< Of a gemm or gemv.
  int threads = 1;  ///< Threads that one run() uses itself: 1, or the size of a library's pool.
  std::string description;  ///< Shapes and units in words: "C = A B, 2048 x 2048 x 2048, fp32,
                            ///< column-major"
  /// Of level DRAM: its memory is not known to be beyond the last-level cache, so part of the
  /// figure may be cache hits (Roof::may_hold_cache_hits).
  bool may_hold_cache_hits = false;
};

/// Work of one iteration. `bytes` is what the kernel declares (STREAM's count); `moved_bytes` is
/// what the level moves, write-allocate included. They are never mixed.
struct Work {
  Flops flops{0};
  Bytes bytes{0};
  Bytes moved_bytes{0};
  /// Dependent loads, of latency kernels alone: a window's time over them is the time of one.
  std::uint64_t accesses = 0;
};

/// Outcome of checking a kernel's or workload's answer against a reference. `detail` names the
/// worst difference.
struct Verification {
  bool passed = false;
  std::string detail;
};

/// Code under measurement, for one thread: a team of threads runs one instance each. All calls come
/// from the thread that runs it, already pinned, so that prepare() is the first touch. Not thread
/// safe.
class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  [[nodiscard]] virtual const KernelInfo& info() const noexcept = 0;
  /// Of one iteration of this instance.
  [[nodiscard]] virtual Work work() const noexcept = 0;
  /// Bytes this instance touches over and over; 0 for register-only kernels.
  [[nodiscard]] virtual Bytes working_set() const noexcept = 0;
  /// Allocates and fills (non-zero data). Throws ResourceError when the memory is not to be had.
  virtual void prepare() = 0;
  /// Checks the answer against a reference; leaves the kernel ready to run. Before any timing.
  [[nodiscard]] virtual Verification verify() = 0;
  /// The timed region: does not allocate, lock, log or branch on options.
  virtual void run(std::uint64_t iterations) noexcept = 0;
};

/// An entry of the registry: what can be made, without making it. make() allocates nothing big;
/// prepare() does.
struct KernelEntry {
  KernelInfo info;
  Bytes working_set{
      0};  ///< Per instance, known before making it, so that a plan can be held against the memory.
  std::function<std::unique_ptr<Kernel>()> make;
  /// Entries of one catalogue with the same word share their working set on each thread, so it
  /// counts once, and it is kept while more of them are to be measured. Empty: memory of its own.
  std::string shares_memory;
  /// Runs n x 100 dependent register additions (one core cycle each) among instructions of this
  /// kernel's kind. Where wide vectors lower the clock (AVX-512 licences), this chain's clock is
  /// the kernel's own, and additions alone read too high. Null: additions alone serve.
  std::function<void(std::uint64_t)> loaded_clock_chain = nullptr;
};

}  // namespace perfbench
