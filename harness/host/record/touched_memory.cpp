#include "harness/host/record/touched_memory.hpp"

#include <sys/mman.h>

#include <cstring>
#include <new>
#include <utility>

namespace perfbench {

TouchedMemory::TouchedMemory(std::size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  data_ = memory;
  locked_ = mlock(memory, bytes) == 0;
  std::memset(memory, 0, bytes);
}

TouchedMemory::TouchedMemory(TouchedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)),
      locked_(std::exchange(other.locked_, false)) {}

TouchedMemory& TouchedMemory::operator=(TouchedMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  std::swap(locked_, other.locked_);
  return *this;
}

TouchedMemory::~TouchedMemory() noexcept {
  if (data_ != nullptr) munmap(data_, bytes_);
}

}  // namespace perfbench
