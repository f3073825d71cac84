#include "tools/cli/workload_choice.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

MachineShape scalar_machine() {
  MachineShape machine;
  machine.isas = {Isa::kScalar};
  return machine;
}

WorkloadEntry entry_of(const std::string& name, const std::string& rung) {
  WorkloadSources sources;
  sources.machine = scalar_machine();
  return choose_workload(sources, std::nullopt, name, rung, ThreadChoice{}).entry;
}

TEST(WorkloadChoice, ASizeOfOnesOwnStandsInPlaceOfARung) {
  EXPECT_EQ(entry_of("gemm", "40").make()->work(1).flops, Flops(2 * 40 * 40 * 40));
  EXPECT_EQ(entry_of("triad", "24M").make()->work(1).flops,
            entry_of("triad", "24MiB").make()->work(1).flops);
  EXPECT_NE(entry_of("spin", "250us").make()->info().description.find("250000 ns"),
            std::string::npos);
  const WorkloadEntry own = entry_of("llm-decode", "52MiB:64");
  EXPECT_EQ(own.make()->info().rung, "52MiB, context 64");
}

TEST(WorkloadChoice, WhatIsNoSizeIsRefusedByTheLadder) {
  const MachineShape machine = scalar_machine();
  EXPECT_NO_THROW(check_workload(machine, "gemm", "40"));
  EXPECT_THROW(check_workload(machine, "gemm", "-4"), UsageError);
  EXPECT_THROW(check_workload(machine, "gemm", "40x"), UsageError);
  EXPECT_THROW(check_workload(machine, "triad", "lots"), UsageError);
  EXPECT_THROW(check_workload(machine, "spin", "soon"), UsageError);
  EXPECT_THROW(check_workload(machine, "llm-decode", "52MiB:none"), UsageError);
  EXPECT_THROW(check_workload(machine, "kws", "40"), UsageError);
}

}  // namespace
}  // namespace perfbench
