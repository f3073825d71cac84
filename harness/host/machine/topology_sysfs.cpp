#include <algorithm>
#include <map>
#include <string>

#include "harness/host/machine/text.hpp"
#include "harness/host/machine/topology.hpp"

namespace perfbench {
namespace {

constexpr const char* kCpuFolder = "/sys/devices/system/cpu";
constexpr const char* kNodeFolder = "/sys/devices/system/node";
constexpr int kMaxCacheIndex = 16;  // real CPUs have four or five

std::string cpu_path(int cpu) { return std::string(kCpuFolder) + "/cpu" + std::to_string(cpu); }

std::int64_t number(FileSystemView& files, const std::string& path, std::int64_t otherwise) {
  return as_integer(files.read(path)).value_or(otherwise);
}

std::vector<CacheOfCpu> read_caches(FileSystemView& files, int cpu) {
  std::vector<CacheOfCpu> caches;
  for (int index = 0; index < kMaxCacheIndex; ++index) {
    const std::string path = cpu_path(cpu) + "/cache/index" + std::to_string(index) + '/';
    const auto level = as_integer(files.read(path + "level"));
    if (!level.available()) break;
    const auto size = parse_size(files.read(path + "size").value_or(""));
    if (!size || *size <= 0) continue;  // Arm firmware may leave the size out
    const auto shared = as_cpu_list(files.read(path + "shared_cpu_list")).value_or({cpu});
    CacheOfCpu cache;
    cache.instruction = files.read(path + "type").value_or("") == "Instruction";
    cache.first_cpu = shared.empty() ? cpu : shared.front();
    cache.shape.level = static_cast<int>(level.value());
    cache.shape.size = Bytes(static_cast<std::uint64_t>(*size));
    cache.shape.shared_by = std::max(1, static_cast<int>(shared.size()));
    const auto line = number(files, path + "coherency_line_size", 64);
    cache.shape.line = Bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(line, 1)));
    caches.push_back(cache);
  }
  std::sort(caches.begin(), caches.end(), [](const CacheOfCpu& a, const CacheOfCpu& b) {
    return std::pair(a.shape.level, !a.instruction) < std::pair(b.shape.level, !b.instruction);
  });
  return caches;
}

std::map<int, int> read_nodes(FileSystemView& files) {
  std::map<int, int> node_of_cpu;
  const auto nodes = as_cpu_list(files.read(std::string(kNodeFolder) + "/online"));
  for (const int node : nodes.value_or({})) {
    const std::string path = std::string(kNodeFolder) + "/node" + std::to_string(node) + "/cpulist";
    for (const int cpu : as_cpu_list(files.read(path)).value_or({})) node_of_cpu[cpu] = node;
  }
  return node_of_cpu;
}

/// Lowest CPU of the core. Kernels from 5.3 on write core_cpus_list; the older name stays beside.
int core_leader(FileSystemView& files, int cpu) {
  for (const char* name : {"/topology/core_cpus_list", "/topology/thread_siblings_list"}) {
    const auto siblings = as_cpu_list(files.read(cpu_path(cpu) + name));
    if (siblings.available() && !siblings.value().empty()) return siblings.value().front();
  }
  return cpu;
}

}  // namespace

Reading<Topology> topology_from_sysfs(FileSystemView& files) {
  auto online = as_cpu_list(files.read(std::string(kCpuFolder) + "/online"));
  if (!online.available()) return Reading<Topology>::unavailable(online.reason());
  const auto nodes = read_nodes(files);
  std::map<int, int> core_of_leader;
  Topology topology{{}, kCpuFolder};
  for (const int cpu : online.value()) {
    TopologyCpu entry;
    const int leader = core_leader(files, cpu);
    const int next = static_cast<int>(core_of_leader.size());
    entry.cpu.os_index = cpu;
    entry.cpu.core = core_of_leader.emplace(leader, next).first->second;
    const auto package = number(files, cpu_path(cpu) + "/topology/physical_package_id", 0);
    entry.cpu.package = static_cast<int>(std::max<std::int64_t>(package, 0));
    const auto node = nodes.find(cpu);
    entry.cpu.numa_node = node == nodes.end() ? 0 : node->second;
    entry.caches = read_caches(files, cpu);
    topology.cpus.push_back(std::move(entry));
  }
  if (topology.cpus.empty()) {
    return Reading<Topology>::unavailable(online.source() + ": no CPU in it");
  }
  return Reading<Topology>::of(std::move(topology), kCpuFolder);
}

}  // namespace perfbench
