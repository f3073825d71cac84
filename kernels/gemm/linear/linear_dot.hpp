#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "harness/core/kernel.hpp"
#include "kernels/gemm/linear/linear.hpp"

namespace perfbench {

/// How a backend's layer is measured.
struct LinearDotOptions {
  LinearShape shape;
  std::vector<int> cpus;  ///< One thread each; empty: one thread.
  /// The run rotates through so many copies of the weights that they take this much together, all
  /// threads counted, as a model's layers do: beyond the last-level cache each run finds its
  /// weights in DRAM. 0: one copy, which stays where it fits.
  Bytes cold_at_least{0};
  std::uint64_t seed = 1;  ///< Of the weights and of X.
  /// cold_at_least is known to be beyond the last-level caches (DramWorkingSet::beyond_caches).
  bool beyond_caches = false;
};

/// The kernel that measures a layer: a dot under the roofs. One iteration is one run of the layer.
/// Its kind is bandwidth for m <= 8, where reading the weights takes most machines longer than the
/// arithmetic, and compute beyond; work() always holds both. Flops are 2 m n k, bytes the least
/// that can be moved: the weights as they are stored, X and Y once each.
///
/// A backend without a pool runs one instance a thread: the k-th kernel made (modulo the number of
/// CPUs) has the k-th part of n, whole lines of 16 outputs, and work() is an equal share of the
/// whole, so that instances times work() is right where n does not divide evenly. A backend with a
/// pool has one instance of all of n, and info.threads is the number of CPUs.
///
/// verify() holds every copy's answer against whole-number arithmetic at real size: all outputs of
/// a small layer, a sample of a large one. Weights and X are whole numbers so small that every sum
/// is exact in fp32 and in bf16; int8 may be wrong by its rounding. Throws UsageError when the
/// backend does not support the shape.
[[nodiscard]] KernelEntry linear_entry(std::shared_ptr<const LinearBackend> backend,
                                       const LinearDotOptions& options);

/// The layers that are measured: m = 1, 2, 4, 8, 16 at n = k = 4096, and m = 3 at sizes that are no
/// multiple of anything.
[[nodiscard]] std::span<const LinearShape> layer_shapes() noexcept;

/// How all of them are measured.
struct LinearDotsOptions {
  std::vector<int> cpus;
  Bytes cold_at_least{0};  ///< LinearDotOptions::cold_at_least of each.
  std::uint64_t seed = 1;
  Precision precision = Precision::kFp32;
  bool beyond_caches = false;  ///< LinearDotOptions::beyond_caches of each.
};

/// layer_shapes() of each backend that supports them: shape by shape, so that what is compared
/// stands side by side.
[[nodiscard]] std::vector<KernelEntry> linear_dots(
    std::span<const std::shared_ptr<const LinearBackend>> backends,
    const LinearDotsOptions& options);

}  // namespace perfbench
