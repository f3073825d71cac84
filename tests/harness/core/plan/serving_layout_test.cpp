#include "harness/core/plan/serving_layout.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/machine_shapes.hpp"

namespace perfbench {
namespace {

ServingLayout layout_of(const MachineShape& shape,
                        Scenario scenario,
                        int workers = 0,
                        std::optional<std::int64_t> threads = std::nullopt) {
  return choose_serving_layout(shape, choose_threads(shape, threads), scenario, workers);
}

std::set<int> cores_of(const MachineShape& shape, const std::vector<int>& cpus) {
  std::set<int> cores;
  for (const int os_index : cpus) {
    for (const LogicalCpu& cpu : shape.cpus) {
      if (cpu.os_index == os_index) cores.insert(cpu.core);
    }
  }
  return cores;
}

TEST(ServingLayout, OneCoreIssuesAndTheOthersExecute) {
  for (const int smt : {1, 2}) {
    const MachineShape shape = machine_of(4, smt);
    for (const Scenario scenario :
         {Scenario::kServer, Scenario::kOffline, Scenario::kMultiStream}) {
      const ServingLayout layout = layout_of(shape, scenario);
      ASSERT_TRUE(layout.generator_cpu.has_value());
      EXPECT_FALSE(layout.inline_execution);
      EXPECT_EQ(layout.worker_cpus.size(), 3U);
      // All four on cores of their own, siblings counted.
      EXPECT_EQ(cores_of(shape, layout.cpus()).size(), 4U);
      EXPECT_NE(layout.sentence.find("no worker shares"), std::string::npos) << layout.sentence;
    }
  }
}

TEST(ServingLayout, ServerAndOfflineHaveTheSameWorkers) {
  const MachineShape shape = machine_of(6, 2);
  for (const int workers : {0, 1, 3, 99}) {
    const ServingLayout server = layout_of(shape, Scenario::kServer, workers);
    const ServingLayout offline = layout_of(shape, Scenario::kOffline, workers);
    EXPECT_EQ(server.worker_cpus, offline.worker_cpus);
    EXPECT_EQ(server.generator_cpu, offline.generator_cpu);
  }
}

TEST(ServingLayout, WorkersAreCappedAndTheSentenceSaysSo) {
  const MachineShape shape = machine_of(4);
  EXPECT_EQ(layout_of(shape, Scenario::kServer, 2).worker_cpus.size(), 2U);
  const ServingLayout most = layout_of(shape, Scenario::kServer, 4);
  EXPECT_EQ(most.worker_cpus.size(), 3U);
  EXPECT_NE(most.sentence.find("4 workers were asked for"), std::string::npos) << most.sentence;
}

TEST(ServingLayout, SmtThreadsThatWereAskedForNeverShareTheGeneratorsCore) {
  const MachineShape shape = machine_of(2, 2);
  const ServingLayout layout = layout_of(shape, Scenario::kServer, 0, 4);
  EXPECT_EQ(layout.worker_cpus.size(), 1U);
  EXPECT_EQ(cores_of(shape, layout.cpus()).size(), 2U);
}

TEST(ServingLayout, OneCoreExecutesInTheIssuingThread) {
  for (const int smt : {1, 2}) {
    const MachineShape shape = machine_of(1, smt);
    const ServingLayout layout = layout_of(shape, Scenario::kServer, 0, smt);
    EXPECT_TRUE(layout.inline_execution);
    EXPECT_FALSE(layout.generator_cpu.has_value());
    EXPECT_EQ(layout.worker_cpus.size(), 1U);
    EXPECT_NE(layout.sentence.find("one physical core"), std::string::npos) << layout.sentence;
    EXPECT_EQ(layout.sentence.find("SMT") != std::string::npos, smt == 2) << layout.sentence;
  }
}

TEST(ServingLayout, SingleStreamIsInlineOnTheOneCoreCpu) {
  const MachineShape shape = machine_of(4);
  const ThreadChoice threads = choose_threads(shape, std::nullopt);
  const ServingLayout layout = choose_serving_layout(shape, threads, Scenario::kSingleStream, 3);
  EXPECT_TRUE(layout.inline_execution);
  EXPECT_EQ(layout.worker_cpus, std::vector<int>{threads.one_core_cpu});
}

TEST(ServingLayout, TheOneCoreCpuIsAWorker) {
  const MachineShape shape = machine_of(2);
  ThreadChoice threads = choose_threads(shape, std::nullopt);
  for (const int one : {0, 1}) {
    threads.one_core_cpu = one;
    const ServingLayout layout = choose_serving_layout(shape, threads, Scenario::kServer, 0);
    EXPECT_EQ(layout.worker_cpus, std::vector<int>{one});
    EXPECT_EQ(layout.generator_cpu, 1 - one);
  }
}

}  // namespace
}  // namespace perfbench
