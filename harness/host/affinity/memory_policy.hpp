#pragma once

#include <string>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Makes every page that the calling thread touches first come from one NUMA node, until the
/// destructor gives the thread its earlier policy back, on the same thread. A refusal (a node that
/// does not exist, a container that forbids set_mempolicy) is told, and nothing is changed: memory
/// measured then would be called remote and be local.
class ScopedMemoryPolicy {
 public:
  explicit ScopedMemoryPolicy(int node);
  ScopedMemoryPolicy(const ScopedMemoryPolicy&) = delete;
  ScopedMemoryPolicy& operator=(const ScopedMemoryPolicy&) = delete;
  ~ScopedMemoryPolicy() noexcept;

  [[nodiscard]] bool bound() const noexcept { return refusal_.empty(); }
  /// Empty when bound, otherwise "memory of node 63 was refused: Invalid argument".
  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }

 private:
  int previous_mode_ = 0;
  std::vector<unsigned long> previous_nodes_;
  std::string refusal_;
};

/// Free memory of one NUMA node (MemFree of its meminfo, page cache not counted). A thread bound to
/// a node that has no more of it is killed rather than refused, so whoever binds asks first.
[[nodiscard]] Reading<Bytes> free_memory_of_node(int node);

}  // namespace perfbench
