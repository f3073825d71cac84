#include <hwloc.h>

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>

#include "harness/host/machine/topology.hpp"

namespace perfbench {
namespace {

using TopologyHandle =
    std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, decltype(&hwloc_topology_destroy)>;

TopologyHandle make_handle() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) raw = nullptr;
  return {raw, &hwloc_topology_destroy};
}

/// CPUs outside this process's cpuset belong to the machine too; I/O devices and their addresses
/// are not looked at. hwloc's x86 component would move this thread from CPU to CPU to ask CPUID
/// what sysfs already says.
bool load(hwloc_topology_t topology, const std::string* xml) {
  hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
  hwloc_topology_set_type_filter(topology, HWLOC_OBJ_MISC, HWLOC_TYPE_FILTER_KEEP_NONE);
  hwloc_topology_set_icache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
  if (xml != nullptr) {
    const int size = static_cast<int>(xml->size()) + 1;
    if (hwloc_topology_set_xmlbuffer(topology, xml->c_str(), size) != 0) return false;
  } else {
    hwloc_topology_set_components(topology, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
  }
  return hwloc_topology_load(topology) == 0;
}

int ancestor_index(hwloc_topology_t topology, hwloc_obj_t pu, hwloc_obj_type_t type, bool logical) {
  const hwloc_obj_t object = hwloc_get_ancestor_obj_by_type(topology, type, pu);
  if (object == nullptr) return -1;
  const unsigned index = logical ? object->logical_index : object->os_index;
  return index == HWLOC_UNKNOWN_INDEX ? static_cast<int>(object->logical_index)
                                      : static_cast<int>(index);
}

int numa_node_of(hwloc_topology_t topology, hwloc_obj_t pu) {
  hwloc_obj_t node = nullptr;
  while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) != nullptr) {
    if (hwloc_bitmap_isset(node->cpuset, pu->os_index) != 0)
      return static_cast<int>(node->os_index);
  }
  return 0;
}

std::vector<CacheOfCpu> caches_of(hwloc_obj_t pu) {
  std::vector<CacheOfCpu> caches;
  for (hwloc_obj_t object = pu->parent; object != nullptr; object = object->parent) {
    if (hwloc_obj_type_is_cache(object->type) == 0) continue;
    const auto& attributes = object->attr->cache;
    if (attributes.size == 0) continue;
    CacheOfCpu cache;
    cache.instruction = attributes.type == HWLOC_OBJ_CACHE_INSTRUCTION;
    cache.first_cpu = hwloc_bitmap_first(object->cpuset);
    cache.shape.level = static_cast<int>(attributes.depth);
    cache.shape.size = Bytes(attributes.size);
    cache.shape.line = Bytes(attributes.linesize == 0 ? 64 : attributes.linesize);
    cache.shape.shared_by = std::max(1, hwloc_bitmap_weight(object->cpuset));
    caches.push_back(cache);
  }
  std::sort(caches.begin(), caches.end(), [](const CacheOfCpu& a, const CacheOfCpu& b) {
    return std::pair(a.shape.level, !a.instruction) < std::pair(b.shape.level, !b.instruction);
  });
  return caches;
}

Reading<Topology> convert(hwloc_topology_t topology) {
  Topology result{{}, "hwloc"};
  hwloc_obj_t pu = nullptr;
  while ((pu = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, pu)) != nullptr) {
    TopologyCpu entry;
    entry.cpu.os_index = static_cast<int>(pu->os_index);
    const int core = ancestor_index(topology, pu, HWLOC_OBJ_CORE, true);
    entry.cpu.core = core < 0 ? static_cast<int>(pu->logical_index) : core;
    entry.cpu.package = std::max(0, ancestor_index(topology, pu, HWLOC_OBJ_PACKAGE, false));
    entry.cpu.numa_node = numa_node_of(topology, pu);
    entry.caches = caches_of(pu);
    result.cpus.push_back(std::move(entry));
  }
  if (result.cpus.empty()) return Reading<Topology>::unavailable("hwloc found no CPU");
  std::sort(result.cpus.begin(), result.cpus.end(), [](const auto& a, const auto& b) {
    return a.cpu.os_index < b.cpu.os_index;
  });
  std::string source = result.source;
  return Reading<Topology>::of(std::move(result), std::move(source));
}

}  // namespace

Reading<Topology> topology_by_hwloc(std::string& xml) {
  const TopologyHandle handle = make_handle();
  if (!handle || !load(handle.get(), nullptr)) {
    return Reading<Topology>::unavailable("hwloc could not read the topology");
  }
  char* text = nullptr;
  int size = 0;
  if (hwloc_topology_export_xmlbuffer(handle.get(), &text, &size, 0) == 0) {
    xml.assign(text);
    hwloc_free_xmlbuffer(handle.get(), text);
  }
  return convert(handle.get());
}

Reading<Topology> topology_from_hwloc_xml(const std::string& xml) {
  const TopologyHandle handle = make_handle();
  if (!handle || !load(handle.get(), &xml)) {
    return Reading<Topology>::unavailable("hwloc does not take this XML");
  }
  return convert(handle.get());
}

}  // namespace perfbench
