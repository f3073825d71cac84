#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "harness/host/affinity/cpu_list.hpp"
#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/text.hpp"
#include "harness/host/machine/warnings.hpp"

namespace perfbench {
namespace {

/// Three arrays of four times the largest cache, as STREAM asks for (McCalpin's rule), and never
/// below what OpenBLAS and the page tables need beside them.
constexpr std::uint64_t kArraysTimesCache = 12;
constexpr Bytes kLeastMemory = gib(1);

std::string decimal(double value) {
  std::string text = std::to_string(value);
  text.resize(text.find('.') + 3);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::vector<int> allowed_cpus(const MachineShape& shape) {
  std::vector<int> cpus;
  for (const LogicalCpu& cpu : shape.cpus) {
    if (cpu.allowed) cpus.push_back(cpu.os_index);
  }
  return cpus;
}

void quota(const MachineShape& shape, std::vector<Warning>& warnings) {
  const auto allowed = allowed_cpus(shape).size();
  const auto& quota = shape.cpu_quota_cores;
  if (!quota.available() || quota.value() >= static_cast<double>(allowed)) return;
  const int threads = std::max(1, static_cast<int>(std::floor(quota.value())));
  warnings.push_back(
      {"cpu-quota",
       "A control group allows " + decimal(quota.value()) + " cores' time on " +
           std::to_string(allowed) + (allowed == 1 ? " CPU (" : " CPUs (") + quota.source() + ").",
       "When the quota of a period is used up all threads stop until the next one, which shows as "
       "lower rates and tails of tens of milliseconds.",
       "Start the container or job without a quota (docker run without --cpus), or: perfbench run "
       "--threads " +
           std::to_string(threads)});
}

void few_cpus(const MachineShape& shape, std::vector<Warning>& warnings) {
  const auto allowed = allowed_cpus(shape);
  if (allowed.size() >= shape.cpus.size()) return;
  std::vector<int> all;
  for (const LogicalCpu& cpu : shape.cpus) all.push_back(cpu.os_index);
  warnings.push_back({"few-cpus-allowed",
                      "This process may use " + std::to_string(allowed.size()) + " of " +
                          std::to_string(all.size()) + " CPUs (" + format_cpu_list(allowed) + ").",
                      "The figures are of these CPUs and not of the machine; others may use the "
                      "rest, and share caches and memory.",
                      "taskset -c " + format_cpu_list(all) +
                          " perfbench run (inside a container or job, ask for more CPUs)"});
}

void siblings(const MachineShape& shape, std::vector<Warning>& warnings) {
  std::map<int, std::vector<int>> allowed_of_core;
  for (const LogicalCpu& cpu : shape.cpus) {
    if (cpu.allowed) allowed_of_core[cpu.core].push_back(cpu.os_index);
  }
  std::vector<int> one_each;
  std::size_t shared = 0;
  for (const auto& [core, cpus] : allowed_of_core) {
    one_each.push_back(cpus.front());
    if (cpus.size() > 1) ++shared;
  }
  if (shared == 0) return;
  warnings.push_back(
      {"smt-siblings",
       std::to_string(shared) + " cores offer more than one CPU each (SMT).",
       "CPUs of one core share its arithmetic units and caches: work on a sibling "
       "can halve a figure, and two threads do not reach two cores' limit.",
       "taskset -c " + format_cpu_list(one_each) + " perfbench run, and keep the siblings idle"});
}

void hybrid(const MachineShape& shape, std::vector<Warning>& warnings) {
  std::vector<int> performance;
  std::vector<int> efficiency;
  for (const LogicalCpu& cpu : shape.cpus) {
    if (!cpu.allowed) continue;
    if (cpu.kind == CoreKind::kPerformance) performance.push_back(cpu.os_index);
    if (cpu.kind == CoreKind::kEfficiency) efficiency.push_back(cpu.os_index);
  }
  if (performance.empty() || efficiency.empty()) return;
  warnings.push_back({"hybrid-cores",
                      "The CPUs are of two kinds: performance " + format_cpu_list(performance) +
                          ", efficiency " + format_cpu_list(efficiency) + '.',
                      "A thread that the scheduler moves changes its speed, and a sum over both "
                      "kinds has no limit per core.",
                      "taskset -c " + format_cpu_list(performance) + " perfbench run"});
}

/// The source of the reading says which bound is the least.
std::string memory_remedy(const std::string& source) {
  if (source.starts_with("RLIMIT_AS")) return "ulimit -v unlimited";
  if (source.starts_with("cgroup")) {
    return "Start the container or job with a higher memory limit (docker run --memory).";
  }
  return "Close other programs: ps aux --sort=-rss | head";
}

void memory(const MachineShape& shape, std::vector<Warning>& warnings) {
  const auto& available = shape.memory_available;
  if (!available.available()) return;
  Bytes needed = kLeastMemory;
  for (const CacheShape& cache : shape.caches) {
    needed = std::max(needed, kArraysTimesCache * cache.size);
  }
  if (available.value() >= needed) return;
  const auto gigabytes = [](Bytes bytes) {
    return decimal(static_cast<double>(bytes.count()) / 1e9) + " GB";
  };
  warnings.push_back({"memory-small",
                      gigabytes(available.value()) + " of memory can be had (" +
                          available.source() + "), " + gigabytes(needed) + " are wanted.",
                      "Arrays that are not well beyond the caches measure the caches, not the "
                      "memory.",
                      memory_remedy(available.source())});
}

}  // namespace

std::vector<Warning> allowance_warnings(const MachineShape& shape, const MachineFacts& facts) {
  std::vector<Warning> warnings;
  quota(shape, warnings);
  few_cpus(shape, warnings);
  siblings(shape, warnings);
  hybrid(shape, warnings);
  memory(shape, warnings);
  if (text_fact(facts, "transparent_huge_pages").value_or("") == "never") {
    warnings.push_back({"huge-pages-never",
                        "Transparent huge pages are switched off.",
                        "Large arrays then live in 4 KiB pages, and address translation takes its "
                        "share of the bandwidth.",
                        "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"});
  }
  const bool several_nodes = integer_fact(facts, "numa_nodes").value_or(1) > 1;
  if (several_nodes && integer_fact(facts, "numa_balancing").value_or(0) > 0) {
    warnings.push_back({"numa-balancing",
                        "The kernel moves pages between NUMA nodes by itself.",
                        "It unmaps pages to see who uses them; the faults fall into windows.",
                        "sudo sysctl kernel.numa_balancing=0"});
  }
  return warnings;
}

}  // namespace perfbench
