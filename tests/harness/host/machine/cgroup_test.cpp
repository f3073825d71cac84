#include "harness/host/machine/cgroup.hpp"

#include <gtest/gtest.h>

#include "harness/host/machine/memory.hpp"
#include "tests/harness/host/machine/machine_support.hpp"

namespace perfbench {
namespace {

using test::add_file;

constexpr const char* kV2Mount =
    "30 23 0:27 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate";

MachineSnapshot v2(const std::string& path) {
  MachineSnapshot snapshot = test::empty_snapshot();
  add_file(snapshot, "/proc/self/cgroup", "0::" + path);
  add_file(snapshot, "/proc/self/mountinfo", kV2Mount);
  return snapshot;
}

CgroupLimits limits_of(const MachineSnapshot& snapshot) {
  SnapshotFiles files(snapshot);
  return read_cgroup_limits(files);
}

TEST(CgroupV2, TheTightestQuotaOfTheWholePathCounts) {
  auto snapshot = v2("/a/b");
  add_file(snapshot, "/sys/fs/cgroup/a/cpu.max", "50000 100000");
  add_file(snapshot, "/sys/fs/cgroup/a/b/cpu.max", "300000 100000");
  EXPECT_DOUBLE_EQ(limits_of(snapshot).quota_cores.value(), 0.5);
  EXPECT_EQ(limits_of(snapshot).quota_cores.source(), "cgroup v2 cpu.max, level 2 of 3");
  add_file(snapshot, "/sys/fs/cgroup/a/b/cpu.max", "10000 100000");
  EXPECT_DOUBLE_EQ(limits_of(snapshot).quota_cores.value(), 0.1);
}

TEST(CgroupV2, NoLimitAndNoAnswerAreTwoThings) {
  auto snapshot = v2("/a");
  EXPECT_EQ(limits_of(snapshot).quota_cores.reason(), "no cgroup told of a CPU quota");
  add_file(snapshot, "/sys/fs/cgroup/a/cpu.max", "max 100000");
  EXPECT_EQ(limits_of(snapshot).quota_cores.reason(),
            "no CPU quota on the visible cgroup levels (1)");
  for (const char* broken : {"", "max", "1 0", "x y", "-5 100000"}) {
    add_file(snapshot, "/sys/fs/cgroup/a/cpu.max", broken);
    EXPECT_FALSE(limits_of(snapshot).quota_cores.available()) << broken;
  }
}

TEST(CgroupV2, FilePagesThatCanBeDroppedCountAsLeft) {
  auto snapshot = v2("/a");
  add_file(snapshot, "/sys/fs/cgroup/a/memory.max", "1000");
  add_file(snapshot, "/sys/fs/cgroup/a/memory.current", "900");
  EXPECT_EQ(limits_of(snapshot).memory_left.value(), Bytes(100));
  add_file(snapshot, "/sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 400\n");
  EXPECT_EQ(limits_of(snapshot).memory_left.value(), Bytes(500));
  EXPECT_EQ(limits_of(snapshot).memory_limit.value(), Bytes(1000));
  add_file(snapshot, "/sys/fs/cgroup/a/memory.high", "700");
  EXPECT_EQ(limits_of(snapshot).memory_limit.value(), Bytes(700));
}

TEST(CgroupV2, AGroupOutsideTheMountIsReadAtTheMountPoint) {
  // A container with a cgroup namespace of its own whose group lies above: only the mount is seen.
  auto snapshot = v2("/../../other");
  add_file(snapshot, "/sys/fs/cgroup/cpu.max", "200000 100000");
  EXPECT_DOUBLE_EQ(limits_of(snapshot).quota_cores.value(), 2.0);
  EXPECT_EQ(limits_of(snapshot).quota_cores.source(), "cgroup v2 cpu.max, level 1 of 1");
}

TEST(CgroupV1, QuotaAndMemoryOfEachHierarchy) {
  auto snapshot = test::empty_snapshot();
  add_file(snapshot, "/proc/self/cgroup", "4:memory:/m/n\n3:cpuset:/s\n2:cpu,cpuacct:/c\n0::/");
  add_file(snapshot,
           "/proc/self/mountinfo",
           "1 0 0:1 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
           "2 0 0:2 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
           "3 0 0:3 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
           "4 0 0:4 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw");
  add_file(snapshot, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1");
  add_file(snapshot, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
  add_file(snapshot, "/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "25000");
  add_file(snapshot, "/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_period_us", "50000");
  add_file(snapshot, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
  add_file(snapshot, "/sys/fs/cgroup/memory/m/memory.limit_in_bytes", "5000");
  add_file(snapshot, "/sys/fs/cgroup/memory/m/memory.usage_in_bytes", "4500");
  add_file(snapshot, "/sys/fs/cgroup/memory/m/memory.stat", "total_inactive_file 500\n");
  add_file(snapshot, "/sys/fs/cgroup/memory/m/n/memory.limit_in_bytes", "9000");
  add_file(snapshot, "/sys/fs/cgroup/cpuset/s/cpuset.effective_cpus", "2-3");
  const auto limits = limits_of(snapshot);
  EXPECT_DOUBLE_EQ(limits.quota_cores.value(), 0.5);
  EXPECT_EQ(limits.quota_cores.source(), "cgroup v1 cpu.cfs_quota_us, level 2 of 2");
  EXPECT_EQ(limits.memory_limit.value(), Bytes(5000));
  EXPECT_EQ(limits.memory_left.value(), Bytes(1000));
  EXPECT_EQ(limits.cpuset.value(), (std::vector<int>{2, 3}));
}

TEST(CgroupHybrid, ALimitInEitherVersionCounts) {
  auto snapshot = test::empty_snapshot();
  add_file(snapshot, "/proc/self/cgroup", "2:cpu:/\n0::/u");
  add_file(snapshot,
           "/proc/self/mountinfo",
           "1 0 0:1 / /cg/cpu rw - cgroup cgroup rw,cpu\n2 0 0:2 / /cg/two rw - cgroup2 none rw");
  add_file(snapshot, "/cg/cpu/cpu.cfs_quota_us", "300000");
  add_file(snapshot, "/cg/cpu/cpu.cfs_period_us", "100000");
  add_file(snapshot, "/cg/two/u/cpu.max", "200000 100000");
  EXPECT_DOUBLE_EQ(limits_of(snapshot).quota_cores.value(), 2.0);
  add_file(snapshot, "/cg/cpu/cpu.cfs_quota_us", "100000");
  EXPECT_DOUBLE_EQ(limits_of(snapshot).quota_cores.value(), 1.0);
}

TEST(CgroupV1, TheHostsPathIsTakenOffWhereOnlyTheContainersPartIsMounted) {
  auto snapshot = test::empty_snapshot();
  add_file(snapshot, "/proc/self/cgroup", "2:cpu:/docker/id");
  add_file(snapshot,
           "/proc/self/mountinfo",
           "1 0 0:1 /docker/id /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu");
  add_file(snapshot, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "150000");
  add_file(snapshot, "/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  EXPECT_DOUBLE_EQ(limits_of(snapshot).quota_cores.value(), 1.5);
}

TEST(Cgroup, WithoutAnyNothingIsKnownAndNothingThrows) {
  const auto limits = limits_of(test::empty_snapshot());
  EXPECT_FALSE(limits.quota_cores.available());
  EXPECT_FALSE(limits.memory_limit.available());
  EXPECT_FALSE(limits.cpuset.available());
}

TEST(MemoryAvailable, TheLeastOfThreeBoundsWithItsName) {
  auto snapshot = v2("/a");
  add_file(snapshot, "/proc/meminfo", "MemAvailable:  8 kB");
  const auto available = [&snapshot] {
    SnapshotFiles files(snapshot);
    ProbeContext context{files, snapshot.system, snapshot.environment};
    return read_memory_available(context, read_cgroup_limits(files));
  };
  EXPECT_EQ(available().value(), Bytes(8192));
  EXPECT_EQ(available().source(), "MemAvailable of /proc/meminfo");
  add_file(snapshot, "/sys/fs/cgroup/a/memory.max", "5000");
  add_file(snapshot, "/sys/fs/cgroup/a/memory.current", "1000");
  EXPECT_EQ(available().value(), Bytes(4000));
  snapshot.system.address_space_limit_bytes = Reading<std::int64_t>::of(6144, "limit");
  add_file(snapshot, "/proc/self/status", "VmSize:\t  4 kB");
  EXPECT_EQ(available().value(), Bytes(2048));
  EXPECT_EQ(available().source(), "RLIMIT_AS less VmSize");
  snapshot.system.address_space_limit_bytes = Reading<std::int64_t>::of(-1, "limit");
  EXPECT_EQ(available().value(), Bytes(4000));
}

}  // namespace
}  // namespace perfbench
