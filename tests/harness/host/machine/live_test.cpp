#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "harness/host/machine/cgroup.hpp"
#include "harness/host/machine/topology.hpp"
#include "tests/harness/host/machine/machine_support.hpp"

namespace perfbench {
namespace {

const MachineProbeOptions kLive{"/", {{"OMP_NUM_THREADS", "3"}}, true};

TEST(LiveProbe, AgreesWithTheSystemOnWhatThisProcessMayUse) {
  const Machine machine = MachineProbe(kLive).probe();
  cpu_set_t set;
  CPU_ZERO(&set);
  ASSERT_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
  EXPECT_EQ(test::integer_of(machine, "allowed_cpu_count"), CPU_COUNT(&set));
  const auto online = static_cast<std::size_t>(sysconf(_SC_NPROCESSORS_ONLN));
  EXPECT_EQ(machine.shape.cpus.size(), online);
  EXPECT_EQ(test::integer_of(machine, "page_size_bytes"), sysconf(_SC_PAGESIZE));
  const auto total =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  EXPECT_NEAR(
      static_cast<double>(test::integer_of(machine, "memory_total_bytes")), total, 0.01 * total);
  ASSERT_TRUE(machine.shape.memory_available.available());
  EXPECT_GT(machine.shape.memory_available.value(), mib(16));
  EXPECT_FALSE(machine.shape.identity.vendor.empty());
  EXPECT_FALSE(machine.shape.isas.empty());
}

TEST(LiveProbe, ChangesNoAffinity) {
  cpu_set_t before;
  cpu_set_t after;
  CPU_ZERO(&before);
  CPU_ZERO(&after);
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  static_cast<void>(MachineProbe(kLive).probe());
  ASSERT_EQ(sched_getaffinity(0, sizeof(after), &after), 0);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

TEST(LiveProbe, OneAllowedCpuShowsOneOfThemAll) {
  const Machine whole = MachineProbe(kLive).probe();
  const auto usable = std::find_if(whole.shape.cpus.rbegin(),
                                   whole.shape.cpus.rend(),
                                   [](const LogicalCpu& cpu) { return cpu.allowed; });
  ASSERT_NE(usable, whole.shape.cpus.rend());
  Machine narrowed;
  bool pinned = false;
  // In a thread of its own: the mask is the thread's and ends with it.
  std::thread([&] {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(usable->os_index), &set);
    pinned = sched_setaffinity(0, sizeof(set), &set) == 0;
    narrowed = MachineProbe(kLive).probe();
  }).join();
  if (!pinned) GTEST_SKIP() << "this process may not pin its threads";
  EXPECT_EQ(test::text_of(narrowed, "allowed_cpus"), std::to_string(usable->os_index));
  EXPECT_EQ(narrowed.shape.cpus.size(), whole.shape.cpus.size());
  const auto found = test::find_warning(narrowed.facts.warnings, "few-cpus-allowed");
  EXPECT_EQ(found != nullptr, whole.shape.cpus.size() > 1);
}

TEST(LiveProbe, AQuotaThatIsSetIsTheQuotaThatIsRead) {
  RootedFiles files("/");
  std::string group;
  for (const CgroupPath& path : find_cgroup_paths(files, "cpu")) {
    if (path.version == 1)
      group = path.folders.back() + "/perfbench-test-" + std::to_string(getpid());
  }
  if (group.empty() || mkdir(group.c_str(), 0755) != 0) {
    GTEST_SKIP() << "no cgroup v1 CPU hierarchy may be written here";
  }
  std::ofstream(group + "/cpu.cfs_quota_us") << 50000;
  std::ofstream(group + "/cpu.cfs_period_us") << 100000;
  const pid_t child = fork();
  if (child == 0) {
    std::ofstream(group + "/cgroup.procs") << getpid() << std::flush;
    const auto quota = MachineProbe(kLive).probe().shape.cpu_quota_cores;
    _exit(quota.available() && quota.value() <= 0.5 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(rmdir(group.c_str()), 0);
  EXPECT_EQ(status, 0);
}

TEST(LiveProbe, HwlocAndTheFilesTellOneTopology) {
  std::string xml;
  const auto by_hwloc = topology_by_hwloc(xml);
  RootedFiles files("/");
  const auto by_files = topology_from_sysfs(files);
  if (!by_files.available()) GTEST_SKIP() << by_files.reason();
  ASSERT_TRUE(by_hwloc.available()) << by_hwloc.reason();
  ASSERT_EQ(by_hwloc.value().cpus.size(), by_files.value().cpus.size());
  for (std::size_t i = 0; i < by_files.value().cpus.size(); ++i) {
    const TopologyCpu& a = by_hwloc.value().cpus[i];
    const TopologyCpu& b = by_files.value().cpus[i];
    EXPECT_EQ(a.cpu.os_index, b.cpu.os_index);
    EXPECT_EQ(a.cpu.package, b.cpu.package);
    EXPECT_EQ(a.cpu.numa_node, b.cpu.numa_node);
    EXPECT_EQ(a.caches, b.caches) << "cpu " << a.cpu.os_index;
  }
  const auto again = topology_from_hwloc_xml(xml);
  ASSERT_TRUE(again.available());
  EXPECT_EQ(again.value().cpus.size(), by_hwloc.value().cpus.size());
}

TEST(LiveProbe, CpuidAndTheKernelAgreeOnTheInstructionSets) {
  const Machine machine = MachineProbe(kLive).probe();
  if (machine.shape.identity.architecture != Architecture::kX86) {
    GTEST_SKIP() << "CPUID is an x86 instruction";
  }
  MachineProbeOptions files_only = kLive;
  files_only.live = false;
  // No file tells whether the kernel grants the tiles of AMX to this process.
  std::vector<Isa> isas = machine.shape.isas;
  std::erase(isas, Isa::kAmx);
  EXPECT_EQ(MachineProbe(files_only).probe().shape.isas, isas);
}

TEST(LiveProbe, ItsCaptureReplaysAndNamesNeitherHostNorUser) {
  const std::string text = write_capture(MachineProbe(kLive).snapshot());
  const MachineSnapshot snapshot = read_capture(text);
  EXPECT_EQ(snapshot.environment.at("OMP_NUM_THREADS"), "3");
  const Machine replayed = MachineProbe(snapshot).probe();
  const Machine live = MachineProbe(kLive).probe();
  for (const char* name : {"cores",
                           "logical_cpus",
                           "packages",
                           "l2_bytes",
                           "memory_total_bytes",
                           "vector_width_bits",
                           "allowed_cpu_count",
                           "timer_slack_ns"}) {
    EXPECT_EQ(test::integer_of(replayed, name), test::integer_of(live, name)) << name;
  }
  EXPECT_EQ(replayed.shape.isas, live.shape.isas);
  EXPECT_EQ(replayed.shape.cpu_quota_cores, live.shape.cpu_quota_cores);
  char host[256] = {};
  ASSERT_EQ(gethostname(host, sizeof(host) - 1), 0);
  if (std::string(host).size() >= 4) {  // a shorter one may be a word of the format
    EXPECT_EQ(text.find(host), std::string::npos);
  }
}

}  // namespace
}  // namespace perfbench
