#pragma once

#include <cstddef>
#include <string>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Memory of a kernel: mapped, aligned to a huge page of 2 MiB and offered to the system as such,
/// which is advice; where it is not taken, the kernels run on small pages and the figures hold
/// their page walks. Not touched: the thread that writes a page first decides where it lies.
class HugeMapping {
 public:
  /// Throws ResourceError, which names `owner` ("The DRAM kernels"), when the memory is refused.
  HugeMapping(Bytes size, const std::string& owner);
  ~HugeMapping();
  HugeMapping(const HugeMapping&) = delete;
  HugeMapping& operator=(const HugeMapping&) = delete;

  [[nodiscard]] void* data() const noexcept { return aligned_; }
  [[nodiscard]] Bytes size() const noexcept { return size_; }

 private:
  Bytes size_;
  std::size_t mapped_ = 0;
  void* mapping_ = nullptr;
  void* aligned_ = nullptr;
};

}  // namespace perfbench
