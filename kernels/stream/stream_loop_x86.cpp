#include "kernels/stream/stream_loop.hpp"
#include "kernels/stream/stream_loop_table.hpp"

// Assembler and not intrinsics, so that every compiler at every optimisation level (the sanitizers'
// builds too) runs this very loop. One text serves all ISAs and operations: the template's
// parameters reach the assembler as numbers, and .if chooses the lines.
//
// A step is eight vectors. Base plus displacement alone addresses them: an index would keep stores
// off the third address port of Haswell to Skylake and split loads that are joined with arithmetic.
// The offset from the arrays' ends wraps by a conditional move and not by a branch, so that a pass
// through level 1, which takes some 300 cycles, is not followed by a mispredicted exit of some 20.
//
// read of one array, whose data are in a cache: measured on a Xeon with AMX in level 1, bytes a
// cycle of 128: 85 with a sum in 512-bit vectors (which lower the clock by a tenth besides), so it
// adds nothing up; 118 with a loop in a loop; 120 with this one, since the prefetcher that watches
// the strides of each instruction takes the place of one load in 34; 128.0 with vmovntdqa, which
// that prefetcher does not watch and which in ordinary memory is a load like any other (it wants
// alignment, and SSE4.1 or more). Copies and sums gain a hundredth at most and keep ordinary loads.

namespace perfbench {
namespace {

template <Isa kIsa>
inline constexpr int kVectorBytes = kIsa == Isa::kAvx512    ? 64
                                    : kIsa == Isa::kAvx2Fma ? 32
                                    : kIsa == Isa::kSse2    ? 16
                                                            : 8;

// No more registers than SSE2 has: 0 to 7 hold the vectors, 14 a second operand, 15 the scalar.
template <Isa kIsa, StreamOperation kOperation, StreamForm kForm, StoreKind kStore>
struct Loop {
  static void run(const StreamRun& run, StreamStep& last) noexcept;
};

template <Isa kIsa, StreamOperation kOperation, StreamForm kForm, StoreKind kStore>
// NOLINTNEXTLINE(readability-function-size): one text of assembler cannot be cut
void Loop<kIsa, kOperation, kForm, kStore>::run(const StreamRun& run, StreamStep& last) noexcept {
  constexpr StreamUse kUse = stream_use(kOperation, kForm, kStore);
  if (run.elements == 0 || run.passes == 0) return;
  const auto bytes = static_cast<std::int64_t>(run.elements * sizeof(double));
  const std::int64_t start = -bytes;
  std::int64_t offset = start;
  std::uint64_t steps = run.passes * static_cast<std::uint64_t>(bytes / (8 * kVectorBytes<kIsa>));
  const double* a = run.a;
  const double* b = run.b;
  const double* c = run.c;
  asm volatile(
      ".macro stream_load from, at, to\n"
      ".if %c[width] == 64\n vmovupd 64*\\at(\\from), %%zmm\\to\n"
      ".elseif %c[width] == 32\n vmovupd 32*\\at(\\from), %%ymm\\to\n"
      ".elseif %c[width] == 16\n movupd 16*\\at(\\from), %%xmm\\to\n"
      ".else\n movsd 8*\\at(\\from), %%xmm\\to\n"
      ".endif\n"
      ".endm\n"

      ".macro stream_load_hit from, r\n"
      ".if %c[width] == 64\n vmovntdqa 64*\\r(\\from), %%zmm\\r\n"
      ".elseif %c[width] == 32\n vmovntdqa 32*\\r(\\from), %%ymm\\r\n"
      ".else\n stream_load \\from, \\r, \\r\n"
      ".endif\n"
      ".endm\n"

      ".macro stream_store from, at, to\n"
      ".if %c[past] && %c[width] == 64\n vmovntpd %%zmm\\from, 64*\\at(\\to)\n"
      ".elseif %c[past] && %c[width] == 32\n vmovntpd %%ymm\\from, 32*\\at(\\to)\n"
      ".elseif %c[past]\n movntpd %%xmm\\from, 16*\\at(\\to)\n"
      ".elseif %c[width] == 64\n vmovupd %%zmm\\from, 64*\\at(\\to)\n"
      ".elseif %c[width] == 32\n vmovupd %%ymm\\from, 32*\\at(\\to)\n"
      ".elseif %c[width] == 16\n movupd %%xmm\\from, 16*\\at(\\to)\n"
      ".else\n movsd %%xmm\\from, 8*\\at(\\to)\n"
      ".endif\n"
      ".endm\n"

      // r <- s r
      ".macro stream_scale r\n"
      ".if %c[width] == 64\n vmulpd %%zmm15, %%zmm\\r, %%zmm\\r\n"
      ".elseif %c[width] == 32\n vmulpd %%ymm15, %%ymm\\r, %%ymm\\r\n"
      ".elseif %c[width] == 16\n mulpd %%xmm15, %%xmm\\r\n"
      ".else\n mulsd %%xmm15, %%xmm\\r\n"
      ".endif\n"
      ".endm\n"

      // r <- r + memory
      ".macro stream_add from, r\n"
      ".if %c[width] == 64\n vaddpd 64*\\r(\\from), %%zmm\\r, %%zmm\\r\n"
      ".elseif %c[width] == 32\n vaddpd 32*\\r(\\from), %%ymm\\r, %%ymm\\r\n"
      ".elseif %c[width] == 16\n movupd 16*\\r(\\from), %%xmm14\n addpd %%xmm14, %%xmm\\r\n"
      ".else\n addsd 8*\\r(\\from), %%xmm\\r\n"
      ".endif\n"
      ".endm\n"

      // r <- s memory
      ".macro stream_load_scaled from, r\n"
      ".if %c[width] == 64\n vmulpd 64*\\r(\\from), %%zmm15, %%zmm\\r\n"
      ".else\n vmulpd 32*\\r(\\from), %%ymm15, %%ymm\\r\n"
      ".endif\n"
      ".endm\n"

      // r <- r + s memory
      ".macro stream_add_scaled from, r\n"
      ".if %c[width] == 64\n vfmadd231pd 64*\\r(\\from), %%zmm15, %%zmm\\r\n"
      ".elseif %c[width] == 32\n vfmadd231pd 32*\\r(\\from), %%ymm15, %%ymm\\r\n"
      ".elseif %c[width] == 16\n"
      "movupd 16*\\r(\\from), %%xmm14\n mulpd %%xmm15, %%xmm14\n addpd %%xmm14, %%xmm\\r\n"
      ".else\n"
      "movsd 8*\\r(\\from), %%xmm14\n mulsd %%xmm15, %%xmm14\n addsd %%xmm14, %%xmm\\r\n"
      ".endif\n"
      ".endm\n"

      // Two vectors change places.
      ".macro stream_swap array, at, next\n"
      "stream_load \\array, \\at, \\at\n stream_load \\array, \\next, \\next\n"
      "stream_store \\next, \\at, \\array\n stream_store \\at, \\next, \\array\n"
      ".endm\n"

      ".macro stream_update array\n"
      "stream_swap \\array, 0, 1\n stream_swap \\array, 2, 3\n"
      "stream_swap \\array, 4, 5\n stream_swap \\array, 6, 7\n"
      ".endm\n"

      // Every line of a step.
      ".macro stream_ahead prefetch, array\n"
      ".irp line,0,1,2,3,4,5,6,7\n"
      ".if 8 * \\line < %c[width]\n \\prefetch %c[ahead]+64*\\line(\\array)\n .endif\n"
      ".if %c[beyond] && 8 * \\line < %c[width]\n"
      "prefetcht1 %c[beyond]+64*\\line(\\array)\n"
      ".endif\n"
      ".endr\n"
      ".endm\n"

      ".if %c[width] == 64\n vbroadcastsd (%[scalar]), %%zmm15\n"
      ".elseif %c[width] == 32\n vbroadcastsd (%[scalar]), %%ymm15\n"
      ".else\n movsd (%[scalar]), %%xmm15\n unpcklpd %%xmm15, %%xmm15\n"
      ".endif\n"

      ".p2align 6\n"
      "1:\n"
      ".if %c[fetch_a]\n stream_ahead prefetcht0, %[a]\n .endif\n"
      ".if %c[fetch_b]\n stream_ahead prefetcht0, %[b]\n .endif\n"
      ".if %c[fetch_c]\n stream_ahead prefetcht0, %[c]\n .endif\n"
      ".if %c[own_a]\n stream_ahead prefetchw, %[a]\n .endif\n"
      ".if %c[own_bc]\n stream_ahead prefetchw, %[b]\n stream_ahead prefetchw, %[c]\n .endif\n"

      ".if %c[operation] == 6\n"
      "stream_update %[a]\n"
      ".if %c[far]\n stream_update %[b]\n stream_update %[c]\n .endif\n"
      ".endif\n"

      ".irp r,0,1,2,3,4,5,6,7\n"
      ".if %c[operation] == 0 && %c[far]\n"
      "stream_load %[a], \\r, \\r\n"
      "stream_load %[b], \\r, \\r\n"
      "stream_load %[c], \\r, \\r\n"
      ".elseif %c[operation] == 0\n"
      "stream_load_hit %[a], \\r\n"
      ".elseif %c[operation] == 1\n"
      "stream_store 15, \\r, %[a]\n"
      ".elseif %c[operation] == 5 && !%c[fused]\n"
      "stream_load_scaled %[c], \\r\n"
      "stream_add %[b], \\r\n"
      "stream_store \\r, \\r, %[a]\n"
      ".elseif %c[operation] < 6\n"
      "stream_load %[b], \\r, \\r\n"
      ".if %c[operation] == 3\n stream_scale \\r\n"
      ".elseif %c[operation] == 4\n stream_add %[c], \\r\n"
      ".elseif %c[operation] == 5\n stream_add_scaled %[c], \\r\n"
      ".endif\n"
      "stream_store \\r, \\r, %[a]\n"
      ".endif\n"
      ".endr\n"

      // Array by array, so that the stores of a line stand together.
      ".if %c[operation] == 1 && %c[far]\n"
      ".irp r,0,1,2,3,4,5,6,7\n stream_store 15, \\r, %[b]\n .endr\n"
      ".irp r,0,1,2,3,4,5,6,7\n stream_store 15, \\r, %[c]\n .endr\n"
      ".endif\n"

      "addq $8*%c[width], %[offset]\n"
      "cmovzq %[start], %[offset]\n"
      "leaq (%[a_end],%[offset]), %[a]\n"
      ".if %c[uses_b]\n leaq (%[b_end],%[offset]), %[b]\n .endif\n"
      ".if %c[uses_c]\n leaq (%[c_end],%[offset]), %[c]\n .endif\n"
      "decq %[steps]\n"
      "jnz 1b\n"

      ".if %c[operation] == 0\n"
      ".irp r,0,1,2,3,4,5,6,7\n stream_store \\r, \\r, %[last]\n .endr\n"
      ".endif\n"
      ".if %c[past]\n sfence\n .endif\n"
      ".if %c[width] >= 32\n vzeroupper\n .endif\n"
      ".irp name,load,load_hit,store,scale,add,load_scaled,add_scaled,swap,update,ahead\n"
      ".purgem stream_\\name\n"
      ".endr\n"
      : [a] "+&r"(a), [b] "+&r"(b), [c] "+&r"(c), [offset] "+&r"(offset), [steps] "+&r"(steps)
      : [a_end] "r"(stream_end(run.a, run)),
        [b_end] "r"(stream_end(run.b, run)),
        [c_end] "r"(stream_end(run.c, run)),
        [start] "r"(start),
        [scalar] "r"(&run.scalar),
        [last] "r"(&last),
        [width] "i"(kVectorBytes<kIsa>),
        [operation] "i"(static_cast<int>(kOperation)),
        [far] "i"(is_far(kForm)),
        [past] "i"(kStore == StoreKind::kNonTemporal),
        [ahead] "i"(kUse.ahead),
        [beyond] "i"(kUse.beyond),
        [fetch_a] "i"(kUse.fetch_a),
        [fetch_b] "i"(kUse.fetch_b),
        [fetch_c] "i"(kUse.fetch_c),
        [own_a] "i"(kUse.own_a),
        [own_bc] "i"(kUse.own_bc),
        [fused] "i"(kUse.fused),
        [uses_b] "i"(kUse.b),
        [uses_c] "i"(kUse.c)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  // clang-format on
}

constexpr std::array<StreamLoops, 4> kLoops{{
    make_stream_loops<Loop, Isa::kScalar>(1),
    make_stream_loops<Loop, Isa::kSse2>(2),
    make_stream_loops<Loop, Isa::kAvx2Fma>(4),
    make_stream_loops<Loop, Isa::kAvx512>(8),
}};

}  // namespace

std::span<const StreamLoops> stream_loops() noexcept { return kLoops; }

}  // namespace perfbench
