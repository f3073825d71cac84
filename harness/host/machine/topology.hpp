#pragma once

#include <string>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// One kind of cache as one CPU sees it.
struct CacheOfCpu {
  CacheShape shape;
  bool instruction = false;  ///< L1I; the others hold data.
  int first_cpu = 0;         ///< Lowest CPU that shares it, which names the instance.
  friend bool operator==(const CacheOfCpu& a, const CacheOfCpu& b) {
    return a.shape.level == b.shape.level && a.shape.size == b.shape.size &&
           a.shape.line == b.shape.line && a.shape.shared_by == b.shape.shared_by &&
           a.instruction == b.instruction && a.first_cpu == b.first_cpu;
  }
};

/// One online logical CPU with what is around it.
struct TopologyCpu {
  LogicalCpu cpu;
  std::vector<CacheOfCpu> caches;  ///< By level, instruction cache first.
};

/// Cores, packages, NUMA nodes and caches of all online CPUs, allowed or not.
struct Topology {
  std::vector<TopologyCpu> cpus;  ///< By os_index.
  std::string source;             ///< "hwloc" or "/sys/devices/system/cpu"
};

/// The running machine by hwloc; `xml` receives hwloc's export of it, unfiltered.
[[nodiscard]] Reading<Topology> topology_by_hwloc(std::string& xml);
/// An exported topology. Unavailable for text that hwloc does not take.
[[nodiscard]] Reading<Topology> topology_from_hwloc_xml(const std::string& xml);
/// From /sys/devices/system/{cpu,node}; for copied trees and archives, and where hwloc fails.
[[nodiscard]] Reading<Topology> topology_from_sysfs(FileSystemView& files);

/// Fills in the kind of each core: Intel's cpu_core and cpu_atom folders or leaf 0x1A; on arm64 the
/// part number and cpu_capacity. One kind where nothing tells them apart.
void assign_core_kinds(ProbeContext& context, Architecture architecture, Topology& topology);

/// Data and unified caches of this CPU, as planning sees them.
[[nodiscard]] std::vector<CacheShape> data_caches(const Topology& topology, int cpu);

/// Packages, cores, SMT, kinds of core, NUMA, caches of `cpu`.
void add_topology_facts(const Reading<Topology>& topology, int cpu, MachineFacts& facts);

}  // namespace perfbench
