#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "harness/host/affinity/affinity.hpp"
#include "kernels/gemm/openblas/openblas.hpp"

namespace perfbench {

/// The workers of one OpenBLAS on one CPU each while anybody holds this: unpinned ones may meet on
/// one CPU, at half the speed. What was pinned before keeps its claim and comes back when this
/// ends, in whatever order their holders let go.
class PinnedPool {
 public:
  PinnedPool(std::span<const int> workers,
             std::vector<int> cpus,
             std::shared_ptr<const PinnedPool> before)
      : cpus_(std::move(cpus)),
        before_(std::move(before)),
        pins_(workers, std::span<const int>(cpus_).subspan(1)) {}
  [[nodiscard]] const std::vector<int>& cpus() const noexcept { return cpus_; }

 private:
  std::vector<int> cpus_;
  std::shared_ptr<const PinnedPool> before_;
  ScopedThreadPins pins_;  ///< Ends first, before what it was put upon.
};

/// Pins for calls from a thread on cpus[0] that use cpus.size() threads; null for fewer than two,
/// and what holds already where it is the same. Throws ResourceError where this build has no
/// workers. As raise_pool(): no other thread of this process may be started meanwhile.
[[nodiscard]] std::shared_ptr<const PinnedPool> pin_pool(const OpenBlas& blas,
                                                         const std::vector<int>& cpus);

}  // namespace perfbench
