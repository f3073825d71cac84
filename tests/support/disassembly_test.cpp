#include "tests/support/disassembly.hpp"

#include <gtest/gtest.h>

namespace perfbench::test {
namespace {

constexpr const char* kX86 =
    "\nprogram:     file format elf64-x86-64\n\n\nDisassembly of section .text:\n\n"
    "0000000000001120 <f>:\n"
    "    1120:\tmov    %rdi,%rax\n"
    "    1124:\tvmulps %ymm1,%ymm2,%ymm3\n"
    "    1128:\tvmovaps (%rsi),%zmm4\n"
    "    112c:\tvfmadd213ps %zmm31,%zmm30,%zmm0\n"
    "    1132:\tvfmadd213ps %ymm31,%ymm30,%ymm1\n"
    "    1138:\tdec    %rcx\n"
    "    113b:\tjne    112c <f+0xc>\n"
    "    113d:\tdec    %rdx        # a comment\n"
    "    1140:\tjne    1124 <f+0x4>\n"
    "    1142:\tret\n"
    "\n0000000000001150 <g>:\n"
    "    1150:\tjmp    1150 <g>\n";

TEST(Disassembly, TheShortestBackwardBranchOfTheFirstFunctionIsTheInnermostLoop) {
  EXPECT_EQ(innermost_loop_in(kX86),
            (InstructionList{"vfmadd213ps %zmm31,%zmm30,%zmm0",
                             "vfmadd213ps %ymm31,%ymm30,%ymm1",
                             "dec %rcx",
                             "jne 112c <f+0xc>"}));
  EXPECT_TRUE(innermost_loop_in("").empty());
  EXPECT_TRUE(innermost_loop_in("0000000000001120 <f>:\n    1120:\tret\n").empty());
}

TEST(Disassembly, ReadsArmToo) {
  const InstructionList loop = innermost_loop_in(
      "0000000000000700 <f>:\n 700:\tfmla\tv0.4s, v30.4s, v31.4s\n 704:\tldr\tq1, [x0]\n"
      " 708:\tsubs\tx1, x1, #0x1\n 70c:\tb.ne\t700 <f>  // b.any\n");
  EXPECT_EQ(loop,
            (InstructionList{
                "fmla v0.4s,v30.4s,v31.4s", "ldr q1,[x0]", "subs x1,x1,#0x1", "b.ne 700 <f>"}));
  EXPECT_EQ(count_of(loop, "fmla", ".4s"), 1U);
  EXPECT_TRUE(has_memory_operand(loop[1]));
}

TEST(Disassembly, CountsAMnemonicOnOneRegisterWidth) {
  const InstructionList loop = innermost_loop_in(kX86);
  EXPECT_EQ(count_of(loop, "vfmadd213ps"), 2U);
  EXPECT_EQ(count_of(loop, "vfmadd213ps", "%zmm"), 1U);
  EXPECT_EQ(count_of(loop, "vfmadd", "%zmm"), 0U) << "a whole mnemonic";
}

TEST(Disassembly, TellsMemoryAndTheStack) {
  EXPECT_TRUE(has_memory_operand("vmovaps (%rsi),%zmm4"));
  EXPECT_FALSE(has_memory_operand("vmulps %ymm1,%ymm2,%ymm3"));
  EXPECT_TRUE(touches_stack("vmovaps %zmm4,-0x40(%rsp)"));
  EXPECT_TRUE(touches_stack("str q0,[sp,#16]"));
  EXPECT_TRUE(touches_stack("push %rbx"));
  EXPECT_FALSE(touches_stack("vmovaps (%rsi),%zmm4"));
}

/// The positive control on this very program: a loop that the compiler wrote.
[[gnu::noinline]] unsigned counted(unsigned n) {
  unsigned sum = 0;
  for (unsigned i = 0; i < n; ++i) {
    sum += i;
    asm volatile("nop" : "+r"(sum));
  }
  return sum;
}

TEST(Disassembly, FindsALoopOfThisProgram) {
  if (const std::string why = why_no_disassembly(); !why.empty()) GTEST_SKIP() << why;
  const InstructionList loop = innermost_loop(counted);
  ASSERT_FALSE(loop.empty());
  EXPECT_LT(loop.size(), 40U);
  bool nop = false;
  for (const std::string& instruction : loop) nop = nop || instruction == "nop";
  EXPECT_TRUE(nop);
}

}  // namespace
}  // namespace perfbench::test
