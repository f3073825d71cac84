#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "kernels/peak/loop_families.hpp"

// Products of AMX tiles: 16 x 64 bytes times 64 bytes x 16, added to a tile of 16 x 16. Four tiles
// accumulate, as a GEMM that keeps 2 x 2 blocks has it; one holds A, two hold B forth and back. The
// compilers' tile registers are their own affair (GCC 12 cannot be told of a clobber), and no code
// of ours uses them outside these functions.

namespace perfbench {
namespace {

void run_bf16(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      "ldtilecfg (%[k])\n"
      ".irp r,0,1,2,3\n"
      "tileloadd 1024*\\r(%[x],%[stride]), %%tmm\\r\n"
      ".endr\n"
      "tileloadd 64(%[k],%[stride]), %%tmm4\n"
      "tileloadd 1088(%[k],%[stride]), %%tmm5\n"
      "tileloadd 2112(%[k],%[stride]), %%tmm6\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3\n"
      "tdpbf16ps %%tmm5, %%tmm4, %%tmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3\n"
      "tdpbf16ps %%tmm6, %%tmm4, %%tmm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3\n"
      "tilestored %%tmm\\r, 1024*\\r(%[x],%[stride])\n"
      ".endr\n"
      "tilerelease\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants), [stride] "r"(std::uint64_t{64})
      : "cc", "memory");
}

void run_int8(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      "ldtilecfg (%[k])\n"
      ".irp r,0,1,2,3\n"
      "tileloadd 1024*\\r(%[x],%[stride]), %%tmm\\r\n"
      ".endr\n"
      "tileloadd 64(%[k],%[stride]), %%tmm4\n"
      "tileloadd 1088(%[k],%[stride]), %%tmm5\n"
      "tileloadd 2112(%[k],%[stride]), %%tmm6\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3\n"
      "tdpbssd %%tmm5, %%tmm4, %%tmm\\r\n"
      ".endr\n"
      ".irp r,0,1,2,3\n"
      "tdpbssd %%tmm6, %%tmm4, %%tmm\\r\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3\n"
      "tilestored %%tmm\\r, 1024*\\r(%[x],%[stride])\n"
      ".endr\n"
      "tilerelease\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants), [stride] "r"(std::uint64_t{64})
      : "cc", "memory");
}

/// Linux gives the 8 KiB of tile data to a process that asks (Documentation/x86/xstate.rst). Asking
/// again is no error.
bool request_tiles() noexcept {
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;               // state component of XCR0
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

constexpr PeakLoop loop(Precision precision, PeakLoop::Run run) {
  const bool bf16 = precision == Precision::kBf16;
  PeakLoop loop;
  loop.isa = Isa::kAmx;
  loop.state_of = Isa::kAmx;
  loop.precision = precision;
  loop.step = PeakStep::kTile;
  loop.instruction = bf16 ? "tdpbf16ps" : "tdpbssd";
  loop.flag = bf16 ? "amx_bf16" : "amx_int8";
  loop.accumulators = 4;
  loop.lanes = 256;
  loop.products = bf16 ? 32 : 64;
  loop.run = run;
  loop.request_state = request_tiles;
  return loop;
}

constexpr std::array<PeakLoop, 2> kLoops{loop(Precision::kBf16, run_bf16),
                                         loop(Precision::kInt8, run_int8)};

}  // namespace

std::span<const PeakLoop> tile_loops() noexcept { return kLoops; }

}  // namespace perfbench
