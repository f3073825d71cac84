#include "harness/core/plan/team.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace perfbench {
namespace {

int physical_cores(const MachineShape& shape, const std::vector<int>& cpus) {
  std::set<int> cores;
  for (const LogicalCpu& cpu : shape.cpus) {
    if (std::find(cpus.begin(), cpus.end(), cpu.os_index) != cpus.end()) cores.insert(cpu.core);
  }
  return std::max(1, static_cast<int>(cores.size()));
}

std::string id_of(const MachineShape& shape, const std::vector<int>& cpus) {
  const int cores = physical_cores(shape, cpus);
  std::string id = std::to_string(cores) + "c";
  if (static_cast<int>(cpus.size()) > cores) id += std::to_string(cpus.size()) + "t";
  return id;
}

void add(Team team, std::vector<Team>& teams) {
  const bool stands = std::any_of(teams.begin(), teams.end(), [&](const Team& other) {
    return other.cpus == team.cpus && other.memory_node == team.memory_node;
  });
  if (!stands && !team.cpus.empty()) teams.push_back(std::move(team));
}

}  // namespace

std::vector<Team> choose_teams(const MachineShape& shape,
                               const ThreadChoice& threads,
                               TeamScope /*scope*/) {
  std::vector<Team> teams;
  add({"1c", "one core", {threads.one_core_cpu}, -1}, teams);
  add({id_of(shape, threads.cpus), "all cores", threads.cpus, -1}, teams);
  return teams;
}

}  // namespace perfbench
