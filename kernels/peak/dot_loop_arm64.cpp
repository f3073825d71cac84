#include <array>

#include "kernels/peak/loop_families.hpp"

// Dot products of pairs of bf16 and of fours of int8 (DOT), and products of 2 x 4 and 2 x 8
// matrices with the transposed of such a one (MMLA), which do twice as many multiply-adds an
// instruction. 24 accumulators: MMLA of latency 6 on four pipes has 24 in flight (reference).

namespace perfbench {
namespace {

void run_neon_bf16(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension bf16\n"
      "ldr s29, [%[k], #0]\n"
      "ldr s30, [%[k], #4]\n"
      "ldr s31, [%[k], #8]\n"
      "dup v29.4s, v29.s[0]\n"
      "dup v30.4s, v30.s[0]\n"
      "dup v31.4s, v31.s[0]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "bfdot v\\r\\().4s, v29.8h, v30.8h\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "bfdot v\\r\\().4s, v29.8h, v31.8h\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31");
  // clang-format on
}

void run_neon_bf16_mmla(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension bf16\n"
      "ldr s29, [%[k], #0]\n"
      "ldr s30, [%[k], #4]\n"
      "ldr s31, [%[k], #8]\n"
      "dup v29.4s, v29.s[0]\n"
      "dup v30.4s, v30.s[0]\n"
      "dup v31.4s, v31.s[0]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "bfmmla v\\r\\().4s, v29.8h, v30.8h\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "bfmmla v\\r\\().4s, v29.8h, v31.8h\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31");
  // clang-format on
}

void run_neon_int8(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch armv8.2-a+dotprod\n"
      "ldr s29, [%[k], #0]\n"
      "ldr s30, [%[k], #4]\n"
      "ldr s31, [%[k], #8]\n"
      "dup v29.4s, v29.s[0]\n"
      "dup v30.4s, v30.s[0]\n"
      "dup v31.4s, v31.s[0]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "sdot v\\r\\().4s, v29.16b, v30.16b\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "sdot v\\r\\().4s, v29.16b, v31.16b\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31");
  // clang-format on
}

void run_neon_int8_mmla(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension i8mm\n"
      "ldr s29, [%[k], #0]\n"
      "ldr s30, [%[k], #4]\n"
      "ldr s31, [%[k], #8]\n"
      "dup v29.4s, v29.s[0]\n"
      "dup v30.4s, v30.s[0]\n"
      "dup v31.4s, v31.s[0]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "smmla v\\r\\().4s, v29.16b, v30.16b\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "smmla v\\r\\().4s, v29.16b, v31.16b\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31");
  // clang-format on
}

constexpr PeakLoop loop(Precision precision, PeakStep step, PeakLoop::Run run) {
  const bool bf16 = precision == Precision::kBf16;
  const bool dot = step == PeakStep::kDot;
  PeakLoop loop;
  loop.isa = Isa::kNeon;
  loop.state_of = Isa::kNeon;
  loop.precision = precision;
  loop.step = step;
  loop.accumulators = 24;
  loop.lanes = 4;
  loop.products = (bf16 ? 2U : 4U) * (dot ? 1U : 2U);
  if (bf16) {
    loop.instruction = dot ? "bfdot" : "bfmmla";
    loop.flag = "bf16";
  } else {
    loop.instruction = dot ? "sdot" : "smmla";
    loop.flag = dot ? "asimddp" : "i8mm";
  }
  loop.run = run;
  return loop;
}

constexpr std::array<PeakLoop, 4> kLoops{
    loop(Precision::kBf16, PeakStep::kDot, run_neon_bf16),
    loop(Precision::kInt8, PeakStep::kDot, run_neon_int8),
    loop(Precision::kBf16, PeakStep::kMatrix, run_neon_bf16_mmla),
    loop(Precision::kInt8, PeakStep::kMatrix, run_neon_int8_mmla),
};

}  // namespace

std::span<const PeakLoop> dot_loops() noexcept { return kLoops; }

}  // namespace perfbench
