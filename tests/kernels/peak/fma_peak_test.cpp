#include "kernels/peak/fma_peak.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>
#include <vector>

#include "kernels/peak/peak_loop.hpp"
#include "tests/kernels/host_isas.hpp"

namespace perfbench {
namespace {

MachineShape machine_with(std::vector<Isa> isas) {
  MachineShape machine;
  machine.isas = std::move(isas);
  return machine;
}

std::vector<Isa> isas_of_loops() {
  std::vector<Isa> isas;
  for (const PeakLoop& loop : peak_loops()) {
    if (isas.empty() || isas.back() != loop.isa) isas.push_back(loop.isa);
  }
  return isas;
}

TEST(PeakEntries, GivesEachIsaOfTheMachineInBothPrecisions) {
  const std::vector<Isa> isas = isas_of_loops();
  if (isas.empty()) GTEST_SKIP() << "no peak loops for this architecture";
  const std::vector<KernelEntry> entries = peak_entries(machine_with(isas));
  ASSERT_EQ(entries.size(), 2 * isas.size());
  std::set<std::tuple<Isa, Precision>> seen;
  for (const KernelEntry& entry : entries) {
    EXPECT_EQ(entry.info.kind, RoofKind::kCompute);
    EXPECT_TRUE(entry.info.is_roof);
    EXPECT_EQ(entry.info.level, MemoryLevel::kNone);
    EXPECT_EQ(entry.working_set, Bytes(0));
    EXPECT_EQ(entry.info.threads, 1);
    seen.insert({entry.info.isa, entry.info.precision});
  }
  EXPECT_EQ(seen.size(), entries.size());
  EXPECT_EQ(entries.back().info.isa, isas.back()) << "the widest comes last";
}

TEST(PeakEntries, AnIsaThatTheMachineLacksIsNotOffered) {
  const std::vector<Isa> isas = isas_of_loops();
  if (isas.empty()) GTEST_SKIP() << "no peak loops for this architecture";
  EXPECT_EQ(peak_entries(machine_with({isas.front()})).size(), 2U);
  EXPECT_TRUE(peak_entries(machine_with({})).empty());
}

TEST(PeakEntries, OnlyFusedLoopsAreCalledFma) {
  for (const PeakLoop& loop : peak_loops()) {
    const auto kernel = make_peak_kernel(loop.isa, loop.precision);
    EXPECT_EQ(kernel->info().name, loop.step == PeakStep::kSeparateTimesX ? "mul_add" : "fma");
    EXPECT_FALSE(loop.isa == Isa::kSse2 && kernel->info().name == "fma");
  }
}

TEST(PeakLoops, AFullVectorOfTheIsaAndEnoughAccumulators) {
  for (const PeakLoop& loop : peak_loops()) {
    const std::uint32_t element = loop.precision == Precision::kFp32 ? 4 : 8;
    std::uint32_t vector = element;
    if (loop.isa == Isa::kSse2 || loop.isa == Isa::kNeon) vector = 16;
    if (loop.isa == Isa::kAvx2Fma) vector = 32;
    if (loop.isa == Isa::kAvx512) vector = 64;
    EXPECT_EQ(loop.lanes * element, vector);
    EXPECT_GE(loop.accumulators, 12U);
  }
}

TEST(LoadedClockChain, IsGivenForTheIsasThatMoveTheClockAndRuns) {
  const std::vector<KernelEntry> entries = peak_entries(machine_with(isas_of_loops()));
  for (const KernelEntry& entry : entries) {
    const bool wide = entry.info.isa == Isa::kAvx2Fma || entry.info.isa == Isa::kAvx512;
    EXPECT_EQ(static_cast<bool>(entry.loaded_clock_chain), wide) << entry.info.variant;
    if (wide && test::host_has(entry.info.isa)) {
      entry.loaded_clock_chain(0);
      entry.loaded_clock_chain(3);
    }
  }
}

TEST(PeakKernel, WorkCountsEachMultiplyAndEachAdd) {
  for (const PeakLoop& loop : peak_loops()) {
    const auto kernel = make_peak_kernel(loop.isa, loop.precision);
    // Two steps of a multiply and an add on each element.
    EXPECT_EQ(kernel->work().flops, Flops(std::uint64_t{loop.accumulators} * loop.lanes * 2 * 2));
    EXPECT_EQ(kernel->work().bytes, Bytes(0));
    EXPECT_EQ(kernel->work().moved_bytes, Bytes(0));
  }
}

TEST(PeakKernel, AgreesWithTheScalarRecurrenceOnThisCpu) {
  int checked = 0;
  for (const PeakLoop& loop : peak_loops()) {
    if (!test::host_has(loop.isa)) continue;
    const auto kernel = make_peak_kernel(loop.isa, loop.precision);
    kernel->prepare();
    const Verification first = kernel->verify();
    EXPECT_TRUE(first.passed) << kernel->info().variant << ": " << first.detail;
    kernel->run(1000);
    kernel->run(0);  // Nothing to do is no endless loop.
    const Verification again = kernel->verify();
    EXPECT_TRUE(again.passed) << "verify() starts anew: " << again.detail;
    ++checked;
  }
  if (checked == 0) GTEST_SKIP() << "this CPU runs none of this build's peak loops";
}

/// Steps the loop by hand: the positive control of verify(), since it shows that one step more or
/// less is seen.
TEST(PeakLoops, OneIterationIsTwoSteps) {
  int checked = 0;
  for (const PeakLoop& loop : peak_loops()) {
    if (!test::host_has(loop.isa) || loop.precision != Precision::kFp64) continue;
    alignas(64) std::array<double, 24 * 8> state{};
    alignas(16) const std::array<double, 2> constants{0.5, 2.0};
    const std::size_t used = std::size_t{loop.accumulators} * loop.lanes;
    for (std::size_t i = 0; i < used; ++i) state[i] = static_cast<double>(i);
    loop.run(state.data(), constants.data(), 1);
    for (std::size_t i = 0; i < used; ++i) {
      const double x = static_cast<double>(i);
      // (x/2 + 2)/2 - 2 = x/4 - 1, or x + 1 - 1 where the accumulator is the addend: exact in fp64.
      const double expected = loop.step == PeakStep::kFusedPlusX ? x : x / 4 - 1;
      EXPECT_EQ(state[i], expected) << "element " << i;
    }
    for (std::size_t i = used; i < state.size(); ++i) EXPECT_EQ(state[i], 0.0);
    ++checked;
  }
  if (checked == 0) GTEST_SKIP() << "this CPU runs none of this build's peak loops";
}

TEST(PeakLoops, ValuesStayBoundedAndFarFromDenormal) {
  int checked = 0;
  for (const PeakLoop& loop : peak_loops()) {
    if (!test::host_has(loop.isa) || loop.precision != Precision::kFp32) continue;
    alignas(64) std::array<float, 24 * 16> state{};
    alignas(16) const std::array<float, 2> constants{0.9999F, 2.0F};
    const std::size_t used = std::size_t{loop.accumulators} * loop.lanes;
    for (std::size_t i = 0; i < used; ++i) {
      state[i] = -0.5F - static_cast<float>(i) / static_cast<float>(used);
    }
    for (int round = 0; round < 300; ++round) {
      loop.run(state.data(), constants.data(), static_cast<std::uint64_t>(1 + round));
      for (std::size_t i = 0; i < used; ++i) {
        ASSERT_GE(std::fabs(state[i]), 0.4F);
        ASSERT_LE(std::fabs(state[i]), 2.5F);
      }
    }
    ++checked;
  }
  if (checked == 0) GTEST_SKIP() << "this CPU runs none of this build's peak loops";
}

}  // namespace
}  // namespace perfbench
