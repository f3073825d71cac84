#include <array>

#include "kernels/peak/loop_families.hpp"

// Assembler for the reason given in fma_loop_x86.cpp. 24 of 32 registers accumulate: four pipes of
// latency 4 (Neoverse V1 and V2, Cortex-X, Apple) want 16 and are safe with 24. NEON's vector FMLA
// adds the product to the accumulator, so the accumulator is the addend and the constants are the
// factors; FMLS takes a product back that is smaller by a little, so that the answer tells how many
// steps there were.

namespace perfbench {
namespace {

void run_scalar_fp32(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      "ldr s30, [%[k]]\n"
      "ldr s31, [%[k], #4]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr s\\r, [%[x], #4*\\r]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmadd s\\r, s\\r, s30, s31\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fnmsub s\\r, s\\r, s30, s31\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str s\\r, [%[x], #4*\\r]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23",
        "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
  // clang-format on
}

void run_scalar_fp64(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      "ldr d30, [%[k]]\n"
      "ldr d31, [%[k], #8]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr d\\r, [%[x], #8*\\r]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmadd d\\r, d\\r, d30, d31\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fnmsub d\\r, d\\r, d30, d31\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str d\\r, [%[x], #8*\\r]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23",
        "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
  // clang-format on
}

void run_neon_fp32(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
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
      "fmla v\\r\\().4s, v29.4s, v30.4s\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmls v\\r\\().4s, v29.4s, v31.4s\n"
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

void run_neon_fp64(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      "ldr d29, [%[k], #0]\n"
      "ldr d30, [%[k], #8]\n"
      "ldr d31, [%[k], #16]\n"
      "dup v29.2d, v29.d[0]\n"
      "dup v30.2d, v30.d[0]\n"
      "dup v31.2d, v31.d[0]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmla v\\r\\().2d, v29.2d, v30.2d\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmls v\\r\\().2d, v29.2d, v31.2d\n"
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

void run_neon_fp16(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension fp16\n"
      "ldr h29, [%[k], #0]\n"
      "ldr h30, [%[k], #2]\n"
      "ldr h31, [%[k], #4]\n"
      "dup v29.8h, v29.h[0]\n"
      "dup v30.8h, v30.h[0]\n"
      "dup v31.8h, v31.h[0]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr q\\r, [%[x], #16*\\r]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmla v\\r\\().8h, v29.8h, v30.8h\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmls v\\r\\().8h, v29.8h, v31.8h\n"
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

constexpr PeakLoop loop(Isa isa, Precision precision, std::uint32_t lanes, PeakLoop::Run run) {
  PeakLoop loop;
  loop.isa = isa;
  loop.state_of = isa;
  loop.precision = precision;
  loop.step = isa == Isa::kScalar ? PeakStep::kFusedTimesX : PeakStep::kFusedPlusX;
  loop.instruction = isa == Isa::kScalar ? "fmadd" : "fmla";
  loop.flag = precision == Precision::kFp16 ? "asimdhp" : "";
  loop.accumulators = 24;
  loop.lanes = lanes;
  loop.run = run;
  return loop;
}

constexpr std::array<PeakLoop, 5> kLoops{
    loop(Isa::kScalar, Precision::kFp32, 1, run_scalar_fp32),
    loop(Isa::kScalar, Precision::kFp64, 1, run_scalar_fp64),
    loop(Isa::kNeon, Precision::kFp32, 4, run_neon_fp32),
    loop(Isa::kNeon, Precision::kFp64, 2, run_neon_fp64),
    loop(Isa::kNeon, Precision::kFp16, 8, run_neon_fp16),
};

}  // namespace

std::span<const PeakLoop> fma_loops() noexcept { return kLoops; }

}  // namespace perfbench
