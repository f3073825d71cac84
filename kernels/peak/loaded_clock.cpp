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

// A tile product takes 16 cycles (Sapphire Rapids): five among a hundred additions keep the unit
// busy for 80 of the 100 cycles. The tiles are zero, and stay so.
void run_amx(std::uint64_t loops) {
  if (loops == 0) return;
  std::uint64_t sum = 0;
  const std::uint64_t one = 1;
  // Palette 1; from byte 16 on 64 bytes a row, from byte 48 on 16 rows for each of five tiles.
  alignas(64) std::array<std::uint8_t, 64> configuration{1};
  for (std::size_t tile = 0; tile < 5; ++tile) {
    configuration[16 + 2 * tile] = 64;
    configuration[48 + tile] = 16;
  }
  asm volatile(
      "ldtilecfg (%[k])\n"
      ".irp r,0,1,2,3,4\n"
      "tilezero %%tmm\\r\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,0,1\n"
      "tdpbf16ps %%tmm4, %%tmm3, %%tmm\\r\n"
      ".rept 20\n"
      "addq %[one], %[sum]\n"
      ".endr\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      "tilerelease\n"
      : [n] "+r"(loops), [sum] "+r"(sum)
      : [k] "r"(configuration.data()), [one] "r"(one)
      : "cc", "memory");
}

}  // namespace

LoadedClockChain loaded_clock_chain(Isa isa) noexcept {
  if (isa == Isa::kAvx2Fma) return run_avx2;
  if (isa == Isa::kAvx512) return run_avx512;
  if (isa == Isa::kAmx) return run_amx;
  return nullptr;
}
#else
LoadedClockChain loaded_clock_chain(Isa) noexcept { return nullptr; }
#endif

}  // namespace perfbench
