#include "harness/host/affinity/memory_policy.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <fstream>
#include <sstream>
#include <system_error>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

/// linux/mempolicy.h; its header is not on every machine, and libnuma is no dependency for two
/// calls.
constexpr int kMpolBind = 2;
constexpr std::size_t kWordBits = CHAR_BIT * sizeof(unsigned long);
/// Nodes that a kernel can be built for (CONFIG_NODES_SHIFT is at most 10): get_mempolicy() refuses
/// a mask shorter than the machine may have.
constexpr std::size_t kMostNodes = 1024;

/// The kernel reads one bit less than it is told.
unsigned long bits_for(std::size_t nodes) { return static_cast<unsigned long>(nodes + 1); }

}  // namespace

ScopedMemoryPolicy::ScopedMemoryPolicy(int node) {
  CHECK(node >= 0 && static_cast<std::size_t>(node) < kMostNodes, "no such number of a node");
  const std::string what = "memory of node " + std::to_string(node) + " was refused: ";
  std::vector<unsigned long> previous(kMostNodes / kWordBits, 0);
  if (::syscall(
          SYS_get_mempolicy, &previous_mode_, previous.data(), bits_for(kMostNodes), nullptr, 0) !=
      0) {
    refusal_ = what + std::generic_category().message(errno);
    return;
  }
  const auto bit = static_cast<std::size_t>(node);
  std::vector<unsigned long> wanted(kMostNodes / kWordBits, 0);
  wanted[bit / kWordBits] = 1UL << (bit % kWordBits);
  if (::syscall(SYS_set_mempolicy, kMpolBind, wanted.data(), bits_for(bit + 1)) != 0) {
    refusal_ = what + std::generic_category().message(errno);
    return;
  }
  previous_nodes_ = std::move(previous);
}

ScopedMemoryPolicy::~ScopedMemoryPolicy() noexcept {
  if (!bound()) return;
  // It was this thread's before, so it cannot be refused.
  ::syscall(SYS_set_mempolicy, previous_mode_, previous_nodes_.data(), bits_for(kMostNodes));
}

Reading<Bytes> free_memory_of_node(int node) {
  const std::string path = "/sys/devices/system/node/node" + std::to_string(node) + "/meminfo";
  std::ifstream file(path);
  // "Node 0 MemFree:  123456 kB"
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string label, number, key;
    std::uint64_t kib_free = 0;
    if (words >> label >> number >> key >> kib_free && key == "MemFree:") {
      return Reading<Bytes>::of(kib(kib_free), path);
    }
  }
  return Reading<Bytes>::unavailable(path + " cannot be read");
}

}  // namespace perfbench
