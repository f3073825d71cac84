#include "harness/host/disturbance/cgroup_throttle.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/temporary_folder.hpp"

namespace perfbench {
namespace {

constexpr const char* kVersion2Mount =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* kVersion1Mounts =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n";

std::string stat(int throttled) {
  return "nr_periods 40\nnr_throttled " + std::to_string(throttled) + "\nthrottled_usec 123\n";
}

TEST(CgroupThrottle, Version2SumsTheWholePath) {
  const TemporaryFolder root;
  root.write("proc/self/cgroup", "0::/user.slice/job\n");
  root.write("proc/self/mountinfo", kVersion2Mount);
  root.write("sys/fs/cgroup/cpu.stat", "usage_usec 5\nuser_usec 3\nsystem_usec 2\n");
  root.write("sys/fs/cgroup/user.slice/cpu.stat", stat(4));
  root.write("sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n");
  root.write("sys/fs/cgroup/user.slice/job/cpu.stat", stat(3));
  root.write("sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
  const Reading<std::int64_t> periods = read_throttled_periods(root.path());
  ASSERT_TRUE(periods.available()) << periods.reason();
  EXPECT_EQ(periods.value(), 7);
  EXPECT_NE(periods.source().find("3 cgroup levels"), std::string::npos) << periods.source();
}

TEST(CgroupThrottle, Version1SumsTheWholePath) {
  const TemporaryFolder root;
  root.write("proc/self/cgroup", "4:cpuset:/\n3:cpu,cpuacct:/docker/abc\n0::/\n");
  root.write("proc/self/mountinfo", kVersion1Mounts);
  root.write("sys/fs/cgroup/cpu,cpuacct/cpu.stat", stat(1));
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/cpu.stat", stat(20));
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.stat", stat(300));
  const Reading<std::int64_t> periods = read_throttled_periods(root.path());
  ASSERT_TRUE(periods.available()) << periods.reason();
  EXPECT_EQ(periods.value(), 321);
}

TEST(CgroupThrottle, AContainerSeesItsGroupAsTheMountsRoot) {
  const TemporaryFolder root;
  root.write("proc/self/cgroup", "3:cpu,cpuacct:/docker/abc\n");
  root.write("proc/self/mountinfo",
             "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n");
  root.write("sys/fs/cgroup/cpu/cpu.stat", stat(5));
  EXPECT_EQ(read_throttled_periods(root.path()).value(), 5);
}

TEST(CgroupThrottle, ASiblingWithALongerNameIsNoChildOfTheMount) {
  const TemporaryFolder root;
  root.write("proc/self/cgroup", "3:cpu,cpuacct:/docker/abcdef\n");
  root.write("proc/self/mountinfo",
             "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n");
  root.write("sys/fs/cgroup/cpu/cpu.stat", stat(5));
  root.write("sys/fs/cgroup/cpu/def/cpu.stat", stat(70));
  EXPECT_EQ(read_throttled_periods(root.path()).value(), 5);
}

TEST(CgroupThrottle, AGroupOutsideTheNamespaceIsReadAtTheMountPoint) {
  const TemporaryFolder root;
  root.write("proc/self/cgroup", "0::/../other\n");
  root.write("proc/self/mountinfo", kVersion2Mount);
  root.write("sys/fs/cgroup/cpu.stat", stat(6));
  EXPECT_EQ(read_throttled_periods(root.path()).value(), 6);
}

TEST(CgroupThrottle, AQuotaWithoutItsCountIsUnavailable) {
  const TemporaryFolder root;
  root.write("proc/self/cgroup", "0::/job\n");
  root.write("proc/self/mountinfo", kVersion2Mount);
  root.write("sys/fs/cgroup/job/cpu.max", "50000 100000\n");
  root.write("sys/fs/cgroup/job/cpu.stat", "usage_usec 5\n");
  EXPECT_FALSE(read_throttled_periods(root.path()).available());
  // Control: with the count it is a number.
  root.write("sys/fs/cgroup/job/cpu.stat", stat(2));
  EXPECT_EQ(read_throttled_periods(root.path()).value(), 2);
}

TEST(CgroupThrottle, NoControllerNoQuotaIsZeroAndUnseenIsUnavailable) {
  const TemporaryFolder root;
  EXPECT_FALSE(read_throttled_periods(root.path()).available());  // No /proc at all.
  root.write("proc/self/status", "Name: x\n");
  EXPECT_EQ(read_throttled_periods(root.path()).value(), 0);  // A kernel without cgroups.
  root.write("proc/self/cgroup", "0::/job\n");
  const Reading<std::int64_t> unseen = read_throttled_periods(root.path());
  EXPECT_FALSE(unseen.available());  // There is a group, and its files are out of sight.
  EXPECT_NE(unseen.reason().find("0::/job"), std::string::npos);
}

TEST(CgroupThrottle, ThisMachineAnswersOrSaysWhyNot) {
  const Reading<std::int64_t> periods = read_throttled_periods("/");
  if (periods.available()) {
    EXPECT_GE(periods.value(), 0);
    EXPECT_FALSE(periods.source().empty());
  } else {
    EXPECT_FALSE(periods.reason().empty());
  }
}

}  // namespace
}  // namespace perfbench
