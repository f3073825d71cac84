#include <array>

#include "kernels/peak/loop_families.hpp"

// Assembler and not intrinsics, so that every compiler at every optimisation level (the sanitizers'
// builds too) runs this very loop: a compiler that keeps one accumulator in memory measures
// something else. .irp writes the lines of all accumulators. Counts: AVX-512 24 of 32 registers;
// the others 14 of 16, the two left hold m and c. Those are at least 1.5 x latency x pipes on every
// core of reference (AVX2: 5 x 2 on Haswell wants 14).

namespace perfbench {
namespace {

void run_scalar_fp32(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      "movss 0(%[k]), %%xmm14\n"
      "movss 4(%[k]), %%xmm15\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "movss 4*\\r(%[x]), %%xmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "mulss %%xmm14, %%xmm\\r\n"
      "addss %%xmm15, %%xmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "mulss %%xmm14, %%xmm\\r\n"
      "subss %%xmm15, %%xmm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "movss %%xmm\\r, 4*\\r(%[x])\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  // clang-format on
}

void run_scalar_fp64(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      "movsd 0(%[k]), %%xmm14\n"
      "movsd 8(%[k]), %%xmm15\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "movsd 8*\\r(%[x]), %%xmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "mulsd %%xmm14, %%xmm\\r\n"
      "addsd %%xmm15, %%xmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "mulsd %%xmm14, %%xmm\\r\n"
      "subsd %%xmm15, %%xmm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "movsd %%xmm\\r, 8*\\r(%[x])\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  // clang-format on
}

void run_sse2_fp32(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      "movss 0(%[k]), %%xmm14\n"
      "movss 4(%[k]), %%xmm15\n"
      "shufps $0, %%xmm14, %%xmm14\n"
      "shufps $0, %%xmm15, %%xmm15\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "movaps 16*\\r(%[x]), %%xmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "mulps %%xmm14, %%xmm\\r\n"
      "addps %%xmm15, %%xmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "mulps %%xmm14, %%xmm\\r\n"
      "subps %%xmm15, %%xmm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "movaps %%xmm\\r, 16*\\r(%[x])\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  // clang-format on
}

void run_sse2_fp64(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      "movsd 0(%[k]), %%xmm14\n"
      "movsd 8(%[k]), %%xmm15\n"
      "unpcklpd %%xmm14, %%xmm14\n"
      "unpcklpd %%xmm15, %%xmm15\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "movapd 16*\\r(%[x]), %%xmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "mulpd %%xmm14, %%xmm\\r\n"
      "addpd %%xmm15, %%xmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "mulpd %%xmm14, %%xmm\\r\n"
      "subpd %%xmm15, %%xmm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "movapd %%xmm\\r, 16*\\r(%[x])\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  // clang-format on
}

[[gnu::target("avx2,fma")]] void run_avx2_fp32(void* state,
                                               const void* constants,
                                               std::uint64_t iterations) noexcept {
  asm volatile(
      "vbroadcastss 0(%[k]), %%ymm14\n"
      "vbroadcastss 4(%[k]), %%ymm15\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "vmovaps 32*\\r(%[x]), %%ymm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "vfmadd213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "vfmsub213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "vmovaps %%ymm\\r, 32*\\r(%[x])\n"
      ".endr\n"
      "vzeroupper\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  // clang-format on
}

[[gnu::target("avx2,fma")]] void run_avx2_fp64(void* state,
                                               const void* constants,
                                               std::uint64_t iterations) noexcept {
  asm volatile(
      "vbroadcastsd 0(%[k]), %%ymm14\n"
      "vbroadcastsd 8(%[k]), %%ymm15\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "vmovapd 32*\\r(%[x]), %%ymm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "vfmadd213pd %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "vfmsub213pd %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "vmovapd %%ymm\\r, 32*\\r(%[x])\n"
      ".endr\n"
      "vzeroupper\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  // clang-format on
}

[[gnu::target("avx512f")]] void run_avx512_fp32(void* state,
                                                const void* constants,
                                                std::uint64_t iterations) noexcept {
  asm volatile(
      "vbroadcastss 0(%[k]), %%zmm30\n"
      "vbroadcastss 4(%[k]), %%zmm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps 64*\\r(%[x]), %%zmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vfmadd213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vfmsub213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps %%zmm\\r, 64*\\r(%[x])\n"
      ".endr\n"
      "vzeroupper\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18",
        "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28",
        "xmm29", "xmm30", "xmm31");
  // clang-format on
}

[[gnu::target("avx512f")]] void run_avx512_fp64(void* state,
                                                const void* constants,
                                                std::uint64_t iterations) noexcept {
  asm volatile(
      "vbroadcastsd 0(%[k]), %%zmm30\n"
      "vbroadcastsd 8(%[k]), %%zmm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovapd 64*\\r(%[x]), %%zmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vfmadd213pd %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vfmsub213pd %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovapd %%zmm\\r, 64*\\r(%[x])\n"
      ".endr\n"
      "vzeroupper\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18",
        "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28",
        "xmm29", "xmm30", "xmm31");
  // clang-format on
}

[[gnu::target("avx512f,avx512bw")]] void run_avx512_fp16(void* state,
                                                         const void* constants,
                                                         std::uint64_t iterations) noexcept {
  asm volatile(
      "vpbroadcastw 0(%[k]), %%zmm30\n"
      "vpbroadcastw 2(%[k]), %%zmm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps 64*\\r(%[x]), %%zmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vfmadd213ph %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vfmsub213ph %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps %%zmm\\r, 64*\\r(%[x])\n"
      ".endr\n"
      "vzeroupper\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18",
        "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28",
        "xmm29", "xmm30", "xmm31");
  // clang-format on
}

constexpr PeakLoop loop(Isa isa,
                        Precision precision,
                        std::string_view instruction,
                        std::uint32_t lanes,
                        PeakLoop::Run run) {
  PeakLoop loop;
  loop.isa = isa;
  loop.state_of = isa;
  loop.precision = precision;
  loop.step =
      isa == Isa::kScalar || isa == Isa::kSse2 ? PeakStep::kSeparateTimesX : PeakStep::kFusedTimesX;
  loop.instruction = instruction;
  loop.accumulators = isa == Isa::kAvx512 ? 24 : 14;
  loop.lanes = lanes;
  loop.run = run;
  return loop;
}

constexpr PeakLoop half_loop() {
  PeakLoop half = loop(Isa::kAvx512, Precision::kFp16, "vfmadd213ph", 32, run_avx512_fp16);
  half.flag = "avx512_fp16";
  return half;
}

constexpr std::array<PeakLoop, 9> kLoops{
    loop(Isa::kScalar, Precision::kFp32, "mulss and addss", 1, run_scalar_fp32),
    loop(Isa::kScalar, Precision::kFp64, "mulsd and addsd", 1, run_scalar_fp64),
    loop(Isa::kSse2, Precision::kFp32, "mulps and addps", 4, run_sse2_fp32),
    loop(Isa::kSse2, Precision::kFp64, "mulpd and addpd", 2, run_sse2_fp64),
    loop(Isa::kAvx2Fma, Precision::kFp32, "vfmadd213ps", 8, run_avx2_fp32),
    loop(Isa::kAvx2Fma, Precision::kFp64, "vfmadd213pd", 4, run_avx2_fp64),
    loop(Isa::kAvx512, Precision::kFp32, "vfmadd213ps", 16, run_avx512_fp32),
    loop(Isa::kAvx512, Precision::kFp64, "vfmadd213pd", 8, run_avx512_fp64),
    half_loop(),
};

}  // namespace

std::span<const PeakLoop> fma_loops() noexcept { return kLoops; }

}  // namespace perfbench
