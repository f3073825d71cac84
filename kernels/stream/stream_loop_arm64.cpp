#include <arm_neon.h>

#include <array>

#include "kernels/stream/stream_loop.hpp"
#include "kernels/stream/stream_loop_scalar.hpp"

// As stream_loop_x86.cpp: two lines of every array a step (of 64 bytes; a core with 128-byte lines
// takes one).

namespace perfbench {
namespace {

constexpr std::size_t kStep = kStreamBlockBytes / sizeof(double);
constexpr std::size_t kLine = 64 / sizeof(double);
constexpr std::size_t kAhead = 8 * kLine;

inline void prefetch_block(const double* p) noexcept {
  __builtin_prefetch(p + kAhead);
  __builtin_prefetch(p + kAhead + kLine);
}

inline uint64x2_t load(const double* p) noexcept { return vreinterpretq_u64_f64(vld1q_f64(p)); }

inline uint64x2_t block(const double* p) noexcept {
  prefetch_block(p);
  const uint64x2_t s0 = vaddq_u64(load(p), load(p + 2));
  const uint64x2_t s1 = vaddq_u64(load(p + 4), load(p + 6));
  const uint64x2_t s2 = vaddq_u64(load(p + 8), load(p + 10));
  const uint64x2_t s3 = vaddq_u64(load(p + 12), load(p + 14));
  return vaddq_u64(vaddq_u64(s0, s1), vaddq_u64(s2, s3));
}

std::uint64_t read_neon(const double* a, const double* b, const double* c, std::size_t n) noexcept {
  uint64x2_t sum_a = vdupq_n_u64(0);
  uint64x2_t sum_b = vdupq_n_u64(0);
  uint64x2_t sum_c = vdupq_n_u64(0);
  for (std::size_t i = 0; i < n; i += kStep) {
    sum_a = vaddq_u64(sum_a, block(a + i));
    sum_b = vaddq_u64(sum_b, block(b + i));
    sum_c = vaddq_u64(sum_c, block(c + i));
  }
  return vaddvq_u64(vaddq_u64(sum_a, vaddq_u64(sum_b, sum_c)));
}

void triad_neon(
    double* a, const double* b, const double* c, double scalar, std::size_t n) noexcept {
  const float64x2_t factor = vdupq_n_f64(scalar);
  for (std::size_t i = 0; i < n; i += kStep) {
    prefetch_block(b + i);
    prefetch_block(c + i);
    for (std::size_t j = i; j < i + kStep; j += 2) {
      vst1q_f64(a + j, vfmaq_f64(vld1q_f64(b + j), factor, vld1q_f64(c + j)));
    }
  }
}

void triad_nt_neon(
    double* a, const double* b, const double* c, double scalar, std::size_t n) noexcept {
  const float64x2_t factor = vdupq_n_f64(scalar);
  for (std::size_t i = 0; i < n; i += kStep) {
    prefetch_block(b + i);
    prefetch_block(c + i);
    for (std::size_t j = i; j < i + kStep; j += 4) {
      const float64x2_t low = vfmaq_f64(vld1q_f64(b + j), factor, vld1q_f64(c + j));
      const float64x2_t high = vfmaq_f64(vld1q_f64(b + j + 2), factor, vld1q_f64(c + j + 2));
      asm volatile("stnp %q[low], %q[high], [%[to]]"
                   :
                   : [low] "w"(low), [high] "w"(high), [to] "r"(a + j)
                   : "memory");
    }
  }
  asm volatile("dmb ishst" : : : "memory");
}

constexpr std::array<StreamLoop, 2> kLoops{{
    {Isa::kScalar, scalar_read, scalar_triad, nullptr},
    {Isa::kNeon, read_neon, triad_neon, triad_nt_neon},
}};

}  // namespace

std::span<const StreamLoop> stream_loops() noexcept { return kLoops; }

}  // namespace perfbench
