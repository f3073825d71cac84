#pragma once

#include <memory>

#include "harness/core/kernel.hpp"
#include "kernels/latency/chase_arena.hpp"

namespace perfbench {

/// Chases through one cycle of an arena that it shares with the other kernels of its thread. An
/// iteration is 256 loads and goes on where the last one stopped.
class ChaseKernel final : public Kernel {
 public:
  ChaseKernel(KernelInfo info, const ChasePlace& place, std::shared_ptr<ChaseArenaPool> pool);

  const KernelInfo& info() const noexcept override { return info_; }
  Work work() const noexcept override;
  Bytes working_set() const noexcept override { return Bytes(place_.lines * kChaseLine); }
  /// Lays the cycle.
  void prepare() override;
  /// The cycle by plain code, and one turn of the loop against it.
  Verification verify() override;
  void run(std::uint64_t iterations) noexcept override;

 private:
  KernelInfo info_;
  ChasePlace place_;
  std::shared_ptr<ChaseArenaPool> pool_;
  std::shared_ptr<ChaseArena> arena_;
  ChaseCycle cycle_;
  void* at_ = nullptr;
};

/// What is the same of every chase; `name` is "chase" or "chase_sweep".
[[nodiscard]] KernelInfo chase_info(const char* name, MemoryLevel level, Bytes working_set);

/// The size in whole pages of 4096 bytes, at least one: what place_chases() takes.
[[nodiscard]] Bytes whole_pages(Bytes size) noexcept;

}  // namespace perfbench
