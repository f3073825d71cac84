#include "kernels/gemm/openblas/pinned_pool.hpp"

#include "harness/core/units/error.hpp"

namespace perfbench {

std::shared_ptr<const PinnedPool> pin_pool(const OpenBlas& blas, const std::vector<int>& cpus) {
  if (cpus.size() < 2) return nullptr;
  if (blas.facts().threading == "serial") {
    throw ResourceError("this OpenBLAS is the serial build, which uses one thread",
                        "apt-get install libopenblas0-pthread");
  }
  std::shared_ptr<const PinnedPool> held = blas.pool_->pinned.lock();
  if (held != nullptr && held->cpus() == cpus) return held;
  const std::vector<int> workers = blas.raise_pool(static_cast<int>(cpus.size()));
  auto pinned = std::make_shared<const PinnedPool>(workers, cpus, std::move(held));
  blas.pool_->pinned = pinned;
  return pinned;
}

}  // namespace perfbench
