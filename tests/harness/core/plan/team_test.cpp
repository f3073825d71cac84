#include "harness/core/plan/team.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/machine_shapes.hpp"

namespace perfbench {
namespace {

std::vector<Team> scaled(const MachineShape& shape, std::optional<std::int64_t> asked = {}) {
  return choose_teams(shape, choose_threads(shape, asked), TeamScope::kScale);
}

std::vector<std::string> ids(const std::vector<Team>& teams) {
  std::vector<std::string> names;
  for (const Team& team : teams) names.push_back(team.id);
  return names;
}

const Team& find(const std::vector<Team>& teams, const std::string& id) {
  for (const Team& team : teams) {
    if (team.id == id) return team;
  }
  ADD_FAILURE() << "no team " << id;
  return teams.front();
}

using Ids = std::vector<std::string>;

TEST(ChooseTeams, OneCoreAndAll) {
  const MachineShape shape = machine_of(4);
  const std::vector<Team> teams =
      choose_teams(shape, choose_threads(shape, {}), TeamScope::kOneAndAll);
  EXPECT_EQ(ids(teams), (Ids{"1c", "4c"}));
  EXPECT_EQ(teams[0].cpus, (std::vector<int>{1}));  // Not CPU 0, which serves interrupts.
  EXPECT_EQ(teams[1].cpus, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(teams[1].memory_node, -1);
}

TEST(ChooseTeams, OneCoreAloneIsOneTeam) { EXPECT_EQ(ids(scaled(machine_of(1))), (Ids{"1c"})); }

TEST(ChooseTeams, ScalesByPowersOfTwo) {
  EXPECT_EQ(ids(scaled(machine_of(2))), (Ids{"1c", "2c"}));
  EXPECT_EQ(ids(scaled(machine_of(12))), (Ids{"1c", "12c", "2c", "4c", "8c"}));
}

TEST(ChooseTeams, SmtThreadsComeAfterCores) {
  const std::vector<Team> teams = scaled(machine_of(4, 2));
  EXPECT_EQ(ids(teams), (Ids{"1c", "4c", "2c", "4c8t"}));
  EXPECT_EQ(find(teams, "4c8t").threads(), 8);
}

TEST(ChooseTeams, AskedThreadsAndQuotasAreNotExceeded) {
  EXPECT_EQ(ids(scaled(machine_of(4, 2), 3)), (Ids{"1c", "3c", "2c"}));
  MachineShape bound = machine_of(4, 2);
  bound.cpu_quota_cores = Reading<double>::of(2.0, "a test");
  EXPECT_EQ(ids(scaled(bound)), (Ids{"1c", "2c"}));
}

TEST(ChooseTeams, EachKindOfCoreByItself) {
  MachineShape shape = machine_of(6);
  for (std::size_t i = 0; i < shape.cpus.size(); ++i) {
    shape.cpus[i].kind = i < 2 ? CoreKind::kPerformance : CoreKind::kEfficiency;
  }
  const std::vector<Team> teams = scaled(shape);
  const Ids names = ids(teams);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  EXPECT_EQ(find(teams, "1c-e").cpus, (std::vector<int>{2}));
  EXPECT_EQ(find(teams, "4c-e").cpus, (std::vector<int>{2, 3, 4, 5}));
  // Both performance cores are the first two of all: the same CPUs stand once, as "2c".
  EXPECT_EQ(find(teams, "2c").cpus, (std::vector<int>{0, 1}));
}

TEST(ChooseTeams, EachNodeWithItsOwnAndAnothersMemory) {
  MachineShape shape = machine_of(4);
  shape.cpus[2].numa_node = 1;
  shape.cpus[3].numa_node = 1;
  const std::vector<Team> teams = scaled(shape);
  EXPECT_EQ(find(teams, "2c-n0").memory_node, 0);
  EXPECT_EQ(find(teams, "2c-n1").cpus, (std::vector<int>{2, 3}));
  const Team& remote = find(teams, "2c-n0-m1");
  EXPECT_EQ(remote.cpus, (std::vector<int>{0, 1}));
  EXPECT_EQ(remote.memory_node, 1);
}

TEST(ChooseTeams, ManyNodesStayBounded) {
  MachineShape shape = machine_of(64, 2);
  for (LogicalCpu& cpu : shape.cpus) cpu.numa_node = cpu.core / 8;
  const std::vector<Team> teams = scaled(shape);
  EXPECT_LE(teams.size(), 20U);
  const Ids names = ids(teams);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

}  // namespace
}  // namespace perfbench
