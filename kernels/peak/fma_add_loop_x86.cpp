#include <array>

#include "kernels/peak/fma_add_loop_avx2.hpp"
#include "kernels/peak/loop_families.hpp"

// FMA and independent additions in turn, one of each: what cores with add pipes of their own (AMD
// since Zen) can do beyond their FMA roof. Assembler for the reason given in fma_loop_x86.cpp. m
// and c are the constants of both kinds, since the add accumulators y step through y + c and y - m.

namespace perfbench {
namespace {

// The 32 registers of AVX-512 serve 256-bit vectors too, and give each kind the 12 accumulators
// that two pipes of latency 4 want.
[[gnu::target("avx512f,avx512vl")]] void run_avx512vl_fp32(void* state,
                                                           const void* constants,
                                                           std::uint64_t iterations) noexcept {
  asm volatile(
      "vbroadcastss 0(%[k]), %%ymm30\n"
      "vbroadcastss 4(%[k]), %%ymm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps 32*\\r(%[x]), %%ymm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3\n"
      "vfmadd213ps %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,12,13,14,15\n"
      "vaddps %%ymm31, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,4,5,6,7\n"
      "vfmadd213ps %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,16,17,18,19\n"
      "vaddps %%ymm31, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11\n"
      "vfmadd213ps %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,20,21,22,23\n"
      "vaddps %%ymm31, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3\n"
      "vfmsub213ps %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,12,13,14,15\n"
      "vsubps %%ymm30, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,4,5,6,7\n"
      "vfmsub213ps %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,16,17,18,19\n"
      "vsubps %%ymm30, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11\n"
      "vfmsub213ps %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,20,21,22,23\n"
      "vsubps %%ymm30, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps %%ymm\\r, 32*\\r(%[x])\n"
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

[[gnu::target("avx512f,avx512vl")]] void run_avx512vl_fp64(void* state,
                                                           const void* constants,
                                                           std::uint64_t iterations) noexcept {
  asm volatile(
      "vbroadcastsd 0(%[k]), %%ymm30\n"
      "vbroadcastsd 8(%[k]), %%ymm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovapd 32*\\r(%[x]), %%ymm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3\n"
      "vfmadd213pd %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,12,13,14,15\n"
      "vaddpd %%ymm31, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,4,5,6,7\n"
      "vfmadd213pd %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,16,17,18,19\n"
      "vaddpd %%ymm31, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11\n"
      "vfmadd213pd %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,20,21,22,23\n"
      "vaddpd %%ymm31, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3\n"
      "vfmsub213pd %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,12,13,14,15\n"
      "vsubpd %%ymm30, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,4,5,6,7\n"
      "vfmsub213pd %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,16,17,18,19\n"
      "vsubpd %%ymm30, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11\n"
      "vfmsub213pd %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,20,21,22,23\n"
      "vsubpd %%ymm30, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovapd %%ymm\\r, 32*\\r(%[x])\n"
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
      ".irp r,0,1,2,3\n"
      "vfmadd213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,12,13,14,15\n"
      "vaddps %%zmm31, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,4,5,6,7\n"
      "vfmadd213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,16,17,18,19\n"
      "vaddps %%zmm31, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11\n"
      "vfmadd213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,20,21,22,23\n"
      "vaddps %%zmm31, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3\n"
      "vfmsub213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,12,13,14,15\n"
      "vsubps %%zmm30, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,4,5,6,7\n"
      "vfmsub213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,16,17,18,19\n"
      "vsubps %%zmm30, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11\n"
      "vfmsub213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,20,21,22,23\n"
      "vsubps %%zmm30, %%zmm\\r, %%zmm\\r\n"
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
      ".irp r,0,1,2,3\n"
      "vfmadd213pd %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,12,13,14,15\n"
      "vaddpd %%zmm31, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,4,5,6,7\n"
      "vfmadd213pd %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,16,17,18,19\n"
      "vaddpd %%zmm31, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11\n"
      "vfmadd213pd %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,20,21,22,23\n"
      "vaddpd %%zmm31, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3\n"
      "vfmsub213pd %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,12,13,14,15\n"
      "vsubpd %%zmm30, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,4,5,6,7\n"
      "vfmsub213pd %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,16,17,18,19\n"
      "vsubpd %%zmm30, %%zmm\\r, %%zmm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11\n"
      "vfmsub213pd %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,20,21,22,23\n"
      "vsubpd %%zmm30, %%zmm\\r, %%zmm\\r\n"
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

constexpr PeakLoop loop(Isa isa, Precision precision, std::uint32_t lanes, PeakLoop::Run run) {
  PeakLoop loop;
  loop.isa = isa;
  loop.state_of = isa;
  loop.precision = precision;
  loop.step = PeakStep::kFusedAndAdd;
  loop.instruction =
      precision == Precision::kFp32 ? "vfmadd213ps and vaddps" : "vfmadd213pd and vaddpd";
  loop.accumulators = 12;
  loop.adders = 12;
  loop.lanes = lanes;
  loop.run = run;
  return loop;
}

constexpr PeakLoop sixteen_registers(Precision precision, std::uint32_t lanes, PeakLoop::Run run) {
  PeakLoop few = loop(Isa::kAvx2Fma, precision, lanes, run);
  few.accumulators = 8;
  few.steps = 6;
  few.adders = 6;
  few.adder_steps = 8;
  return few;
}

constexpr PeakLoop narrow(Precision precision, std::uint32_t lanes, PeakLoop::Run run) {
  PeakLoop narrow = loop(Isa::kAvx2Fma, precision, lanes, run);
  narrow.state_of = Isa::kAvx512;
  return narrow;
}

constexpr std::array<PeakLoop, 6> kLoops{
    narrow(Precision::kFp32, 8, run_avx512vl_fp32),
    narrow(Precision::kFp64, 4, run_avx512vl_fp64),
    sixteen_registers(Precision::kFp32, 8, run_fma_add_avx2_fp32),
    sixteen_registers(Precision::kFp64, 4, run_fma_add_avx2_fp64),
    loop(Isa::kAvx512, Precision::kFp32, 16, run_avx512_fp32),
    loop(Isa::kAvx512, Precision::kFp64, 8, run_avx512_fp64),
};

}  // namespace

std::span<const PeakLoop> fma_add_loops() noexcept { return kLoops; }

}  // namespace perfbench
