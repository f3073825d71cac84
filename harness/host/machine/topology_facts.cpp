#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "harness/host/affinity/cpu_list.hpp"
#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/text.hpp"
#include "harness/host/machine/topology.hpp"

namespace perfbench {
namespace {

using Integer = Reading<std::int64_t>;

const TopologyCpu* find_cpu(const Topology& topology, int cpu) {
  for (const TopologyCpu& entry : topology.cpus) {
    if (entry.cpu.os_index == cpu) return &entry;
  }
  return topology.cpus.empty() ? nullptr : &topology.cpus.front();
}

const CacheOfCpu* find_cache(const TopologyCpu& cpu, int level, bool instruction) {
  for (const CacheOfCpu& cache : cpu.caches) {
    if (cache.shape.level == level && cache.instruction == instruction) return &cache;
  }
  return nullptr;
}

std::string kind_text(const Topology& topology, CoreKind kind, const char* name) {
  std::vector<int> cpus;
  std::set<int> cores;
  for (const TopologyCpu& entry : topology.cpus) {
    if (entry.cpu.kind != kind) continue;
    cpus.push_back(entry.cpu.os_index);
    cores.insert(entry.cpu.core);
  }
  if (cpus.empty()) return {};
  return std::string(name) + ": " + std::to_string(cores.size()) +
         (cores.size() == 1 ? " core" : " cores") + ", cpus " + format_cpu_list(cpus);
}

std::vector<std::string> kind_texts(const Topology& topology) {
  std::vector<std::string> texts;
  for (const auto& [kind, name] : {std::pair{CoreKind::kOnlyKind, "one kind"},
                                   std::pair{CoreKind::kPerformance, "performance"},
                                   std::pair{CoreKind::kEfficiency, "efficiency"}}) {
    std::string text = kind_text(topology, kind, name);
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

void add_counts(const Reading<Topology>& reading, MachineFacts& facts) {
  const auto count = [&](auto member) {
    if (!reading.available()) return Integer::unavailable(reading.reason());
    std::set<int> seen;
    for (const TopologyCpu& entry : reading.value().cpus) seen.insert(member(entry.cpu));
    return Integer::of(static_cast<std::int64_t>(seen.size()), reading.source());
  };
  const auto cores = count([](const LogicalCpu& cpu) { return cpu.core; });
  const auto cpus = count([](const LogicalCpu& cpu) { return cpu.os_index; });
  add_fact(facts, "packages", "", count([](const LogicalCpu& cpu) { return cpu.package; }));
  add_fact(facts, "cores", "", cores);
  add_fact(facts, "logical_cpus", "", cpus);
  add_fact(facts, "numa_nodes", "", count([](const LogicalCpu& cpu) { return cpu.numa_node; }));
  if (!reading.available()) {
    add_fact(facts, "smt_threads_per_core", "", Integer::unavailable(reading.reason()));
    return;
  }
  std::map<int, std::int64_t> threads;
  for (const TopologyCpu& entry : reading.value().cpus) ++threads[entry.cpu.core];
  std::int64_t most = 0;
  for (const auto& [core, number] : threads) most = std::max(most, number);
  add_fact(facts, "smt_threads_per_core", "", Integer::of(most, reading.source()));
}

/// "l3_bytes", how many CPUs share one and what all of them hold together.
void add_cache(
    const Reading<Topology>& reading, int cpu, int level, bool instruction, MachineFacts& facts) {
  std::string name = 'l' + std::to_string(level);
  if (level == 1) name += instruction ? 'i' : 'd';
  const TopologyCpu* const entry = reading.available() ? find_cpu(reading.value(), cpu) : nullptr;
  const CacheOfCpu* const cache =
      entry == nullptr ? nullptr : find_cache(*entry, level, instruction);
  if (cache == nullptr) {
    const std::string reason =
        reading.available() ? reading.source() + ": no such cache is told" : reading.reason();
    add_fact(facts, name + "_bytes", Reading<Bytes>::unavailable(reason));
    return;
  }
  add_fact(facts, name + "_bytes", Reading<Bytes>::of(cache->shape.size, reading.source()));
  if (level == 1) return;
  add_fact(
      facts, name + "_shared_by_cpus", "", Integer::of(cache->shape.shared_by, reading.source()));
  std::map<int, Bytes> instances;
  for (const TopologyCpu& other : reading.value().cpus) {
    if (const CacheOfCpu* one = find_cache(other, level, instruction)) {
      instances[one->first_cpu] = one->shape.size;
    }
  }
  Bytes total{0};
  for (const auto& [first, size] : instances) total = total + size;
  add_fact(facts, name + "_total_bytes", Reading<Bytes>::of(total, reading.source()));
}

}  // namespace

std::vector<CacheShape> data_caches(const Topology& topology, int cpu) {
  std::vector<CacheShape> caches;
  const TopologyCpu* const entry = find_cpu(topology, cpu);
  if (entry == nullptr) return caches;
  for (const CacheOfCpu& cache : entry->caches) {
    if (!cache.instruction) caches.push_back(cache.shape);
  }
  return caches;
}

void add_topology_facts(const Reading<Topology>& topology, int cpu, MachineFacts& facts) {
  add_counts(topology, facts);
  using List = Reading<std::vector<std::string>>;
  add_fact(facts,
           "core_kinds",
           topology.available() ? List::of(kind_texts(topology.value()), topology.source())
                                : List::unavailable(topology.reason()));
  add_cache(topology, cpu, 1, true, facts);
  add_cache(topology, cpu, 1, false, facts);
  add_cache(topology, cpu, 2, false, facts);
  add_cache(topology, cpu, 3, false, facts);
  const auto caches =
      topology.available() ? data_caches(topology.value(), cpu) : std::vector<CacheShape>{};
  add_fact(facts,
           "cache_line_bytes",
           caches.empty() ? Reading<Bytes>::unavailable("no cache is told")
                          : Reading<Bytes>::of(caches.front().line, topology.source()));
}

}  // namespace perfbench
