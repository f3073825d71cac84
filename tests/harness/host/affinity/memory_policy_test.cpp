#include "harness/host/affinity/memory_policy.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace perfbench {
namespace {

/// linux/mempolicy.h
constexpr int kMpolBind = 2;
constexpr int kNodeOfAddress = 3;

int current_mode() {
  int mode = -1;
  ::syscall(SYS_get_mempolicy, &mode, nullptr, 0, nullptr, 0);
  return mode;
}

TEST(MemoryPolicy, NodeZeroIsBoundAndTheEarlierPolicyComesBack) {
  const int before = current_mode();
  {
    const ScopedMemoryPolicy policy(0);
    if (!policy.bound()) GTEST_SKIP() << policy.refusal();
    EXPECT_EQ(current_mode(), kMpolBind);
    void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(page, MAP_FAILED);
    *static_cast<volatile char*>(page) = 1;
    int node = -1;
    EXPECT_EQ(::syscall(SYS_get_mempolicy, &node, nullptr, 0, page, kNodeOfAddress), 0);
    EXPECT_EQ(node, 0);
    ::munmap(page, 4096);
  }
  EXPECT_EQ(current_mode(), before);
}

TEST(MemoryPolicy, ANodeThatIsNotThereIsRefusedWithTheReason) {
  if (free_memory_of_node(63).available()) GTEST_SKIP() << "this machine has a node 63";
  const int before = current_mode();
  const ScopedMemoryPolicy policy(63);
  EXPECT_FALSE(policy.bound());
  EXPECT_EQ(policy.refusal().rfind("memory of node 63 was refused: ", 0), 0U) << policy.refusal();
  EXPECT_EQ(current_mode(), before);
}

TEST(MemoryPolicy, TellsANodesFreeMemory) {
  const Reading<Bytes> none = free_memory_of_node(63);
  if (!none.available()) {
    EXPECT_NE(none.reason().find("node63"), std::string::npos);
  }
  const Reading<Bytes> first = free_memory_of_node(0);
  if (!first.available()) GTEST_SKIP() << first.reason();
  EXPECT_GT(first.value().count(), 0U);
}

}  // namespace
}  // namespace perfbench
