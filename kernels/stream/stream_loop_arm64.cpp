#include "kernels/stream/stream_loop.hpp"
#include "kernels/stream/stream_loop_table.hpp"

// As stream_loop_x86.cpp: one text, whose lines the assembler chooses by the template's parameters;
// a step is eight vectors, which NEON takes in pairs, and the offset from the arrays' ends wraps
// without a branch. Lines are taken as 64 bytes; a core with 128-byte lines is asked twice.

namespace perfbench {
namespace {

template <Isa kIsa>
inline constexpr int kVectorBytes = kIsa == Isa::kNeon ? 16 : 8;

// v0 to v7 hold the vectors, v16 and v17 second operands, v31 the scalar.
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
      ".macro stream_load array, at, next, to, to_next\n"
      ".if %c[width] == 16\n ldp q\\to, q\\to_next, [\\array, #16*\\at]\n"
      ".else\n ldr d\\to, [\\array, #8*\\at]\n ldr d\\to_next, [\\array, #8*\\next]\n"
      ".endif\n"
      ".endm\n"

      ".macro stream_store from, from_next, array, at, next\n"
      ".if %c[past]\n stnp q\\from, q\\from_next, [\\array, #16*\\at]\n"
      ".elseif %c[width] == 16\n stp q\\from, q\\from_next, [\\array, #16*\\at]\n"
      ".else\n str d\\from, [\\array, #8*\\at]\n str d\\from_next, [\\array, #8*\\next]\n"
      ".endif\n"
      ".endm\n"

      // r <- s r
      ".macro stream_scale r\n"
      ".if %c[width] == 16\n fmul v\\r\\().2d, v\\r\\().2d, v31.2d\n"
      ".else\n fmul d\\r, d\\r, d31\n"
      ".endif\n"
      ".endm\n"

      // r <- r + other
      ".macro stream_add r, other\n"
      ".if %c[width] == 16\n fadd v\\r\\().2d, v\\r\\().2d, v\\other\\().2d\n"
      ".else\n fadd d\\r, d\\r, d\\other\n"
      ".endif\n"
      ".endm\n"

      // r <- r + s other
      ".macro stream_add_scaled r, other\n"
      ".if %c[width] == 16\n fmla v\\r\\().2d, v\\other\\().2d, v31.2d\n"
      ".else\n fmadd d\\r, d\\other, d31, d\\r\n"
      ".endif\n"
      ".endm\n"

      // Every line of a step.
      ".macro stream_ahead kind, array\n"
      "prfm \\kind, [\\array, #%c[ahead]]\n"
      ".if %c[width] == 16\n prfm \\kind, [\\array, #%c[ahead]+64]\n .endif\n"
      ".if %c[beyond]\n prfm pldl2keep, [\\array, #%c[beyond]]\n"
      ".if %c[width] == 16\n prfm pldl2keep, [\\array, #%c[beyond]+64]\n .endif\n"
      ".endif\n"
      ".endm\n"

      // What a step does with two neighbouring vectors.
      ".macro stream_pair r, next\n"
      ".if %c[operation] == 0\n"
      "stream_load %[a], \\r, \\next, \\r, \\next\n"
      ".if %c[far]\n"
      "stream_load %[b], \\r, \\next, \\r, \\next\n stream_load %[c], \\r, \\next, \\r, \\next\n"
      ".endif\n"
      ".elseif %c[operation] == 1\n"
      "stream_store 31, 31, %[a], \\r, \\next\n"
      ".if %c[far]\n"
      "stream_store 31, 31, %[b], \\r, \\next\n stream_store 31, 31, %[c], \\r, \\next\n"
      ".endif\n"
      ".elseif %c[operation] == 6\n"
      "stream_load %[a], \\r, \\next, \\r, \\next\n stream_store \\next, \\r, %[a], \\r, \\next\n"
      ".if %c[far]\n"
      "stream_load %[b], \\r, \\next, \\r, \\next\n stream_store \\next, \\r, %[b], \\r, \\next\n"
      "stream_load %[c], \\r, \\next, \\r, \\next\n stream_store \\next, \\r, %[c], \\r, \\next\n"
      ".endif\n"
      ".else\n"
      "stream_load %[b], \\r, \\next, \\r, \\next\n"
      ".if %c[operation] == 3\n stream_scale \\r\n stream_scale \\next\n"
      ".elseif %c[operation] > 3\n"
      "stream_load %[c], \\r, \\next, 16, 17\n"
      ".if %c[operation] == 4\n stream_add \\r, 16\n stream_add \\next, 17\n"
      ".else\n stream_add_scaled \\r, 16\n stream_add_scaled \\next, 17\n"
      ".endif\n"
      ".endif\n"
      "stream_store \\r, \\next, %[a], \\r, \\next\n"
      ".endif\n"
      ".endm\n"

      "ldr d31, [%[scalar]]\n"
      ".if %c[width] == 16\n dup v31.2d, v31.d[0]\n .endif\n"

      ".p2align 6\n"
      "1:\n"
      ".if %c[fetch_a]\n stream_ahead pldl1keep, %[a]\n .endif\n"
      ".if %c[fetch_b]\n stream_ahead pldl1keep, %[b]\n .endif\n"
      ".if %c[fetch_c]\n stream_ahead pldl1keep, %[c]\n .endif\n"
      ".if %c[own_a]\n stream_ahead pstl1keep, %[a]\n .endif\n"
      ".if %c[own_bc]\n stream_ahead pstl1keep, %[b]\n stream_ahead pstl1keep, %[c]\n .endif\n"
      "stream_pair 0, 1\n stream_pair 2, 3\n stream_pair 4, 5\n stream_pair 6, 7\n"
      "adds %[offset], %[offset], #8*%c[width]\n"
      "csel %[offset], %[start], %[offset], eq\n"
      "add %[a], %[a_end], %[offset]\n"
      ".if %c[uses_b]\n add %[b], %[b_end], %[offset]\n .endif\n"
      ".if %c[uses_c]\n add %[c], %[c_end], %[offset]\n .endif\n"
      "subs %[steps], %[steps], #1\n"
      "b.ne 1b\n"

      ".if %c[operation] == 0\n"
      "stream_store 0, 1, %[last], 0, 1\n stream_store 2, 3, %[last], 2, 3\n"
      "stream_store 4, 5, %[last], 4, 5\n stream_store 6, 7, %[last], 6, 7\n"
      ".endif\n"
      ".if %c[past]\n dmb ishst\n .endif\n"
      ".irp name,load,store,scale,add,add_scaled,ahead,pair\n"
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
        [uses_b] "i"(kUse.b),
        [uses_c] "i"(kUse.c)
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v31");
}

constexpr std::array<StreamLoops, 2> kLoops{{
    make_stream_loops<Loop, Isa::kScalar>(1),
    make_stream_loops<Loop, Isa::kNeon>(2),
}};

}  // namespace

std::span<const StreamLoops> stream_loops() noexcept { return kLoops; }

}  // namespace perfbench
