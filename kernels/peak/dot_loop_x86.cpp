#include <array>

#include "kernels/peak/loop_families.hpp"

// Dot products of pairs of bf16 and of fours of int8, added to fp32 and int32 accumulators.
// Assembler for the reason given in fma_loop_x86.cpp. The bf16 step back has constants of its own,
// so that the sum moves on by a little; int32 sums wrap, and every step adds the same.

namespace perfbench {
namespace {

[[gnu::target("avx512f")]] void run_avx512_bf16(void* state,
                                                const void* constants,
                                                std::uint64_t iterations) noexcept {
  asm volatile(
      "vpbroadcastd 0(%[k]), %%zmm29\n"
      "vpbroadcastd 4(%[k]), %%zmm30\n"
      "vpbroadcastd 8(%[k]), %%zmm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps 64*\\r(%[x]), %%zmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vdpbf16ps %%zmm30, %%zmm29, %%zmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vdpbf16ps %%zmm31, %%zmm29, %%zmm\\r\n"
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

[[gnu::target("avx512f,avx512vl")]] void run_avx512vl_bf16(void* state,
                                                           const void* constants,
                                                           std::uint64_t iterations) noexcept {
  asm volatile(
      "vpbroadcastd 0(%[k]), %%ymm29\n"
      "vpbroadcastd 4(%[k]), %%ymm30\n"
      "vpbroadcastd 8(%[k]), %%ymm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps 32*\\r(%[x]), %%ymm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vdpbf16ps %%ymm30, %%ymm29, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vdpbf16ps %%ymm31, %%ymm29, %%ymm\\r\n"
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

[[gnu::target("avx512f")]] void run_avx512_int8(void* state,
                                                const void* constants,
                                                std::uint64_t iterations) noexcept {
  asm volatile(
      "vpbroadcastd 0(%[k]), %%zmm30\n"
      "vpbroadcastd 4(%[k]), %%zmm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps 64*\\r(%[x]), %%zmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vpdpbusd %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vpdpbusd %%zmm31, %%zmm30, %%zmm\\r\n"
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

[[gnu::target("avx512f,avx512vl")]] void run_avx512vl_int8(void* state,
                                                           const void* constants,
                                                           std::uint64_t iterations) noexcept {
  asm volatile(
      "vpbroadcastd 0(%[k]), %%ymm30\n"
      "vpbroadcastd 4(%[k]), %%ymm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vmovaps 32*\\r(%[x]), %%ymm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vpdpbusd %%ymm31, %%ymm30, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vpdpbusd %%ymm31, %%ymm30, %%ymm\\r\n"
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

// {vex}: the assembler would take the EVEX form of AVX-512 otherwise.
[[gnu::target("avx2")]] void run_avx2_int8(void* state,
                                           const void* constants,
                                           std::uint64_t iterations) noexcept {
  asm volatile(
      "vpbroadcastd 0(%[k]), %%ymm14\n"
      "vpbroadcastd 4(%[k]), %%ymm15\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "vmovaps 32*\\r(%[x]), %%ymm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "%{vex%} vpdpbusd %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      "%{vex%} vpdpbusd %%ymm15, %%ymm14, %%ymm\\r\n"
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

constexpr PeakLoop loop(Precision precision, Isa isa, PeakLoop::Run run) {
  PeakLoop loop;
  loop.isa = isa;
  loop.state_of = Isa::kAvx512;
  loop.precision = precision;
  loop.step = PeakStep::kDot;
  loop.instruction = precision == Precision::kBf16 ? "vdpbf16ps" : "vpdpbusd";
  loop.flag = precision == Precision::kBf16 ? "avx512_bf16" : "avx512_vnni";
  loop.accumulators = 24;
  loop.lanes = isa == Isa::kAvx512 ? 16 : 8;
  loop.products = precision == Precision::kBf16 ? 2 : 4;
  loop.run = run;
  return loop;
}

constexpr PeakLoop vex_loop() {
  PeakLoop vex = loop(Precision::kInt8, Isa::kAvx2Fma, run_avx2_int8);
  vex.state_of = Isa::kAvx2Fma;
  vex.flag = "avx_vnni";
  vex.accumulators = 14;
  return vex;
}

constexpr std::array<PeakLoop, 5> kLoops{
    loop(Precision::kBf16, Isa::kAvx2Fma, run_avx512vl_bf16),
    loop(Precision::kInt8, Isa::kAvx2Fma, run_avx512vl_int8),
    vex_loop(),
    loop(Precision::kBf16, Isa::kAvx512, run_avx512_bf16),
    loop(Precision::kInt8, Isa::kAvx512, run_avx512_int8),
};

}  // namespace

std::span<const PeakLoop> dot_loops() noexcept { return kLoops; }

}  // namespace perfbench
