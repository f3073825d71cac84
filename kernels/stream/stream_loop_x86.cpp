#include <immintrin.h>

#include <array>
#include <bit>

#include "kernels/stream/stream_loop.hpp"
#include "kernels/stream/stream_loop_scalar.hpp"

// Each step takes two lines of every array. The reads are prefetched eight lines ahead of each
// stream: on cores whose level-1 prefetcher runs too short (a Xeon with AMX: 16.0 without, 20.0
// GB/s with) it is worth a quarter, and on those where it is not needed (Zen 4 and 5) it costs
// nothing in DRAM. The prefetch passes the end of an array, which cannot fault.

namespace perfbench {
namespace {

constexpr std::size_t kStep = kStreamBlockBytes / sizeof(double);
constexpr std::size_t kLine = 64 / sizeof(double);
constexpr std::size_t kAhead = 8 * kLine;

inline void prefetch_block(const double* p) noexcept {
  _mm_prefetch(p + kAhead, _MM_HINT_T0);
  _mm_prefetch(p + kAhead + kLine, _MM_HINT_T0);
}

[[gnu::target("sse2")]] inline __m128i load_sse2(const double* p) noexcept {
  return _mm_castpd_si128(_mm_load_pd(p));
}

/// The sum of one block, 16 elements.
[[gnu::target("sse2")]] inline __m128i block_sse2(const double* p) noexcept {
  prefetch_block(p);
  const __m128i s0 = _mm_add_epi64(load_sse2(p), load_sse2(p + 2));
  const __m128i s1 = _mm_add_epi64(load_sse2(p + 4), load_sse2(p + 6));
  const __m128i s2 = _mm_add_epi64(load_sse2(p + 8), load_sse2(p + 10));
  const __m128i s3 = _mm_add_epi64(load_sse2(p + 12), load_sse2(p + 14));
  return _mm_add_epi64(_mm_add_epi64(s0, s1), _mm_add_epi64(s2, s3));
}

[[gnu::target("sse2")]] std::uint64_t read_sse2(const double* a,
                                                const double* b,
                                                const double* c,
                                                std::size_t n) noexcept {
  __m128i sum_a = _mm_setzero_si128();
  __m128i sum_b = _mm_setzero_si128();
  __m128i sum_c = _mm_setzero_si128();
  for (std::size_t i = 0; i < n; i += kStep) {
    sum_a = _mm_add_epi64(sum_a, block_sse2(a + i));
    sum_b = _mm_add_epi64(sum_b, block_sse2(b + i));
    sum_c = _mm_add_epi64(sum_c, block_sse2(c + i));
  }
  std::array<std::uint64_t, 2> lanes{};
  _mm_storeu_si128(reinterpret_cast<__m128i*>(lanes.data()),
                   _mm_add_epi64(sum_a, _mm_add_epi64(sum_b, sum_c)));
  return lanes[0] + lanes[1];
}

[[gnu::target("avx2")]] inline __m256i load_avx2(const double* p) noexcept {
  return _mm256_castpd_si256(_mm256_load_pd(p));
}

[[gnu::target("avx2")]] inline __m256i block_avx2(const double* p) noexcept {
  prefetch_block(p);
  return _mm256_add_epi64(_mm256_add_epi64(load_avx2(p), load_avx2(p + 4)),
                          _mm256_add_epi64(load_avx2(p + 8), load_avx2(p + 12)));
}

[[gnu::target("avx2")]] std::uint64_t read_avx2(const double* a,
                                                const double* b,
                                                const double* c,
                                                std::size_t n) noexcept {
  __m256i sum_a = _mm256_setzero_si256();
  __m256i sum_b = _mm256_setzero_si256();
  __m256i sum_c = _mm256_setzero_si256();
  for (std::size_t i = 0; i < n; i += kStep) {
    sum_a = _mm256_add_epi64(sum_a, block_avx2(a + i));
    sum_b = _mm256_add_epi64(sum_b, block_avx2(b + i));
    sum_c = _mm256_add_epi64(sum_c, block_avx2(c + i));
  }
  std::array<std::uint64_t, 4> lanes{};
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes.data()),
                      _mm256_add_epi64(sum_a, _mm256_add_epi64(sum_b, sum_c)));
  return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}

[[gnu::target("avx512f")]] inline __m512i block_avx512(const double* p) noexcept {
  prefetch_block(p);
  return _mm512_add_epi64(_mm512_load_si512(p), _mm512_load_si512(p + kLine));
}

[[gnu::target("avx512f")]] std::uint64_t read_avx512(const double* a,
                                                     const double* b,
                                                     const double* c,
                                                     std::size_t n) noexcept {
  __m512i sum_a = _mm512_setzero_si512();
  __m512i sum_b = _mm512_setzero_si512();
  __m512i sum_c = _mm512_setzero_si512();
  for (std::size_t i = 0; i < n; i += kStep) {
    sum_a = _mm512_add_epi64(sum_a, block_avx512(a + i));
    sum_b = _mm512_add_epi64(sum_b, block_avx512(b + i));
    sum_c = _mm512_add_epi64(sum_c, block_avx512(c + i));
  }
  std::array<std::uint64_t, 8> lanes{};
  _mm512_storeu_si512(lanes.data(), _mm512_add_epi64(sum_a, _mm512_add_epi64(sum_b, sum_c)));
  std::uint64_t sum = 0;
  for (const std::uint64_t lane : lanes) sum += lane;
  return sum;
}

enum class Store { kRegular, kNonTemporal };

template <Store kStore>
[[gnu::target("sse2")]] void triad_sse2(
    double* a, const double* b, const double* c, double scalar, std::size_t n) noexcept {
  const __m128d factor = _mm_set1_pd(scalar);
  for (std::size_t i = 0; i < n; i += kStep) {
    prefetch_block(b + i);
    prefetch_block(c + i);
    for (std::size_t j = i; j < i + kStep; j += 2) {
      const __m128d value =
          _mm_add_pd(_mm_loadu_pd(b + j), _mm_mul_pd(factor, _mm_loadu_pd(c + j)));
      if constexpr (kStore == Store::kNonTemporal) {
        _mm_stream_pd(a + j, value);
      } else {
        _mm_store_pd(a + j, value);
      }
    }
  }
  if constexpr (kStore == Store::kNonTemporal) _mm_sfence();
}

template <Store kStore>
[[gnu::target("avx2,fma")]] void triad_avx2(
    double* a, const double* b, const double* c, double scalar, std::size_t n) noexcept {
  const __m256d factor = _mm256_set1_pd(scalar);
  for (std::size_t i = 0; i < n; i += kStep) {
    prefetch_block(b + i);
    prefetch_block(c + i);
    for (std::size_t j = i; j < i + kStep; j += 4) {
      const __m256d value = _mm256_fmadd_pd(factor, _mm256_loadu_pd(c + j), _mm256_loadu_pd(b + j));
      if constexpr (kStore == Store::kNonTemporal) {
        _mm256_stream_pd(a + j, value);
      } else {
        _mm256_store_pd(a + j, value);
      }
    }
  }
  if constexpr (kStore == Store::kNonTemporal) _mm_sfence();
}

template <Store kStore>
[[gnu::target("avx512f")]] void triad_avx512(
    double* a, const double* b, const double* c, double scalar, std::size_t n) noexcept {
  const __m512d factor = _mm512_set1_pd(scalar);
  for (std::size_t i = 0; i < n; i += kStep) {
    prefetch_block(b + i);
    prefetch_block(c + i);
    for (std::size_t j = i; j < i + kStep; j += kLine) {
      const __m512d value = _mm512_fmadd_pd(factor, _mm512_loadu_pd(c + j), _mm512_loadu_pd(b + j));
      if constexpr (kStore == Store::kNonTemporal) {
        _mm512_stream_pd(a + j, value);
      } else {
        _mm512_store_pd(a + j, value);
      }
    }
  }
  if constexpr (kStore == Store::kNonTemporal) _mm_sfence();
}

constexpr std::array<StreamLoop, 4> kLoops{{
    {Isa::kScalar, scalar_read, scalar_triad, nullptr},
    {Isa::kSse2, read_sse2, triad_sse2<Store::kRegular>, triad_sse2<Store::kNonTemporal>},
    {Isa::kAvx2Fma, read_avx2, triad_avx2<Store::kRegular>, triad_avx2<Store::kNonTemporal>},
    {Isa::kAvx512, read_avx512, triad_avx512<Store::kRegular>, triad_avx512<Store::kNonTemporal>},
}};

}  // namespace

std::span<const StreamLoop> stream_loops() noexcept { return kLoops; }

}  // namespace perfbench
