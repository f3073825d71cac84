#include "harness/host/machine/warnings.hpp"

#include <gtest/gtest.h>

#include "harness/host/machine/environment.hpp"
#include "tests/harness/host/machine/machine_support.hpp"

namespace perfbench {
namespace {

using Text = Reading<std::string>;
using Integer = Reading<std::int64_t>;
using Number = Reading<double>;

/// Four cores without SMT, 16 GB to be had, a 32 MB cache: nothing to warn of.
MachineShape quiet_shape() {
  MachineShape shape;
  for (int i = 0; i < 4; ++i) {
    LogicalCpu cpu;
    cpu.os_index = i;
    cpu.core = i;
    shape.cpus.push_back(cpu);
  }
  shape.caches.push_back({3, mib(32), Bytes(64), 4});
  shape.memory_available = Reading<Bytes>::of(gib(16), "test");
  shape.cpu_quota_cores = Number::unavailable("none");
  return shape;
}

MachineFacts quiet_facts() {
  MachineFacts facts;
  add_fact(facts, "governor", Text::of("performance", "f"));
  add_fact(facts, "cpufreq_driver", Text::of("intel_pstate", "f"));
  add_fact(facts, "cycles_counter", Text::of("counts", "f"));
  add_fact(facts, "virtual_machine", Reading<bool>::of(false, "f"));
  add_fact(facts, "logical_cpus", "", Integer::of(4, "f"));
  return facts;
}

std::vector<std::string> ids(const MachineShape& shape, const MachineFacts& facts) {
  std::vector<std::string> found;
  for (const Warning& warning : find_warnings(shape, facts)) found.push_back(warning.id);
  return found;
}

using Ids = std::vector<std::string>;

/// A fact that raises a warning, and the same fact at a value that does not.
struct FactCase {
  const char* id;
  Fact raises;
  Fact silent;
};

Fact text(const char* name, const char* value) {
  return {name, "", Reading<FactValue>::of(FactValue(std::string(value)), "/f")};
}
Fact integer(const char* name, std::int64_t value) {
  return {name, "", Reading<FactValue>::of(FactValue(value), "/f")};
}
Fact number(const char* name, double value) {
  return {name, "", Reading<FactValue>::of(FactValue(value), "/f")};
}

std::vector<FactCase> fact_cases() {
  return {
      {"governor-not-performance", text("governor", "ondemand"), text("governor", "performance")},
      {"on-battery", text("power_source", "battery"), text("power_source", "charger")},
      {"platform-profile-low",
       text("platform_profile", "quiet"),
       text("platform_profile", "balanced")},
      {"throttled-since-boot", integer("throttle_events", 1), integer("throttle_events", 0)},
      {"high-load", number("load_average_1min", 1.01), number("load_average_1min", 1.0)},
      {"steal",
       number("steal_since_boot_fraction", 0.006),
       number("steal_since_boot_fraction", 0.004)},
      {"huge-pages-never",
       text("transparent_huge_pages", "never"),
       text("transparent_huge_pages", "madvise")},
      {"clocksource-slow", text("clocksource", "hpet"), text("clocksource", "tsc")},
      {"address-randomisation-off",
       text("address_randomisation", "off"),
       text("address_randomisation", "full")}};
}

TEST(Warnings, AQuietMachineHasNone) { EXPECT_EQ(ids(quiet_shape(), quiet_facts()), Ids{}); }

TEST(Warnings, EachFactRaisesItsOwnAndOnlyThat) {
  for (const FactCase& one : fact_cases()) {
    for (const bool raise : {true, false}) {
      MachineFacts facts = quiet_facts();
      const Fact& fact = raise ? one.raises : one.silent;
      add_fact(facts, fact.name, fact.unit, fact.reading);
      EXPECT_EQ(ids(quiet_shape(), facts), raise ? Ids{one.id} : Ids{}) << one.id;
    }
  }
}

TEST(Warnings, AFactThatIsNotAvailableRaisesNothing) {
  for (const FactCase& one : fact_cases()) {
    MachineFacts facts = quiet_facts();
    if (one.raises.name == "governor") continue;  // its absence is the next test's
    add_fact(facts, one.raises.name, "", Reading<FactValue>::unavailable("no such file"));
    EXPECT_EQ(ids(quiet_shape(), facts), Ids{}) << one.id;
  }
}

TEST(Warnings, NoCpufreqIsSaidOnce) {
  MachineFacts facts = quiet_facts();
  add_fact(facts, "governor", Text::unavailable("no such file"));
  add_fact(facts, "cpufreq_driver", Text::unavailable("no such file"));
  add_fact(facts, "boost", Reading<bool>::unavailable("no such file"));
  EXPECT_EQ(ids(quiet_shape(), facts), Ids{"frequency-unknown"});
}

TEST(Warnings, BoostNamesTheFileAndTheValueThatTurnsIt) {
  struct Case {
    bool on;
    const char* path;
    const char* id;
    const char* command;
  };
  for (const Case& one : {Case{true, "/x/no_turbo", "boost-on", "echo 1 | sudo tee /x/no_turbo"},
                          Case{false, "/x/no_turbo", "boost-off", "echo 0 | sudo tee /x/no_turbo"},
                          Case{true, "/x/boost", "boost-on", "echo 0 | sudo tee /x/boost"},
                          Case{false, "/x/boost", "boost-off", "echo 1 | sudo tee /x/boost"}}) {
    MachineFacts facts = quiet_facts();
    add_fact(facts, "boost", Reading<bool>::of(one.on, one.path));
    const auto warnings = find_warnings(quiet_shape(), facts);
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].id, one.id);
    EXPECT_TRUE(warnings[0].remedy.ends_with(one.command)) << warnings[0].remedy;
  }
}

TEST(Warnings, SwapCountsAgainstTheMemory) {
  for (const auto& [used, expected] :
       {std::pair{11'000'000LL, Ids{"swap-in-use"}}, std::pair{9'000'000LL, Ids{}}}) {
    MachineFacts facts = quiet_facts();
    add_fact(facts, "memory_total_bytes", "B", Integer::of(1'000'000'000, "f"));
    add_fact(facts, "swap_used_bytes", "B", Integer::of(used, "f"));
    EXPECT_EQ(ids(quiet_shape(), facts), expected);
  }
}

TEST(Warnings, NumaBalancingMattersWithNodes) {
  MachineFacts facts = quiet_facts();
  add_fact(facts, "numa_balancing", "", Integer::of(1, "f"));
  add_fact(facts, "numa_nodes", "", Integer::of(1, "f"));
  EXPECT_EQ(ids(quiet_shape(), facts), Ids{});
  add_fact(facts, "numa_nodes", "", Integer::of(2, "f"));
  EXPECT_EQ(ids(quiet_shape(), facts), Ids{"numa-balancing"});
}

TEST(Warnings, AQuotaIsFragileOnlyBelowTheAllowedCpus) {
  MachineShape shape = quiet_shape();
  shape.cpu_quota_cores = Number::of(4.0, "level 1 of 1");
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{});
  shape.cpu_quota_cores = Number::of(2.5, "level 1 of 1");
  const auto warnings = find_warnings(shape, quiet_facts());
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].id, "cpu-quota");
  EXPECT_NE(warnings[0].what.find("2.5 cores"), std::string::npos);
  EXPECT_TRUE(warnings[0].remedy.ends_with("--threads 2"));
  shape.cpu_quota_cores = Number::of(0.25, "level 1 of 1");
  EXPECT_TRUE(find_warnings(shape, quiet_facts())[0].remedy.ends_with("--threads 1"));
}

TEST(Warnings, FewCpusSiblingsAndKindsComeFromTheMask) {
  MachineShape shape = quiet_shape();
  shape.cpus[3].allowed = false;
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{"few-cpus-allowed"});
  shape = quiet_shape();
  shape.cpus[1].core = 0;
  auto warnings = find_warnings(shape, quiet_facts());
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].id, "smt-siblings");
  EXPECT_EQ(warnings[0].remedy.find("taskset -c 0,2,3 "), 0U);
  shape.cpus[1].allowed = false;  // the sibling is not ours to use: no pair is left
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{"few-cpus-allowed"});
  shape = quiet_shape();
  shape.cpus[0].kind = CoreKind::kPerformance;
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{});
  shape.cpus[1].kind = CoreKind::kEfficiency;
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{"hybrid-cores"});
}

TEST(Warnings, MemoryIsSmallAgainstTheLargestCache) {
  MachineShape shape = quiet_shape();
  shape.caches[0].size = mib(200);  // three arrays of four times it: 2.34 GiB
  shape.memory_available = Reading<Bytes>::of(mib(2400), "test");
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{});
  shape.memory_available = Reading<Bytes>::of(mib(2399), "test");
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{"memory-small"});
  const std::pair<const char*, const char*> remedies[] = {{"RLIMIT_AS less VmSize", "ulimit -v"},
                                                          {"cgroup v2 memory.max", "--memory"},
                                                          {"MemAvailable", "Close other"}};
  for (const auto& [source, remedy] : remedies) {
    shape.memory_available = Reading<Bytes>::of(mib(1), source);
    EXPECT_NE(find_warnings(shape, quiet_facts())[0].remedy.find(remedy), std::string::npos);
  }
  shape.memory_available = Reading<Bytes>::unavailable("not told");
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{});
}

TEST(Warnings, CountersNameTheLeastGrant) {
  MachineFacts facts = quiet_facts();
  add_fact(facts, "cycles_counter", Text::unavailable("not permitted: EACCES"));
  add_fact(facts, "perf_event_paranoid", "", Integer::of(4, "f"));
  auto warnings = find_warnings(quiet_shape(), facts);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].id, "counters-not-permitted");
  EXPECT_NE(warnings[0].remedy.find("perf_event_paranoid=2"), std::string::npos);
  EXPECT_NE(warnings[0].remedy.find("cap_perfmon"), std::string::npos);
  add_fact(facts, "perf_event_paranoid", "", Integer::of(2, "f"));  // not the level: a container
  warnings = find_warnings(quiet_shape(), facts);
  EXPECT_NE(warnings[0].remedy.find("--cap-add PERFMON"), std::string::npos);
  add_fact(facts, "cycles_counter", Text::unavailable("no PMU: ENOENT"));
  EXPECT_EQ(ids(quiet_shape(), facts), Ids{"no-counters"});
  add_fact(facts, "cycles_counter", Text::unavailable("not in the archive"));
  EXPECT_EQ(ids(quiet_shape(), facts), Ids{});
}

TEST(Warnings, AMaskedIdentityIsNamed) {
  MachineShape shape = quiet_shape();
  shape.identity.architecture = Architecture::kX86;
  shape.identity.vendor = "GenuineIntel";
  shape.identity.family = 6;
  shape.identity.model = 0xA7;
  shape.identity.flags = {"avx2", "avx512f"};
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{});
  shape.identity.flags = {"amx_tile", "avx2", "avx512f"};
  EXPECT_EQ(ids(shape, quiet_facts()), Ids{"identity-masked"});
}

TEST(Warnings, WslIsNotToldTwiceAsAVirtualMachine) {
  MachineFacts facts = quiet_facts();
  add_fact(facts, "virtual_machine", Reading<bool>::of(true, "f"));
  EXPECT_EQ(ids(quiet_shape(), facts), Ids{"virtual-machine"});
  add_fact(facts, "wsl2", Reading<bool>::of(true, "f"));
  EXPECT_EQ(ids(quiet_shape(), facts), Ids{"wsl2"});
}

TEST(Warnings, MitigationsAreAFactAndNoWarning) {
  MachineFacts facts = quiet_facts();
  add_fact(
      facts, "mitigations", Reading<std::vector<std::string>>::of({"spectre_v2: Vulnerable"}, "f"));
  EXPECT_EQ(ids(quiet_shape(), facts), Ids{});
}

TEST(Environment, EachVariableFallsIntoItsGroup) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"OPENBLAS_CORETYPE", "openblas-coretype-ambient"},
      {"OPENBLAS_NUM_THREADS", "blas-threads-ambient"},
      {"GOTO_NUM_THREADS", "blas-threads-ambient"},
      {"OMP_NUM_THREADS", "blas-threads-ambient"},
      {"OMP_PROC_BIND", "thread-binding-ambient"},
      {"KMP_AFFINITY", "thread-binding-ambient"},
      {"ONEDNN_MAX_CPU_ISA", "library-kernels-ambient"},
      {"DNNL_VERBOSE", "library-kernels-ambient"},
      {"BLIS_ARCH_TYPE", "library-kernels-ambient"},
      {"GLIBC_TUNABLES", "glibc-tunables-ambient"},
      {"LD_PRELOAD", "preload-ambient"},
      {"LD_LIBRARY_PATH", "library-path-ambient"},
      {"MALLOC_ARENA_MAX", "allocator-ambient"},
      {"HWLOC_XMLFILE", "hwloc-ambient"}};
  for (const auto& [name, id] : cases) {
    EXPECT_TRUE(is_ambient_variable(name)) << name;
    MachineFacts facts;
    add_environment_facts({{name, "1"}, {"HOME", "/home/somebody"}, {"PATH", "/bin"}}, facts);
    const auto warnings = environment_warnings(facts);
    ASSERT_EQ(warnings.size(), 1U) << name;
    EXPECT_EQ(warnings[0].id, id);
    EXPECT_EQ(warnings[0].remedy, std::string("unset ") + name);
  }
  MachineFacts facts;
  add_environment_facts({{"HOME", "/home/somebody"}, {"OMPI_X", "1"}, {"BLAS", "1"}}, facts);
  EXPECT_TRUE(environment_warnings(facts).empty());
  EXPECT_EQ(list_fact(facts, "ambient_variables").value(), Ids{});
}

TEST(Environment, ValuesNameNoPersonAndNoFolderOfTheirs) {
  EXPECT_EQ(anonymous_value("4"), "4");
  EXPECT_EQ(anonymous_value("granularity=fine,compact,1,0"), "granularity=fine,compact,1,0");
  EXPECT_EQ(anonymous_value("/home/alice/lib/libjemalloc.so.2"), "libjemalloc.so.2");
  EXPECT_EQ(anonymous_value("/home/alice/lib:/usr/lib/x:/opt/alice"), "(path):/usr/lib/x:(path)");
  EXPECT_EQ(anonymous_value("~/bin/alice"), "(path)");
  EXPECT_EQ(anonymous_value("a\x01\xff"), "a??");
  EXPECT_EQ(anonymous_value(std::string(1000, 'a')).size(), 303U);
  for (const char* value : {"/home/alice/x.so", "a=/b/c:d", "x y;z"}) {
    EXPECT_EQ(anonymous_value(anonymous_value(value)), anonymous_value(value));
  }
}

}  // namespace
}  // namespace perfbench
