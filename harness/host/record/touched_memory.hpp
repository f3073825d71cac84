#pragma once

#include <cstddef>

namespace perfbench {

/// Pages that are there before they are used: mapped, touched and, where the machine allows it,
/// locked, so that no query pays for a page fault (1 us at the 99.9th percentile). Zero at first.
class TouchedMemory {
 public:
  TouchedMemory() = default;
  /// Throws std::bad_alloc when the memory is not to be had. 0 bytes are nothing.
  explicit TouchedMemory(std::size_t bytes);
  TouchedMemory(TouchedMemory&& other) noexcept;
  TouchedMemory& operator=(TouchedMemory&& other) noexcept;
  TouchedMemory(const TouchedMemory&) = delete;
  TouchedMemory& operator=(const TouchedMemory&) = delete;
  ~TouchedMemory() noexcept;

  [[nodiscard]] void* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  /// The memory cannot be swapped out. RLIMIT_MEMLOCK often forbids it, and nothing else depends on
  /// it.
  [[nodiscard]] bool locked() const noexcept { return locked_; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
  bool locked_ = false;
};

}  // namespace perfbench
