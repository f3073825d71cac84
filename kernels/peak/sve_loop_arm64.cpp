#include <sys/auxv.h>

#include <array>

#include "kernels/peak/loop_families.hpp"

// The scalable vector extension: the same loops whatever the vector length, which the processor is
// asked for (rdvl counts bytes). The recurrences are those of fma_loop_arm64.cpp and
// dot_loop_arm64.cpp; predicate 0 holds all elements.

namespace perfbench {
namespace {

void run_fp32(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension sve\n"
      "ptrue p0.b\n"
      "ld1rw {z29.s}, p0/z, [%[k], #0]\n"
      "ld1rw {z30.s}, p0/z, [%[k], #4]\n"
      "ld1rw {z31.s}, p0/z, [%[k], #8]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmla z\\r\\().s, p0/m, z29.s, z30.s\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmls z\\r\\().s, p0/m, z29.s, z31.s\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31", "p0");
  // clang-format on
}

void run_fp64(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension sve\n"
      "ptrue p0.b\n"
      "ld1rd {z29.d}, p0/z, [%[k], #0]\n"
      "ld1rd {z30.d}, p0/z, [%[k], #8]\n"
      "ld1rd {z31.d}, p0/z, [%[k], #16]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmla z\\r\\().d, p0/m, z29.d, z30.d\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmls z\\r\\().d, p0/m, z29.d, z31.d\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31", "p0");
  // clang-format on
}

void run_fp16(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension sve\n"
      "ptrue p0.b\n"
      "ld1rh {z29.h}, p0/z, [%[k], #0]\n"
      "ld1rh {z30.h}, p0/z, [%[k], #2]\n"
      "ld1rh {z31.h}, p0/z, [%[k], #4]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmla z\\r\\().h, p0/m, z29.h, z30.h\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "fmls z\\r\\().h, p0/m, z29.h, z31.h\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31", "p0");
  // clang-format on
}

void run_bf16(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension sve\n"
      ".arch_extension bf16\n"
      "ptrue p0.b\n"
      "ld1rw {z29.s}, p0/z, [%[k], #0]\n"
      "ld1rw {z30.s}, p0/z, [%[k], #4]\n"
      "ld1rw {z31.s}, p0/z, [%[k], #8]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "bfdot z\\r\\().s, z29.h, z30.h\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "bfdot z\\r\\().s, z29.h, z31.h\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31", "p0");
  // clang-format on
}

void run_bf16_mmla(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension sve\n"
      ".arch_extension bf16\n"
      "ptrue p0.b\n"
      "ld1rw {z29.s}, p0/z, [%[k], #0]\n"
      "ld1rw {z30.s}, p0/z, [%[k], #4]\n"
      "ld1rw {z31.s}, p0/z, [%[k], #8]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "bfmmla z\\r\\().s, z29.h, z30.h\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "bfmmla z\\r\\().s, z29.h, z31.h\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31", "p0");
  // clang-format on
}

void run_int8(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch_extension sve\n"
      "ptrue p0.b\n"
      "ld1rw {z29.s}, p0/z, [%[k], #0]\n"
      "ld1rw {z30.s}, p0/z, [%[k], #4]\n"
      "ld1rw {z31.s}, p0/z, [%[k], #8]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "sdot z\\r\\().s, z29.b, z30.b\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "sdot z\\r\\().s, z29.b, z31.b\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31", "p0");
  // clang-format on
}

void run_int8_mmla(void* state, const void* constants, std::uint64_t iterations) noexcept {
  asm volatile(
      ".arch armv8.6-a+sve+i8mm\n"
      "ptrue p0.b\n"
      "ld1rw {z29.s}, p0/z, [%[k], #0]\n"
      "ld1rw {z30.s}, p0/z, [%[k], #4]\n"
      "ld1rw {z31.s}, p0/z, [%[k], #8]\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "ldr z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "smmla z\\r\\().s, z29.b, z30.b\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "smmla z\\r\\().s, z29.b, z31.b\n"
      ".endr\n"
      "subs %[n], %[n], #1\n"
      "b.ne 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "str z\\r, [%[x], #\\r, mul vl]\n"
      ".endr\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants)
      // clang-format off
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
        "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31", "p0");
  // clang-format on
}

std::uint32_t read_vector_bytes() noexcept {
  constexpr unsigned long kHwcapSve = 1UL << 22U;  // Linux, arch/arm64/include/uapi/asm/hwcap.h
  if ((getauxval(AT_HWCAP) & kHwcapSve) == 0) return 0;
  std::uint64_t bytes = 0;
  asm(".arch_extension sve\n"
      "rdvl %[bytes], #1\n"
      : [bytes] "=r"(bytes));
  return static_cast<std::uint32_t>(bytes);
}

constexpr PeakLoop loop(Precision precision,
                        PeakStep step,
                        std::string_view instruction,
                        std::string_view flag,
                        PeakLoop::Run run) {
  PeakLoop loop;
  loop.isa = Isa::kSve;
  loop.state_of = Isa::kSve;
  loop.precision = precision;
  loop.step = step;
  loop.instruction = instruction;
  loop.flag = flag;
  loop.accumulators = 24;
  loop.run = run;
  return loop;
}

constexpr PeakLoop dot(Precision precision,
                       PeakStep step,
                       std::string_view instruction,
                       std::string_view flag,
                       PeakLoop::Run run) {
  PeakLoop dot = loop(precision, step, instruction, flag, run);
  dot.products = (precision == Precision::kBf16 ? 2U : 4U) * (step == PeakStep::kDot ? 1U : 2U);
  return dot;
}

/// The loops with as many elements a vector as this processor has; none without SVE.
std::array<PeakLoop, 7> loops_of(std::uint32_t vector_bytes) noexcept {
  std::array<PeakLoop, 7> loops{
      loop(Precision::kFp32, PeakStep::kFusedPlusX, "fmla", "", run_fp32),
      loop(Precision::kFp64, PeakStep::kFusedPlusX, "fmla", "", run_fp64),
      loop(Precision::kFp16, PeakStep::kFusedPlusX, "fmla", "", run_fp16),
      dot(Precision::kBf16, PeakStep::kDot, "bfdot", "svebf16", run_bf16),
      dot(Precision::kInt8, PeakStep::kDot, "sdot", "", run_int8),
      dot(Precision::kBf16, PeakStep::kMatrix, "bfmmla", "svebf16", run_bf16_mmla),
      dot(Precision::kInt8, PeakStep::kMatrix, "smmla", "svei8mm", run_int8_mmla),
  };
  for (PeakLoop& loop : loops) loop.lanes = vector_bytes / element_bytes(loop);
  return loops;
}

}  // namespace

std::span<const PeakLoop> scalable_loops() noexcept {
  static const std::uint32_t vector_bytes = read_vector_bytes();
  static const std::array<PeakLoop, 7> loops = loops_of(vector_bytes);
  if (vector_bytes == 0) return {};
  return loops;
}

}  // namespace perfbench
