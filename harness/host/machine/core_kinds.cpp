#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "harness/host/machine/cpu_identity.hpp"
#include "harness/host/machine/system_facts.hpp"
#include "harness/host/machine/text.hpp"
#include "harness/host/machine/topology.hpp"

namespace perfbench {
namespace {

using Kinds = std::map<int, CoreKind>;  // by CPU

/// Folders of the two PMUs; they exist on hybrid Intel processors that have both (kernel 5.13 on).
Kinds by_pmu_folders(FileSystemView& files) {
  Kinds kinds;
  const auto core = as_cpu_list(files.read("/sys/devices/cpu_core/cpus"));
  const auto atom = as_cpu_list(files.read("/sys/devices/cpu_atom/cpus"));
  if (!core.available() || !atom.available()) return kinds;
  for (const int cpu : core.value()) kinds[cpu] = CoreKind::kPerformance;
  for (const int cpu : atom.value()) kinds[cpu] = CoreKind::kEfficiency;
  return kinds;
}

/// Leaf 0x1A EAX bits 31:24 (Intel SDM 2A): 0x40 Core, 0x20 Atom. Answers 0 on other processors.
Kinds by_leaf_1a(const SystemFacts& system, const Topology& topology) {
  Kinds kinds;
  for (const TopologyCpu& entry : topology.cpus) {
    const CpuidLeaf* leaf = find_leaf_of_cpu(system, entry.cpu.os_index, 0x1A);
    if (leaf == nullptr) continue;
    const std::uint32_t type = leaf->registers[0] >> 24U;
    if (type == 0x40U) kinds[entry.cpu.os_index] = CoreKind::kPerformance;
    if (type == 0x20U) kinds[entry.cpu.os_index] = CoreKind::kEfficiency;
  }
  return kinds;
}

/// arm64: cores of different design have different part numbers; the design with the lowest
/// capacity is the efficient one. Capacity alone does not tell: two clusters of one design at
/// different clocks differ in it too.
Kinds by_part_and_capacity(ProbeContext& context, const Topology& topology) {
  std::map<int, std::int64_t> capacity_of_part;
  std::map<int, int> part_of_cpu;
  for (const TopologyCpu& entry : topology.cpus) {
    const int cpu = entry.cpu.os_index;
    const auto part = read_arm_part(context, cpu);
    const auto capacity = as_integer(
        context.files.read("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpu_capacity"));
    if (!part.available() || !capacity.available()) return {};
    part_of_cpu[cpu] = part.value();
    auto& highest = capacity_of_part[part.value()];
    highest = std::max(highest, capacity.value());
  }
  const auto lowest = std::min_element(
      capacity_of_part.begin(), capacity_of_part.end(), [](const auto& a, const auto& b) {
        return a.second < b.second;
      });
  Kinds kinds;
  for (const auto& [cpu, part] : part_of_cpu) {
    kinds[cpu] = part == lowest->first ? CoreKind::kEfficiency : CoreKind::kPerformance;
  }
  return kinds;
}

bool has_two_kinds(const Kinds& kinds) {
  std::set<CoreKind> seen;
  for (const auto& [cpu, kind] : kinds) seen.insert(kind);
  return seen.size() > 1;
}

}  // namespace

void assign_core_kinds(ProbeContext& context, Architecture architecture, Topology& topology) {
  Kinds kinds;
  if (architecture == Architecture::kX86) {
    kinds = by_pmu_folders(context.files);
    if (!has_two_kinds(kinds)) kinds = by_leaf_1a(context.system, topology);
  } else if (architecture == Architecture::kArm64) {
    kinds = by_part_and_capacity(context, topology);
  }
  if (!has_two_kinds(kinds)) return;
  for (TopologyCpu& entry : topology.cpus) {
    const auto known = kinds.find(entry.cpu.os_index);
    if (known != kinds.end()) entry.cpu.kind = known->second;
  }
}

}  // namespace perfbench
