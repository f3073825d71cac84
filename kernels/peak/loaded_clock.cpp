#include "kernels/peak/loaded_clock.hpp"

#if defined(__x86_64__)
#include <array>
#endif

namespace perfbench {

#if defined(__x86_64__)
namespace {

// x <- m x + c and x <- m x - c tend to +-1, as in the peak loops. Nine accumulators are enough at
// less than one FMA a cycle: the longest FMA latency in reference is 6.

[[gnu::target("avx2,fma")]] void run_avx2(std::uint64_t loops) {
  if (loops == 0) return;
  std::uint64_t sum = 0;
  const std::uint64_t one = 1;
  const std::array<float, 2> constants{0.9999F, 2.0F};
  asm volatile(
      "vbroadcastss 0(%[k]), %%ymm14\n"
      "vbroadcastss 4(%[k]), %%ymm15\n"
      ".irp r,0,1,2,3,4,5,6,7,8\n"
      "vmovaps %%ymm14, %%ymm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".rept 5\n"
      ".irp r,0,1,2,3,4,5,6,7,8\n"
      "vfmadd213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      "addq %[one], %[sum]\n"
      ".endr\n"
      "addq %[one], %[sum]\n"
      ".irp r,0,1,2,3,4,5,6,7,8\n"
      "vfmsub213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      "addq %[one], %[sum]\n"
      ".endr\n"
      "addq %[one], %[sum]\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      "vzeroupper\n"
      : [n] "+r"(loops), [sum] "+r"(sum)
      : [k] "r"(constants.data()), [one] "r"(one)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm14", "xmm15");
  // clang-format on
}

[[gnu::target("avx512f")]] void run_avx512(std::uint64_t loops) {
  if (loops == 0) return;
  std::uint64_t sum = 0;
  const std::uint64_t one = 1;
  const std::array<float, 2> constants{0.9999F, 2.0F};
  asm volatile(
      "vbroadcastss 0(%[k]), %%zmm30\n"
      "vbroadcastss 4(%[k]), %%zmm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8\n"
      "vmovaps %%zmm30, %%zmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".rept 5\n"
      ".irp r,0,1,2,3,4,5,6,7,8\n"
      "vfmadd213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      "addq %[one], %[sum]\n"
      ".endr\n"
      "addq %[one], %[sum]\n"
      ".irp r,0,1,2,3,4,5,6,7,8\n"
      "vfmsub213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      "addq %[one], %[sum]\n"
      ".endr\n"
      "addq %[one], %[sum]\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      "vzeroupper\n"
      : [n] "+r"(loops), [sum] "+r"(sum)
      : [k] "r"(constants.data()), [one] "r"(one)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm30", "xmm31");
  // clang-format on
}

}  // namespace

LoadedClockChain loaded_clock_chain(Isa isa) noexcept {
  if (isa == Isa::kAvx2Fma) return run_avx2;
  if (isa == Isa::kAvx512) return run_avx512;
  return nullptr;
}
#else
LoadedClockChain loaded_clock_chain(Isa) noexcept { return nullptr; }
#endif

}  // namespace perfbench
