#include "kernels/memory/huge_mapping.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <system_error>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20U;

}  // namespace

HugeMapping::HugeMapping(Bytes size, const std::string& owner)
    : size_(size), mapped_(static_cast<std::size_t>(size.count()) + kHugePage) {
  CHECK(size.count() > 0, "a mapping of nothing");
  void* mapping =
      ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) {
    const int error = errno;
    throw ResourceError(
        owner + " cannot map " + std::to_string((mapped_ + (1U << 20U) - 1) >> 20U) +
            " MiB: " + std::generic_category().message(error) + ".",
        "Free memory, raise the limit on address space (ulimit -v), or use fewer threads.");
  }
  mapping_ = mapping;
  static_cast<void>(::madvise(mapping_, mapped_, MADV_HUGEPAGE));
  aligned_ = mapping_;
  std::size_t space = mapped_;
  CHECK(std::align(kHugePage, static_cast<std::size_t>(size.count()), aligned_, space) != nullptr,
        "the mapping has room for its alignment");
}

HugeMapping::~HugeMapping() { ::munmap(mapping_, mapped_); }

}  // namespace perfbench
