#include <gtest/gtest.h>

#include "tests/harness/host/machine/machine_support.hpp"

namespace perfbench {
namespace {

using test::integer_of;
using test::text_of;
using test::warning_ids;
using Ids = std::vector<std::string>;

std::size_t count_kind(const MachineShape& shape, CoreKind kind) {
  return static_cast<std::size_t>(
      std::count_if(shape.cpus.begin(), shape.cpus.end(), [kind](const LogicalCpu& cpu) {
        return cpu.kind == kind;
      }));
}

TEST(Laptop, HasTwoKindsOfCoreAndRunsOnItsBattery) {
  const Machine machine = test::replay("synthetic/laptop_hybrid_intel.json");
  EXPECT_EQ(integer_of(machine, "packages"), 1);
  EXPECT_EQ(integer_of(machine, "cores"), 12);
  EXPECT_EQ(integer_of(machine, "logical_cpus"), 16);
  EXPECT_EQ(integer_of(machine, "smt_threads_per_core"), 2);
  EXPECT_EQ(list_fact(machine.facts, "core_kinds").value(),
            (Ids{"performance: 4 cores, cpus 0-7", "efficiency: 8 cores, cpus 8-15"}));
  EXPECT_EQ(count_kind(machine.shape, CoreKind::kPerformance), 8U);
  EXPECT_EQ(count_kind(machine.shape, CoreKind::kEfficiency), 8U);
  EXPECT_EQ(text_of(machine, "microarchitecture"), "Golden Cove");
  EXPECT_EQ(integer_of(machine, "l1d_bytes"), 48 << 10U);
  EXPECT_EQ(integer_of(machine, "l2_bytes"), 1280 << 10U);
  EXPECT_EQ(integer_of(machine, "l2_total_bytes"), 4 * (1280 << 10U) + 2 * (2048 << 10U));
  EXPECT_EQ(text_of(machine, "power_source"), "battery");
  EXPECT_EQ(integer_of(machine, "battery_percent"), 63);  // the mouse's 5 % is not the machine's
  EXPECT_EQ(text_of(machine, "governor"), "powersave");
  EXPECT_EQ(bool_fact(machine.facts, "boost").value(), true);
  EXPECT_DOUBLE_EQ(number_fact(machine.facts, "frequency_max_hz").value(), 4.7e9);
  EXPECT_EQ(list_fact(machine.facts, "energy_counters").value(),
            Ids{"package-0, permission denied"});
  EXPECT_EQ(bool_fact(machine.facts, "virtual_machine").value(), false);
  EXPECT_EQ(warning_ids(machine),
            (Ids{"blas-threads-ambient",
                 "boost-on",
                 "counters-not-permitted",
                 "frequency-capped",
                 "governor-not-performance",
                 "hybrid-cores",
                 "on-battery",
                 "platform-profile-low",
                 "smt-siblings",
                 "swap-in-use",
                 "throttled-since-boot"}));
}

TEST(Laptop, OnItsChargerHasNoBatteryWarning) {
  MachineSnapshot snapshot = read_capture(test::capture_text("synthetic/laptop_hybrid_intel.json"));
  test::add_file(snapshot, "/sys/class/power_supply/AC/online", "1");
  test::add_file(snapshot, "/sys/class/power_supply/BAT0/status", "Charging");
  const Machine machine = MachineProbe(snapshot).probe();
  EXPECT_EQ(text_of(machine, "power_source"), "charger");
  EXPECT_EQ(test::find_warning(machine.facts.warnings, "on-battery"), nullptr);
}

TEST(Laptop, WithoutItsPmuFoldersLeaf1aTellsTheKinds) {
  MachineSnapshot snapshot = read_capture(test::capture_text("synthetic/laptop_hybrid_intel.json"));
  snapshot.files.erase("/sys/devices/cpu_core/cpus");
  EXPECT_EQ(count_kind(MachineProbe(snapshot).probe().shape, CoreKind::kEfficiency), 8U);
  // A hypervisor hides both: then nothing is guessed.
  snapshot.system.cpuid = Reading<std::vector<CpuidLeaf>>::unavailable("not asked");
  EXPECT_EQ(count_kind(MachineProbe(snapshot).probe().shape, CoreKind::kOnlyKind), 16U);
}

TEST(Server, HasTwoPackagesNodesAndASplitCache) {
  const Machine machine = test::replay("synthetic/server_two_socket_amd.json");
  EXPECT_EQ(integer_of(machine, "packages"), 2);
  EXPECT_EQ(integer_of(machine, "cores"), 16);
  EXPECT_EQ(integer_of(machine, "numa_nodes"), 2);
  EXPECT_EQ(integer_of(machine, "l3_bytes"), 16 << 20U);
  EXPECT_EQ(integer_of(machine, "l3_shared_by_cpus"), 4);
  EXPECT_EQ(integer_of(machine, "l3_total_bytes"), 8 * (16 << 20U));
  EXPECT_EQ(machine.shape.caches.size(), 3U);  // instruction caches are not in the shape
  EXPECT_EQ(machine.shape.cpus[16].core, machine.shape.cpus[0].core);
  EXPECT_NE(machine.shape.cpus[1].core, machine.shape.cpus[0].core);
  EXPECT_EQ(machine.shape.cpus[8].package, 1);
  EXPECT_EQ(machine.shape.cpus[24].numa_node, 1);
  EXPECT_EQ(text_of(machine, "microarchitecture"), "Zen 2");
  EXPECT_EQ(text_of(machine, "isolated_cpus"), "14-15");
  EXPECT_EQ(list_fact(machine.facts, "kernel_options").value(),
            (Ids{"isolcpus=14-15", "nohz_full=14-15", "transparent_hugepage=always"}));
  EXPECT_EQ(text_of(machine, "cycles_counter"), "counts");
  // The governor is right, counters count, memory is large: no warning of those.
  EXPECT_EQ(warning_ids(machine), (Ids{"boost-on", "numa-balancing", "smt-siblings"}));
}

TEST(Board, HasTwoDesignsOfCoreTwoClocksOfOneDoNotMakeAThird) {
  const Machine machine = test::replay("synthetic/board_arm_big_little.json");
  EXPECT_EQ(text_of(machine, "architecture"), "arm64");
  EXPECT_EQ(text_of(machine, "cpu_vendor"), "0x41");
  EXPECT_EQ(text_of(machine, "microarchitecture"), "Cortex-A55");
  EXPECT_EQ(find_fact(machine.facts, "cpu_model")->reading.source(),
            "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");
  EXPECT_EQ(list_fact(machine.facts, "core_kinds").value(),
            (Ids{"performance: 4 cores, cpus 4-7", "efficiency: 4 cores, cpus 0-3"}));
  EXPECT_EQ(integer_of(machine, "vector_width_bits"), 128);
  EXPECT_FALSE(bool_fact(machine.facts, "virtual_machine").available());
  EXPECT_FALSE(text_fact(machine.facts, "microcode").available());
  EXPECT_EQ(find_fact(machine.facts, "cpu_family"), nullptr);
  EXPECT_EQ(warning_ids(machine),
            (Ids{"boost-unknown", "governor-not-performance", "huge-pages-never", "hybrid-cores"}));
}

TEST(Board, OfOneDesignAtTwoClocksHasOneKind) {
  MachineSnapshot snapshot =
      read_capture(test::capture_text("synthetic/board_arm_big_little.json"));
  for (int cpu = 0; cpu < 8; ++cpu) {
    test::add_file(
        snapshot,
        "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/regs/identification/midr_el1",
        "0x00000000414fd0b0");
  }
  EXPECT_EQ(count_kind(MachineProbe(snapshot).probe().shape, CoreKind::kOnlyKind), 8U);
}

TEST(Container, IsHeldByTheMiddleOfItsPath) {
  const Machine machine = test::replay("synthetic/container_cpu_quota.json");
  EXPECT_DOUBLE_EQ(machine.shape.cpu_quota_cores.value(), 1.5);
  EXPECT_EQ(machine.shape.cpu_quota_cores.source(), "cgroup v2 cpu.max, level 3 of 4");
  EXPECT_EQ(integer_of(machine, "memory_limit_bytes"), 4LL << 30U);
  EXPECT_EQ(machine.shape.memory_available.value(), Bytes(768ULL << 20U));
  EXPECT_EQ(text_of(machine, "allowed_cpus"), "0-5");
  EXPECT_EQ(text_of(machine, "cpuset_cpus"), "0-5");
  EXPECT_EQ(std::count_if(machine.shape.cpus.begin(),
                          machine.shape.cpus.end(),
                          [](const LogicalCpu& cpu) { return cpu.allowed; }),
            6);
  EXPECT_EQ(text_of(machine, "container"), "kubepods");
  EXPECT_EQ(text_of(machine, "microarchitecture"), "Zen 4");
  EXPECT_EQ(integer_of(machine, "vector_width_bits"), 512);
  EXPECT_EQ(warning_ids(machine),
            (Ids{"blas-threads-ambient",
                 "boost-off",
                 "counters-not-permitted",
                 "cpu-quota",
                 "few-cpus-allowed",
                 "high-load",
                 "memory-small",
                 "openblas-coretype-ambient",
                 "smt-siblings"}));
}

TEST(Wsl2, IsNamedAndNothingThatItHidesIsGuessed) {
  const Machine machine = test::replay("synthetic/wsl2.json");
  EXPECT_EQ(bool_fact(machine.facts, "wsl2").value(), true);
  EXPECT_EQ(text_of(machine, "hypervisor"), "Hyper-V");
  EXPECT_FALSE(text_fact(machine.facts, "governor").available());
  EXPECT_FALSE(bool_fact(machine.facts, "boost").available());
  EXPECT_EQ(warning_ids(machine),
            (Ids{"frequency-unknown", "no-counters", "smt-siblings", "wsl2"}));
}

TEST(Captured, AVirtualMachineWhoseIdentityIsMasked) {
  const Machine machine = test::replay("captured/firecracker_vm_masked_intel.json");
  EXPECT_EQ(integer_of(machine, "cores"), 2);
  EXPECT_EQ(find_fact(machine.facts, "cores")->reading.source(), "hwloc");
  EXPECT_EQ(integer_of(machine, "l2_bytes"), 2 << 20U);
  EXPECT_EQ(integer_of(machine, "l3_bytes"), 491520LL << 10U);
  EXPECT_EQ(integer_of(machine, "l1i_bytes"), 64 << 10U);
  EXPECT_EQ(text_of(machine, "hypervisor"), "KVM");
  EXPECT_EQ(text_of(machine, "cgroup_version"), "v1 and v2");
  EXPECT_FALSE(machine.shape.cpu_quota_cores.available());
  // CPUID says Rocket Lake, the flags say that it is none: no row may be used.
  EXPECT_FALSE(text_fact(machine.facts, "microarchitecture").available());
  EXPECT_EQ(machine.shape.isas_without_kernel, Ids{"AMX"});
  const Ids ids = warning_ids(machine);
  for (const char* id :
       {"frequency-unknown", "identity-masked", "no-counters", "virtual-machine"}) {
    EXPECT_TRUE(std::binary_search(ids.begin(), ids.end(), id)) << id;
  }
  for (const char* id : {"wsl2", "cpu-quota", "few-cpus-allowed", "smt-siblings", "swap-in-use"}) {
    EXPECT_FALSE(std::binary_search(ids.begin(), ids.end(), id)) << id;
  }
}

TEST(Captured, TheFilesAloneGiveTheTopologyThatHwlocGave) {
  MachineSnapshot snapshot =
      read_capture(test::capture_text("captured/firecracker_vm_masked_intel.json"));
  ASSERT_TRUE(snapshot.hwloc_xml.available());
  const Machine by_hwloc = MachineProbe(snapshot).probe();
  snapshot.hwloc_xml = Reading<std::string>::unavailable("taken away");
  const Machine by_files = MachineProbe(snapshot).probe();
  EXPECT_EQ(find_fact(by_files.facts, "cores")->reading.source(), "/sys/devices/system/cpu");
  for (const char* name : {"packages",
                           "cores",
                           "logical_cpus",
                           "numa_nodes",
                           "l1d_bytes",
                           "l1i_bytes",
                           "l2_total_bytes",
                           "l3_shared_by_cpus",
                           "cache_line_bytes"}) {
    EXPECT_EQ(integer_of(by_files, name), integer_of(by_hwloc, name)) << name;
  }
}

TEST(EveryFixture, NamesEachFactOnceWithItsUnit) {
  for (const char* name : {"synthetic/laptop_hybrid_intel.json",
                           "synthetic/server_two_socket_amd.json",
                           "synthetic/board_arm_big_little.json",
                           "synthetic/container_cpu_quota.json",
                           "synthetic/wsl2.json",
                           "captured/firecracker_vm_masked_intel.json"}) {
    const Machine machine = test::replay(name);
    ASSERT_GT(machine.facts.facts.size(), 60U) << name;
    std::vector<std::string> names;
    for (const Fact& fact : machine.facts.facts) {
      names.push_back(fact.name);
      EXPECT_EQ(fact.unit == "B", fact.name.ends_with("_bytes")) << fact.name;
      EXPECT_EQ(fact.unit == "Hz", fact.name.ends_with("_hz")) << fact.name;
      EXPECT_EQ(fact.unit == "ns", fact.name.ends_with("_ns")) << fact.name;
      if (fact.reading.available()) {
        EXPECT_FALSE(fact.reading.source().empty()) << fact.name;
      } else {
        EXPECT_FALSE(fact.reading.reason().empty()) << fact.name;
      }
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end()) << name;
    for (const Warning& warning : machine.facts.warnings) {
      EXPECT_FALSE(warning.what.empty() || warning.why.empty() || warning.remedy.empty())
          << warning.id;
    }
  }
}

}  // namespace
}  // namespace perfbench
