#include "harness/core/plan/thread_choice.hpp"

#include <gtest/gtest.h>

#include "harness/core/units/error.hpp"
#include "tests/support/machine_shapes.hpp"

namespace perfbench {
namespace {

using Cpus = std::vector<int>;

MachineShape with_quota(MachineShape shape, double cores) {
  shape.cpu_quota_cores = Reading<double>::of(cores, "a test");
  return shape;
}

std::string usage_error(const MachineShape& shape, std::int64_t asked) {
  try {
    static_cast<void>(choose_threads(shape, asked));
  } catch (const UsageError& error) {
    return std::string(error.what()) + " | " + error.remedy();
  }
  return "accepted";
}

TEST(ThreadChoice, OneAPhysicalCore) {
  const ThreadChoice choice = choose_threads(machine_of(4, 2), std::nullopt);
  EXPECT_EQ(choice.cpus, (Cpus{0, 1, 2, 3}));
  EXPECT_EQ(choice.allowed_cpus, 8);
  EXPECT_EQ(choice.allowed_cores, 4);
  EXPECT_NE(choice.reason.find("one a core"), std::string::npos) << choice.reason;
}

TEST(ThreadChoice, SiblingsThatStandSideBySideAreTold) {
  MachineShape shape = machine_of(4);
  for (LogicalCpu& cpu : shape.cpus) cpu.core = cpu.os_index / 2;
  EXPECT_EQ(choose_threads(shape, std::nullopt).cpus, (Cpus{0, 2}));
  EXPECT_EQ(choose_threads(shape, 3).cpus, (Cpus{0, 2, 1}));
}

TEST(ThreadChoice, AskedForUsesSiblings) {
  const ThreadChoice choice = choose_threads(machine_of(4, 2), 6);
  EXPECT_EQ(choice.cpus, (Cpus{0, 1, 2, 3, 4, 5}));
  EXPECT_NE(choice.reason.find("share a core"), std::string::npos) << choice.reason;
}

TEST(ThreadChoice, HalfACoreOfEightIsOneThread) {
  const ThreadChoice choice = choose_threads(with_quota(machine_of(8), 0.5), std::nullopt);
  EXPECT_EQ(choice.threads(), 1);
  EXPECT_NE(choice.reason.find("quota of 0.5"), std::string::npos) << choice.reason;
}

TEST(ThreadChoice, QuotaIsRoundedUp) {
  EXPECT_EQ(choose_threads(with_quota(machine_of(8), 2.0), std::nullopt).threads(), 2);
  EXPECT_EQ(choose_threads(with_quota(machine_of(8), 2.1), std::nullopt).threads(), 3);
  EXPECT_EQ(choose_threads(with_quota(machine_of(8), 64.0), std::nullopt).threads(), 8);
}

TEST(ThreadChoice, AskedForOverrulesTheQuotaAndSaysSo) {
  const ThreadChoice choice = choose_threads(with_quota(machine_of(8), 0.5), 4);
  EXPECT_EQ(choice.threads(), 4);
  EXPECT_NE(choice.reason.find("quota will stop"), std::string::npos) << choice.reason;
}

TEST(ThreadChoice, OneAllowedCpuIsTheOneCore) {
  MachineShape shape = machine_of(4);
  for (LogicalCpu& cpu : shape.cpus) cpu.allowed = cpu.os_index == 2;
  const ThreadChoice choice = choose_threads(shape, std::nullopt);
  EXPECT_EQ(choice.cpus, (Cpus{2}));
  EXPECT_EQ(choice.one_core_cpu, 2);
}

TEST(ThreadChoice, OneCoreAvoidsCpuZero) {
  EXPECT_EQ(choose_threads(machine_of(2), std::nullopt).one_core_cpu, 1);
  EXPECT_EQ(choose_threads(machine_of(1), std::nullopt).one_core_cpu, 0);
  // CPU 1 is the other thread of core 0 here.
  MachineShape siblings = machine_of(4);
  for (LogicalCpu& cpu : siblings.cpus) cpu.core = cpu.os_index / 2;
  EXPECT_EQ(choose_threads(siblings, 4).one_core_cpu, 2);
}

TEST(ThreadChoice, PerformanceCoresComeFirst) {
  MachineShape shape = machine_of(4);
  shape.cpus[0].kind = CoreKind::kEfficiency;
  shape.cpus[1].kind = CoreKind::kEfficiency;
  shape.cpus[2].kind = CoreKind::kPerformance;
  shape.cpus[3].kind = CoreKind::kPerformance;
  const ThreadChoice all = choose_threads(shape, std::nullopt);
  EXPECT_EQ(all.cpus, (Cpus{2, 3, 0, 1}));
  EXPECT_TRUE(all.mixed_kinds);
  EXPECT_EQ(all.one_core_cpu, 2);
  const ThreadChoice two = choose_threads(shape, 2);
  EXPECT_EQ(two.cpus, (Cpus{2, 3}));
  EXPECT_FALSE(two.mixed_kinds);
}

TEST(ThreadChoice, RefusesWhatTheMachineHasNot) {
  EXPECT_EQ(usage_error(machine_of(2), 2), "accepted");
  const std::string beyond = usage_error(machine_of(2), 3);
  EXPECT_NE(beyond.find("the 2 CPUs"), std::string::npos) << beyond;
  EXPECT_NE(beyond.find("at most 2"), std::string::npos) << beyond;
  EXPECT_NE(usage_error(machine_of(2), 0).find("1 to 2"), std::string::npos);
  EXPECT_NE(usage_error(machine_of(2), -5), "accepted");
  MachineShape none = machine_of(2);
  for (LogicalCpu& cpu : none.cpus) cpu.allowed = false;
  EXPECT_THROW(static_cast<void>(choose_threads(none, std::nullopt)), ResourceError);
}

TEST(WithSiblings, AddsTheOtherThreadsOfTheSameCores) {
  EXPECT_EQ(with_siblings(machine_of(4, 2), {1, 3}), (Cpus{1, 3, 5, 7}));
  EXPECT_EQ(with_siblings(machine_of(4), {2}), (Cpus{2}));
  // A sibling that this process may not use is another's to use.
  MachineShape shape = machine_of(2, 2);
  shape.cpus[3].allowed = false;
  EXPECT_EQ(with_siblings(shape, {1}), (Cpus{1, 3}));
  // A CPU that the machine does not tell is watched alone.
  EXPECT_EQ(with_siblings(machine_of(2), {9}), (Cpus{9}));
}

}  // namespace
}  // namespace perfbench
