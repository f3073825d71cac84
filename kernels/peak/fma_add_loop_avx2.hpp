#pragma once

#include <cstdint>

namespace perfbench {

/// As PeakLoop::run; the CPU must have AVX2 and FMA. 8 multiply-add and 6 add accumulators.
[[gnu::target("avx2,fma")]] void run_fma_add_avx2_fp32(void* state,
                                                       const void* constants,
                                                       std::uint64_t iterations) noexcept;
[[gnu::target("avx2,fma")]] void run_fma_add_avx2_fp64(void* state,
                                                       const void* constants,
                                                       std::uint64_t iterations) noexcept;

}  // namespace perfbench
