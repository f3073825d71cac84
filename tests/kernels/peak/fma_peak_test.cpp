#include "kernels/peak/fma_peak.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <set>
#include <tuple>
#include <vector>

#include "kernels/peak/half_precision.hpp"
#include "kernels/peak/peak_reference.hpp"
#include "tests/kernels/peak/host_machine.hpp"

namespace perfbench {
namespace {

std::vector<Isa> isas_of_loops() {
  std::vector<Isa> isas;
  for (const PeakLoop& loop : peak_loops()) {
    if (isas.empty() || isas.back() != loop.isa) isas.push_back(loop.isa);
  }
  return isas;
}

MachineShape machine_with(std::vector<Isa> isas, std::vector<std::string> flags = {}) {
  MachineShape machine;
  machine.isas = std::move(isas);
  machine.identity.flags = std::move(flags);
  return machine;
}

/// Every ISA and every flag that a loop of this build asks for.
MachineShape full_machine() {
  MachineShape machine = machine_with(isas_of_loops());
  for (const PeakLoop& loop : peak_loops()) {
    if (!loop.flag.empty()) machine.identity.flags.emplace_back(loop.flag);
  }
  return machine;
}

std::set<std::string> variants(const MachineShape& machine) {
  std::set<std::string> found;
  for (const KernelEntry& entry : peak_entries(machine)) {
    found.insert(entry.info.name + " " + entry.info.variant);
  }
  return found;
}

TEST(PeakEntries, OneForEachIsaPrecisionAndName) {
  if (peak_loops().empty()) GTEST_SKIP() << "no peak loops for this architecture";
  std::set<std::tuple<Isa, Precision, std::string>> seen;
  const std::vector<KernelEntry> entries = peak_entries(full_machine());
  for (const KernelEntry& entry : entries) {
    EXPECT_EQ(entry.info.kind, RoofKind::kCompute);
    EXPECT_TRUE(entry.info.is_roof);
    EXPECT_EQ(entry.info.level, MemoryLevel::kNone);
    EXPECT_EQ(entry.working_set, Bytes(0));
    EXPECT_EQ(entry.info.threads, 1);
    EXPECT_TRUE(seen.insert({entry.info.isa, entry.info.precision, entry.info.name}).second)
        << entry.info.variant;
  }
  EXPECT_EQ(entries.back().info.isa, isas_of_loops().back()) << "the widest comes last";
}

TEST(PeakEntries, FollowTheFlagsOfTheMachine) {
#if defined(__x86_64__)
  const std::vector<Isa> zen3{Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma};
  EXPECT_EQ(variants(machine_with(zen3)),
            (std::set<std::string>{"mul_add scalar mulss and addss",
                                   "mul_add scalar mulsd and addsd",
                                   "mul_add sse2 mulps and addps",
                                   "mul_add sse2 mulpd and addpd",
                                   "fma avx2 vfmadd213ps",
                                   "fma avx2 vfmadd213pd",
                                   "fma_add avx2 vfmadd213ps and vaddps",
                                   "fma_add avx2 vfmadd213pd and vaddpd"}));
  EXPECT_EQ(variants(machine_with(zen3, {"avx_vnni"})).count("dot avx2 vpdpbusd"), 1U);
  EXPECT_EQ(variants(machine_with(zen3, {"avx512_vnni"})).count("dot avx2 vpdpbusd"), 0U)
      << "the flag alone, without the registers that the kernel saves";
  const std::vector<Isa> zen4{Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512};
  const auto zen4_has = variants(machine_with(zen4, {"avx512_bf16", "avx512_vnni"}));
  for (const char* dot :
       {"dot avx2 vdpbf16ps", "dot avx512 vdpbf16ps", "dot avx2 vpdpbusd", "dot avx512 vpdpbusd"}) {
    EXPECT_EQ(zen4_has.count(dot), 1U) << dot;
  }
  EXPECT_EQ(zen4_has.count("fma avx512 vfmadd213ph"), 0U);
  EXPECT_EQ(variants(machine_with({Isa::kAmx}, {"amx_int8"})),
            std::set<std::string>{"dot amx tdpbssd"});
#elif defined(__aarch64__)
  const std::vector<Isa> arm{Isa::kScalar, Isa::kNeon};
  EXPECT_EQ(variants(machine_with(arm)).size(), 2U) << "fp32 and fp64 share their variant's name";
  const auto with = [&](const char* flag) { return variants(machine_with(arm, {flag})); };
  EXPECT_EQ(with("asimddp").count("dot neon sdot"), 1U);
  EXPECT_EQ(with("bf16").count("dot neon bfdot"), 1U);
  EXPECT_EQ(with("bf16").count("mmla neon bfmmla"), 1U);
  EXPECT_EQ(with("i8mm").count("mmla neon smmla"), 1U);
  EXPECT_EQ(with("i8mm").count("dot neon sdot"), 0U);
#else
  GTEST_SKIP() << "no peak loops for this architecture";
#endif
}

TEST(PeakEntries, AnIsaThatTheMachineLacksIsNotOffered) {
  if (peak_loops().empty()) GTEST_SKIP() << "no peak loops for this architecture";
  EXPECT_TRUE(peak_entries(machine_with({})).empty());
  for (const KernelEntry& entry : peak_entries(machine_with({isas_of_loops().front()}))) {
    EXPECT_EQ(entry.info.isa, isas_of_loops().front());
  }
}

TEST(PeakLoops, AFullVectorOfTheIsa) {
  for (const PeakLoop& loop : peak_loops()) {
    const std::uint32_t vector = loop.lanes * element_bytes(loop);
    switch (loop.isa) {
      case Isa::kScalar:
        EXPECT_EQ(loop.lanes, 1U);
        break;
      case Isa::kSse2:
      case Isa::kNeon:
        EXPECT_EQ(vector, 16U);
        break;
      case Isa::kAvx2Fma:
        EXPECT_EQ(vector, 32U);
        break;
      case Isa::kAvx512:
        EXPECT_EQ(vector, 64U);
        break;
      case Isa::kAmx:
        EXPECT_EQ(vector, 1024U);
        break;
      case Isa::kSve:
        EXPECT_GE(vector, 16U);
        EXPECT_EQ(vector % 16, 0U);
        break;
    }
  }
}

TEST(PeakLoops, EnoughAccumulatorsWhereThereAreRegisters) {
  for (const PeakLoop& loop : peak_loops()) {
    if (loop.isa == Isa::kAmx) {
      EXPECT_EQ(loop.accumulators, 4U);
    } else if (loop.step == PeakStep::kFusedAndAdd && loop.state_of == Isa::kAvx2Fma) {
      EXPECT_EQ(loop.accumulators + loop.adders, 14U) << "16 registers, two of them constants";
    } else {
      EXPECT_GE(loop.accumulators, 12U) << loop.instruction;
    }
    if (loop.adders > 0) {
      EXPECT_EQ(loop.accumulators * loop.steps, loop.adders * loop.adder_steps)
          << "as many additions as FMAs";
    }
  }
}

TEST(LoadedClockChain, IsGivenForTheIsasThatMoveTheClockAndRuns) {
  const MachineShape host = test::host_machine();
  for (const KernelEntry& entry : peak_entries(full_machine())) {
    const bool wide = entry.info.isa == Isa::kAvx2Fma || entry.info.isa == Isa::kAvx512 ||
                      entry.info.isa == Isa::kAmx;
    EXPECT_EQ(static_cast<bool>(entry.loaded_clock_chain), wide) << entry.info.variant;
    const bool here =
        std::find(host.isas.begin(), host.isas.end(), entry.info.isa) != host.isas.end();
    if (wide && here) {
      entry.loaded_clock_chain(0);
      entry.loaded_clock_chain(3);
    }
  }
}

std::uint64_t work_of(Isa isa, Precision precision, std::string_view name) {
  for (const PeakLoop& loop : peak_loops()) {
    if (loop.isa == isa && loop.precision == precision && kernel_name(loop.step) == name) {
      return make_peak_kernel(loop)->work().flops.count();
    }
  }
  return 0;
}

TEST(PeakKernel, WorkCountsEachMultiplyAndEachAdd) {
  // Accumulators x elements x steps x products x 2, and one for each addition alone.
#if defined(__x86_64__)
  EXPECT_EQ(work_of(Isa::kScalar, Precision::kFp64, "mul_add"), 14U * 1 * 2 * 2);
  EXPECT_EQ(work_of(Isa::kAvx512, Precision::kFp32, "fma"), 24U * 16 * 2 * 2);
  EXPECT_EQ(work_of(Isa::kAvx512, Precision::kFp16, "fma"), 24U * 32 * 2 * 2);
  EXPECT_EQ(work_of(Isa::kAvx512, Precision::kFp64, "fma_add"), 12U * 8 * 2 * 3);
  EXPECT_EQ(work_of(Isa::kAvx512, Precision::kBf16, "dot"), 24U * 32 * 2 * 2);
  EXPECT_EQ(work_of(Isa::kAvx512, Precision::kInt8, "dot"), 24U * 64 * 2 * 2);
  EXPECT_EQ(work_of(Isa::kAmx, Precision::kBf16, "dot"), 4U * 16 * 16 * 32 * 2 * 2);
  EXPECT_EQ(work_of(Isa::kAmx, Precision::kInt8, "dot"), 4U * 16 * 16 * 64 * 2 * 2);
#elif defined(__aarch64__)
  EXPECT_EQ(work_of(Isa::kNeon, Precision::kFp32, "fma"), 24U * 4 * 2 * 2);
  EXPECT_EQ(work_of(Isa::kNeon, Precision::kInt8, "dot"), 24U * 16 * 2 * 2);
  EXPECT_EQ(work_of(Isa::kNeon, Precision::kBf16, "mmla"), 24U * 16 * 2 * 2);
  EXPECT_EQ(work_of(Isa::kNeon, Precision::kInt8, "mmla"), 24U * 32 * 2 * 2);
#else
  GTEST_SKIP() << "no peak loops for this architecture";
#endif
}

TEST(PeakKernel, AgreesWithTheScalarRecurrenceOnThisCpu) {
  const MachineShape host = test::host_machine();
  std::string left_out;
  int checked = 0;
  for (const PeakLoop& loop : peak_loops()) {
    const auto kernel = make_peak_kernel(loop);
    if (!can_run(host, loop)) {
      left_out += " " + kernel->info().variant;
      continue;
    }
    kernel->prepare();
    const Verification first = kernel->verify();
    EXPECT_TRUE(first.passed) << kernel->info().variant << ": " << first.detail;
    kernel->run(1000);
    kernel->run(0);  // Nothing to do is no endless loop.
    const Verification again = kernel->verify();
    EXPECT_TRUE(again.passed) << "verify() starts anew: " << again.detail;
    ++checked;
  }
  RecordProperty("not_run_on_this_cpu", left_out);
  if (checked == 0) GTEST_SKIP() << "this CPU runs none of this build's peak loops";
}

struct Buffers {
  alignas(64) std::array<std::byte, 24 * 256> state{};
  alignas(64) std::array<std::byte, PeakReference::kMostConstantBytes> constants{};
};

/// The positive control of verify(): an answer after one iteration more or less, or of an
/// accumulator that was left out, differs in every element.
TEST(PeakReference, EveryElementTellsTheNumberOfIterations) {
  for (const PeakLoop& loop : peak_loops()) {
    const auto reference = make_peak_reference(loop);
    const std::size_t size = element_bytes(loop);
    std::vector<std::byte> before(element_count(loop) * size);
    reference->write_start(before);
    std::vector<std::byte> after = before;
    for (int iterations = 1; iterations <= 3; ++iterations) {
      reference->advance(after, 1);
      for (std::size_t at = 0; at < before.size(); at += size) {
        ASSERT_NE(std::memcmp(before.data() + at, after.data() + at, size), 0)
            << loop.instruction << " element " << at / size << " after " << iterations;
      }
      before = after;
    }
  }
}

TEST(PeakLoops, RunAsManyIterationsAsTheyAreTold) {
  const MachineShape host = test::host_machine();
  for (const PeakLoop& loop : peak_loops()) {
    if (!can_run(host, loop)) continue;
    const auto reference = make_peak_reference(loop);
    for (const std::uint64_t iterations : {1U, 2U, 7U}) {
      Buffers buffers;
      reference->write_constants(buffers.constants);
      const std::size_t used = element_count(loop) * element_bytes(loop);
      reference->write_start(buffers.state);
      std::vector<std::byte> expected(used);
      reference->write_start(expected);
      reference->advance(expected, iterations);
      loop.run(buffers.state.data(), buffers.constants.data(), iterations);
      EXPECT_EQ(std::memcmp(buffers.state.data(), expected.data(), used), 0)
          << loop.instruction << " after " << iterations;
      for (std::size_t i = used; i < buffers.state.size(); ++i) {
        ASSERT_EQ(buffers.state[i], std::byte{0}) << "writes behind its accumulators";
      }
    }
  }
}

/// Values of a floating-point loop after many iterations; int8 has no values that could be slow.
template <class Float>
void expect_bounded(const PeakLoop& loop, const Buffers& buffers) {
  for (std::size_t i = 0; i < element_count(loop); ++i) {
    Float x{};
    std::memcpy(&x, buffers.state.data() + i * sizeof(Float), sizeof(Float));
    double value = 0.0;
    if constexpr (std::is_integral_v<Float>) {
      value = half_value(x);
    } else {
      value = static_cast<double>(x);
    }
    ASSERT_GE(std::fabs(value), 0.09) << loop.instruction << " " << i;
    ASSERT_LE(std::fabs(value), 2048.0) << loop.instruction << " " << i;
  }
}

TEST(PeakLoops, ValuesStayBoundedAndFarFromDenormal) {
  const MachineShape host = test::host_machine();
  for (const PeakLoop& loop : peak_loops()) {
    if (!can_run(host, loop) || loop.precision == Precision::kInt8 || loop.isa == Isa::kAmx) {
      continue;
    }
    Buffers buffers;
    const auto reference = make_peak_reference(loop);
    reference->write_constants(buffers.constants);
    reference->write_start(buffers.state);
    // Also right after the start, where a recurrence moves fastest.
    for (const std::uint64_t iterations : {1U, 2U, 5U, 50U, 1000U}) {
      loop.run(buffers.state.data(), buffers.constants.data(), iterations);
      if (loop.precision == Precision::kFp64) {
        expect_bounded<double>(loop, buffers);
      } else if (loop.precision == Precision::kFp16) {
        expect_bounded<std::uint16_t>(loop, buffers);
      } else {
        expect_bounded<float>(loop, buffers);
      }
    }
  }
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(round_to_half(1.0), 1.0);
  EXPECT_EQ(round_to_half(1.0 + 0x1p-11), 1.0) << "a tie goes to the even digit";
  EXPECT_EQ(round_to_half(1.0 + 3 * 0x1p-11), 1.0 + 0x1p-9);
  EXPECT_EQ(round_to_half(1.0 + 0x1p-11 + 0x1p-30), 1.0 + 0x1p-10);
  EXPECT_EQ(round_to_half(-1.9999), -2.0);
  EXPECT_EQ(round_to_half(0.0), 0.0);
  // IEEE 754 binary16 by its definition.
  EXPECT_EQ(half_bits(1.0), 0x3C00);
  EXPECT_EQ(half_bits(-2.0), 0xC000);
  EXPECT_EQ(half_bits(65504.0), 0x7BFF);
  EXPECT_EQ(half_bits(0.333251953125), 0x3555);
  EXPECT_EQ(half_value(0x3555), 0.333251953125);
  EXPECT_EQ(half_value(0x0001), 0x1p-24);
  for (std::uint16_t bits = 0x0400; bits < 0x7C00; ++bits) {
    ASSERT_EQ(half_bits(half_value(bits)), bits);
  }
}

}  // namespace
}  // namespace perfbench
