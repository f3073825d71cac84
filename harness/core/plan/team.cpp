#include "harness/core/plan/team.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <set>
#include <utility>

namespace perfbench {
namespace {

/// Remote memory is measured from one node, against so many others: on a machine of eight nodes the
/// pairs would take longer than everything else.
constexpr std::size_t kMostRemoteNodes = 3;

const LogicalCpu* find_cpu(const MachineShape& shape, int os_index) {
  for (const LogicalCpu& cpu : shape.cpus) {
    if (cpu.os_index == os_index) return &cpu;
  }
  return nullptr;
}

int physical_cores(const MachineShape& shape, const std::vector<int>& cpus) {
  std::set<int> cores;
  for (const int index : cpus) {
    if (const LogicalCpu* cpu = find_cpu(shape, index)) cores.insert(cpu->core);
  }
  return std::max(1, static_cast<int>(cores.size()));
}

class Choosing {
 public:
  Choosing(const MachineShape& shape, const ThreadChoice& threads)
      : shape_(shape), threads_(threads) {}

  void one_and_all() {
    add({threads_.one_core_cpu}, "", "one core");
    add(threads_.cpus, "", in_words(threads_.cpus));
  }

  void scale() {
    for (std::size_t n = 2; n < threads_.cpus.size(); n *= 2) {
      const std::vector<int> first(threads_.cpus.begin(),
                                   threads_.cpus.begin() + static_cast<std::ptrdiff_t>(n));
      add(first, "", in_words(first));
    }
    smt();
    if (threads_.mixed_kinds) {
      kind(CoreKind::kPerformance, "-p", "performance");
      kind(CoreKind::kEfficiency, "-e", "efficiency");
    }
    nodes();
  }

  [[nodiscard]] std::vector<Team> teams() && { return std::move(teams_); }

 private:
  [[nodiscard]] std::string in_words(const std::vector<int>& cpus) const {
    const int cores = physical_cores(shape_, cpus);
    std::string words = cores == 1 ? "one core" : std::to_string(cores) + " cores";
    if (static_cast<int>(cpus.size()) > cores)
      words += ", " + std::to_string(cpus.size()) + " SMT threads";
    return words;
  }

  void add(std::vector<int> cpus, const std::string& suffix, std::string words, int node = -1) {
    if (cpus.empty()) return;
    const bool stands = std::any_of(teams_.begin(), teams_.end(), [&](const Team& other) {
      return other.cpus == cpus && other.memory_node == node;
    });
    if (stands) return;
    const int cores = physical_cores(shape_, cpus);
    Team team;
    team.id = std::to_string(cores) + "c";
    if (static_cast<int>(cpus.size()) > cores) team.id += std::to_string(cpus.size()) + "t";
    team.id += suffix;
    team.words = std::move(words);
    team.cpus = std::move(cpus);
    team.memory_node = node;
    teams_.push_back(std::move(team));
  }

  /// The chosen CPUs that answer yes, in their order.
  [[nodiscard]] std::vector<int> chosen(
      const std::function<bool(const LogicalCpu&)>& wanted) const {
    std::vector<int> cpus;
    for (const int index : threads_.cpus) {
      const LogicalCpu* cpu = find_cpu(shape_, index);
      if (cpu != nullptr && wanted(*cpu)) cpus.push_back(index);
    }
    return cpus;
  }

  /// Only where one thread a core was the choice: a quota, or --threads, means no more than that.
  void smt() {
    if (threads_.threads() != threads_.allowed_cores) return;
    std::vector<int> cpus = threads_.cpus;
    for (const LogicalCpu& cpu : shape_.cpus) {
      if (cpu.allowed && std::find(cpus.begin(), cpus.end(), cpu.os_index) == cpus.end()) {
        cpus.push_back(cpu.os_index);
      }
    }
    add(cpus, "", in_words(cpus));
  }

  void kind(CoreKind wanted, const std::string& suffix, const std::string& word) {
    const std::vector<int> all = chosen([&](const LogicalCpu& cpu) { return cpu.kind == wanted; });
    if (all.empty()) return;
    add({all.front()}, suffix, "one " + word + " core");
    add(all, suffix, "all " + word + " cores (" + in_words(all) + ")");
  }

  void nodes() {
    std::set<int> nodes;
    for (const int index : threads_.cpus) {
      if (const LogicalCpu* cpu = find_cpu(shape_, index)) nodes.insert(cpu->numa_node);
    }
    if (nodes.size() < 2) return;
    for (const int node : nodes) {
      const std::vector<int> cpus = of_node(node);
      const std::string name = "node " + std::to_string(node);
      add(cpus,
          "-n" + std::to_string(node),
          name + " (" + in_words(cpus) + "), its own memory",
          node);
    }
    const int home = *nodes.begin();
    std::size_t remotes = 0;
    for (const int node : nodes) {
      if (node == home || ++remotes > kMostRemoteNodes) continue;
      add(of_node(home),
          "-n" + std::to_string(home) + "-m" + std::to_string(node),
          "node " + std::to_string(home) + ", memory of node " + std::to_string(node),
          node);
    }
  }

  [[nodiscard]] std::vector<int> of_node(int node) const {
    return chosen([&](const LogicalCpu& cpu) { return cpu.numa_node == node; });
  }

  const MachineShape& shape_;
  const ThreadChoice& threads_;
  std::vector<Team> teams_;
};

}  // namespace

std::vector<Team> choose_teams(const MachineShape& shape,
                               const ThreadChoice& threads,
                               TeamScope scope) {
  Choosing choosing(shape, threads);
  choosing.one_and_all();
  if (scope == TeamScope::kScale) choosing.scale();
  return std::move(choosing).teams();
}

}  // namespace perfbench
