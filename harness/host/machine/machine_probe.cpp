#include "harness/host/machine/machine_probe.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/core/units/check.hpp"
#include "harness/host/affinity/cpu_list.hpp"
#include "harness/host/machine/cgroup.hpp"
#include "harness/host/machine/cpu_identity.hpp"
#include "harness/host/machine/environment.hpp"
#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/file_system_view.hpp"
#include "harness/host/machine/frequency.hpp"
#include "harness/host/machine/isa.hpp"
#include "harness/host/machine/kernel_settings.hpp"
#include "harness/host/machine/load.hpp"
#include "harness/host/machine/memory.hpp"
#include "harness/host/machine/power.hpp"
#include "harness/host/machine/sensors.hpp"
#include "harness/host/machine/system_facts.hpp"
#include "harness/host/machine/text.hpp"
#include "harness/host/machine/topology.hpp"
#include "harness/host/machine/virtualization.hpp"
#include "harness/host/machine/warnings.hpp"

namespace perfbench {
namespace {

/// The affinity mask; a copied tree has it in the status of the process that copied it.
Reading<std::vector<int>> read_allowed(ProbeContext& context) {
  if (context.system.affinity.available()) return context.system.affinity;
  const auto status = context.files.read("/proc/self/status");
  if (!status.available()) return Reading<std::vector<int>>::unavailable(status.reason());
  auto cpus = parse_cpu_list(find_field(status.value(), "Cpus_allowed_list").value_or("x"));
  if (!cpus) return Reading<std::vector<int>>::unavailable(status.source() + ": no list of CPUs");
  return Reading<std::vector<int>>::of(std::move(*cpus), status.source());
}

std::vector<LogicalCpu> find_cpus(const Reading<Topology>& topology,
                                  const Reading<std::vector<int>>& allowed) {
  const std::vector<int> mask = allowed.value_or({});
  std::vector<LogicalCpu> cpus;
  if (topology.available()) {
    for (const TopologyCpu& entry : topology.value().cpus) cpus.push_back(entry.cpu);
  } else {
    // What is not told stays as apart as it can be: each CPU its own core.
    for (const int cpu : mask) {
      LogicalCpu logical;
      logical.os_index = cpu;
      logical.core = cpu;
      cpus.push_back(logical);
    }
  }
  for (LogicalCpu& cpu : cpus) {
    cpu.allowed =
        !allowed.available() || std::binary_search(mask.begin(), mask.end(), cpu.os_index);
  }
  return cpus;
}

int first_allowed(const std::vector<LogicalCpu>& cpus) {
  for (const LogicalCpu& cpu : cpus) {
    if (cpu.allowed) return cpu.os_index;
  }
  return 0;
}

void add_allowed_facts(const Reading<std::vector<int>>& allowed, MachineFacts& facts) {
  const bool known = allowed.available();
  add_fact(facts,
           "allowed_cpus",
           known ? Reading<std::string>::of(format_cpu_list(allowed.value()), allowed.source())
                 : Reading<std::string>::unavailable(allowed.reason()));
  add_fact(facts,
           "allowed_cpu_count",
           "",
           known ? Reading<std::int64_t>::of(static_cast<std::int64_t>(allowed.value().size()),
                                             allowed.source())
                 : Reading<std::int64_t>::unavailable(allowed.reason()));
}

Machine probe_machine(ProbeContext context, Reading<Topology> topology) {
  Machine machine;
  MachineShape& shape = machine.shape;
  MachineFacts& facts = machine.facts;
  const auto allowed = read_allowed(context);
  shape.cpus = find_cpus(topology, allowed);
  const int cpu = first_allowed(shape.cpus);
  shape.identity = read_cpu_identity(context, cpu);
  if (topology.available()) {
    Topology kinds = topology.value();
    assign_core_kinds(context, shape.identity.architecture, kinds);
    std::string source = topology.source();
    topology = Reading<Topology>::of(std::move(kinds), std::move(source));
    shape.cpus = find_cpus(topology, allowed);
    shape.caches = data_caches(topology.value(), cpu);
  }
  const InstructionSets sets = find_instruction_sets(context, shape.identity);
  shape.isas = sets.usable;
  shape.isas_without_kernel = sets.without_kernel;
  const CgroupLimits cgroup = read_cgroup_limits(context.files);
  shape.cpu_quota_cores = cgroup.quota_cores;
  shape.memory_available = read_memory_available(context, cgroup);

  std::vector<int> usable;
  for (const LogicalCpu& one : shape.cpus) {
    if (one.allowed) usable.push_back(one.os_index);
  }
  add_identity_facts(context, shape.identity, cpu, facts);
  add_isa_facts(context, shape.identity, sets, facts);
  add_topology_facts(topology, cpu, facts);
  add_allowed_facts(allowed, facts);
  add_cgroup_facts(context.files, cgroup, facts);
  add_memory_facts(context, cgroup, facts);
  add_frequency_facts(context.files, usable, facts);
  add_power_facts(context.files, cpu, facts);
  add_virtualization_facts(context, shape.identity, facts);
  add_kernel_facts(context, facts);
  add_load_facts(context, facts);
  add_sensor_facts(context, cpu, facts);
  add_environment_facts(context.environment, facts);
  facts.warnings = find_warnings(shape, facts);
  return machine;
}

Reading<Topology> replayed_topology(const MachineSnapshot& snapshot, FileSystemView& files) {
  if (snapshot.hwloc_xml.available()) {
    auto topology = topology_from_hwloc_xml(snapshot.hwloc_xml.value());
    if (topology.available()) return topology;
  }
  return topology_from_sysfs(files);
}

Reading<Topology> live_topology(FileSystemView& files, std::string& xml) {
  auto topology = topology_by_hwloc(xml);
  return topology.available() ? topology : topology_from_sysfs(files);
}

std::map<std::string, std::string> ambient(const std::map<std::string, std::string>& all) {
  std::map<std::string, std::string> kept;
  for (const auto& [name, value] : all) {
    if (is_ambient_variable(name)) kept.emplace(name, value);
  }
  return kept;
}

constexpr const char* kNotLive = "a copied tree answers no system call";

}  // namespace

MachineProbe::MachineProbe(MachineProbeOptions options) : options_(std::move(options)) {
  CHECK(!options_.live || options_.root == "/", "only the running machine's own files are live");
}

MachineProbe::MachineProbe(MachineSnapshot snapshot) : replayed_(std::move(snapshot)) {}

Machine MachineProbe::probe() const {
  if (replayed_) {
    SnapshotFiles files(*replayed_);
    return probe_machine({files, replayed_->system, replayed_->environment},
                         replayed_topology(*replayed_, files));
  }
  RootedFiles files(options_.root);
  std::string xml;
  const SystemFacts system = options_.live ? read_system_facts() : no_system_facts(kNotLive);
  return probe_machine({files, system, options_.environment},
                       options_.live ? live_topology(files, xml) : topology_from_sysfs(files));
}

MachineSnapshot MachineProbe::snapshot() const {
  if (replayed_) return *replayed_;
  MachineSnapshot snapshot;
  snapshot.note = "Captured by perfbench probe --capture.";
  snapshot.environment = ambient(options_.environment);
  snapshot.system = options_.live ? read_system_facts() : no_system_facts(kNotLive);
  RootedFiles files(options_.root);
  RecordingFiles recorder(files, snapshot);
  std::string xml;
  auto topology = options_.live ? live_topology(recorder, xml) : topology_from_sysfs(recorder);
  snapshot.hwloc_xml = xml.empty() ? Reading<std::string>::unavailable("no export by hwloc")
                                   : Reading<std::string>::of(xml, "hwloc");
  // The files of the topology go into the archive too, so that it can be read without hwloc. What
  // the readings say does not matter here: they were recorded.
  static_cast<void>(topology_from_sysfs(recorder));
  static_cast<void>(
      probe_machine({recorder, snapshot.system, snapshot.environment}, std::move(topology)));
  return snapshot;
}

}  // namespace perfbench
