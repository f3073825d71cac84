#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Y (m x n) = X (m x k) W^T with fixed weights W (n x k, one row an output), all row-major: a
/// fully connected layer of inference, and with m = 1 the matrix-vector product that a token costs.
struct LinearShape {
  int m = 1;
  int n = 0;
  int k = 0;
  Precision precision = Precision::kFp32;  ///< Of the weights and the inputs as they are stored.
};

/// One layer with its weights in the form that its implementation wants (packed once). Belongs to
/// one thread unless its implementation has a pool of its own. X and Y are fp32 whatever the
/// weights are.
class Linear {
 public:
  Linear() = default;
  Linear(const Linear&) = delete;
  Linear& operator=(const Linear&) = delete;
  virtual ~Linear() = default;
  /// Bytes of the weights as stored: what one run() streams.
  [[nodiscard]] virtual Bytes weight_bytes() const noexcept = 0;
  /// The same layer with weights of its own, touched first by the calling thread: cheaper than
  /// packing them again. Null where the implementation has no way to; make() it anew then. Throws
  /// ResourceError when the memory is not to be had.
  [[nodiscard]] virtual std::unique_ptr<Linear> clone() const { return nullptr; }
  /// The same layer for m rows of X, on the same weights in memory, which live as long as one of
  /// them does. Of one thread like this one, but it may be another thread; what is shared is only
  /// read. Null where these weights do not serve that m; make() it anew then. Throws ResourceError.
  [[nodiscard]] virtual std::unique_ptr<Linear> for_rows(int /*m*/) const { return nullptr; }
  /// x: m * k, y: m * n; does not allocate, lock or throw.
  virtual void run(const float* x, float* y) noexcept = 0;
};

/// One way to carry out Linear: OpenBLAS under one core type, our packed kernels, oneDNN.
class LinearBackend {
 public:
  LinearBackend() = default;
  LinearBackend(const LinearBackend&) = delete;
  LinearBackend& operator=(const LinearBackend&) = delete;
  virtual ~LinearBackend() = default;
  [[nodiscard]] virtual std::string label() const = 0;    ///< "OpenBLAS 0.3.21, core SkylakeX"
  [[nodiscard]] virtual std::string library() const = 0;  ///< "OpenBLAS", "packed", "oneDNN"
  [[nodiscard]] virtual Isa isa() const noexcept = 0;
  /// Whether it runs on several threads by a pool of its own (true), or the caller runs one
  /// instance a thread, each on its part of n (false).
  [[nodiscard]] virtual bool has_pool() const noexcept = 0;
  [[nodiscard]] virtual bool supports(const LinearShape& shape) const noexcept = 0;
  /// `weights`: n * k, row-major; not needed after the call. `cpus`: one thread each for a backend
  /// with a pool; empty: 1 thread. Throws ResourceError when the memory is not to be had.
  [[nodiscard]] virtual std::unique_ptr<Linear> make(const LinearShape& shape,
                                                     std::span<const float> weights,
                                                     const std::vector<int>& cpus) const = 0;
};

}  // namespace perfbench
