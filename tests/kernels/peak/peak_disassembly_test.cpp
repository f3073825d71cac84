// What a peak loop claims, read from the machine code of this very program: the instructions, their
// number, the width of the registers, and nothing in memory.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/peak/fma_peak.hpp"
#include "kernels/peak/peak_loop.hpp"
#include "tests/support/disassembly.hpp"

namespace perfbench {
namespace {

/// The instructions of a loop's steps forth and back, as the manuals spell them.
struct Instructions {
  std::string_view claimed;  ///< PeakLoop::instruction
  std::vector<std::string_view> multiplying;
  std::vector<std::string_view> adding;
};

const std::array<Instructions, 19>& instruction_table() {
  static const std::array<Instructions, 19> table{{
      {"mulss and addss", {"mulss"}, {"addss", "subss"}},
      {"mulsd and addsd", {"mulsd"}, {"addsd", "subsd"}},
      {"mulps and addps", {"mulps"}, {"addps", "subps"}},
      {"mulpd and addpd", {"mulpd"}, {"addpd", "subpd"}},
      {"vfmadd213ps", {"vfmadd213ps", "vfmsub213ps"}, {}},
      {"vfmadd213pd", {"vfmadd213pd", "vfmsub213pd"}, {}},
      {"vfmadd213ph", {"vfmadd213ph", "vfmsub213ph"}, {}},
      {"vfmadd213ps and vaddps", {"vfmadd213ps", "vfmsub213ps"}, {"vaddps", "vsubps"}},
      {"vfmadd213pd and vaddpd", {"vfmadd213pd", "vfmsub213pd"}, {"vaddpd", "vsubpd"}},
      {"vdpbf16ps", {"vdpbf16ps"}, {}},
      {"vpdpbusd", {"vpdpbusd", "{vex}vpdpbusd"}, {}},
      {"tdpbf16ps", {"tdpbf16ps"}, {}},
      {"tdpbssd", {"tdpbssd"}, {}},
      {"fmadd", {"fmadd", "fnmsub"}, {}},
      {"fmla", {"fmla", "fmls"}, {}},
      {"bfdot", {"bfdot"}, {}},
      {"sdot", {"sdot"}, {}},
      {"bfmmla", {"bfmmla"}, {}},
      {"smmla", {"smmla"}, {}},
  }};
  return table;
}

/// How the registers of an ISA are written; every operand of a claimed instruction must be one.
std::string_view register_class(Isa isa) {
  switch (isa) {
    case Isa::kSse2:
      return "%xmm";
    case Isa::kAvx2Fma:
      return "%ymm";
    case Isa::kAvx512:
      return "%zmm";
    case Isa::kAmx:
      return "%tmm";
    case Isa::kNeon:
      return "v";
    case Isa::kScalar:
    case Isa::kSve:
      break;
  }
  return "";
}

std::size_t count(const test::InstructionList& loop,
                  const std::vector<std::string_view>& mnemonics,
                  Isa isa) {
  std::size_t found = 0;
  for (const std::string_view mnemonic : mnemonics) {
    found += test::count_of(loop, mnemonic, register_class(isa));
  }
  return found;
}

void expect_claims(const PeakLoop& loop) {
  SCOPED_TRACE(std::string(loop.instruction) + " on " + std::string(register_class(loop.isa)) +
               " of " + std::to_string(loop.lanes));
  const test::InstructionList code = test::innermost_loop(loop.run);
  ASSERT_FALSE(code.empty());
  const auto known = std::find_if(
      instruction_table().begin(), instruction_table().end(), [&](const Instructions& entry) {
        return entry.claimed == loop.instruction;
      });
  ASSERT_NE(known, instruction_table().end()) << "an instruction that this test does not know";
  const std::size_t products = std::size_t{loop.accumulators} * loop.steps;
  EXPECT_EQ(count(code, known->multiplying, loop.isa), products);
  std::size_t additions = std::size_t{loop.adders} * loop.adder_steps;
  if (loop.step == PeakStep::kSeparateTimesX) additions = products;
  EXPECT_EQ(count(code, known->adding, loop.isa), additions);
  // Beside them two instructions that count and branch.
  EXPECT_LE(code.size(), products + additions + 2);
  for (const std::string& instruction : code) {
    EXPECT_FALSE(test::has_memory_operand(instruction)) << instruction;
    EXPECT_FALSE(test::touches_stack(instruction)) << instruction;
  }
}

TEST(PeakDisassembly, EachLoopIsTheInstructionsThatItClaims) {
  if (const std::string why = test::why_no_disassembly(); !why.empty()) GTEST_SKIP() << why;
  if (peak_loops().empty()) GTEST_SKIP() << "no peak loops for this architecture";
  for (const PeakLoop& loop : peak_loops()) expect_claims(loop);
}

TEST(PeakDisassembly, WithoutAvx512NoLoopHasItsEncoding) {
  if (const std::string why = test::why_no_disassembly(); !why.empty()) GTEST_SKIP() << why;
  for (const PeakLoop& loop : peak_loops()) {
    if (loop.flag != "avx_vnni") continue;
    const test::InstructionList code = test::innermost_loop(loop.run);
    EXPECT_EQ(count(code, {"{vex}vpdpbusd"}, loop.isa), std::size_t{loop.accumulators} * 2);
  }
}

TEST(PeakDisassembly, NoTwoLoopsAreTheSameCode) {
  for (const PeakLoop& a : peak_loops()) {
    for (const PeakLoop& b : peak_loops()) EXPECT_EQ(a.run == b.run, &a == &b);
  }
}

}  // namespace
}  // namespace perfbench
