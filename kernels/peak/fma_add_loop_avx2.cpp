#include "kernels/peak/fma_add_loop_avx2.hpp"

// FMA and independent additions in turn with the 16 registers of AVX2; see fma_add_loop_x86.cpp.

namespace perfbench {

// 16 registers hold 8 and 6 accumulators: 6 steps of the one and 8 of the other make 48 of each
// kind.
[[gnu::target("avx2,fma")]] void run_fma_add_avx2_fp32(void* state,
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
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmadd213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vaddps %%ymm15, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmsub213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vsubps %%ymm14, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vaddps %%ymm15, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmadd213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vsubps %%ymm14, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmsub213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vaddps %%ymm15, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmadd213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vsubps %%ymm14, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vaddps %%ymm15, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmsub213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vsubps %%ymm14, %%ymm\\r, %%ymm\\r\n"
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

[[gnu::target("avx2,fma")]] void run_fma_add_avx2_fp64(void* state,
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
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmadd213pd %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vaddpd %%ymm15, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmsub213pd %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vsubpd %%ymm14, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vaddpd %%ymm15, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmadd213pd %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vsubpd %%ymm14, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmsub213pd %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vaddpd %%ymm15, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmadd213pd %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vsubpd %%ymm14, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vaddpd %%ymm15, %%ymm\\r, %%ymm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n"
      "vfmsub213pd %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".irp r,8,9,10,11,12,13\n"
      "vsubpd %%ymm14, %%ymm\\r, %%ymm\\r\n"
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

}  // namespace perfbench
