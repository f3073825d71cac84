#include <immintrin.h>

#include <array>
#include <utility>

#include "kernels/gemm/packed/panel_loop_scalar.hpp"

// Outputs stand across the lanes: a step loads a panel's line of weights and multiplies it by each
// row's value of x, which is broadcast from memory. All sums of a pass stay in registers; the
// unrolling is asked for because a loop over an array of vectors keeps the array in memory
// otherwise. The loop over the steps is not unrolled: one load instruction that goes from line to
// line is what the prefetcher of level 1 follows (two of them cost a tenth on a Xeon with AMX).
//
// Weights come from DRAM, and a core has fewer fill buffers in level 1 than it needs lines in
// flight (16 x 64 bytes in 150 ns are 7 GB/s); the rest is the level-2 prefetcher's, which falls
// behind where arithmetic stands between the loads. Hence two prefetches a line: far ahead into
// level 2, and near ahead into level 1. On that Xeon m = 16 gains a tenth by the far one.
//
// AMD's cores are served better by pairs of lines (pass_avx512 with kSide = 2) and by fewer
// prefetches. Over the read roof of a two-core guest of a Zen 5, in turn: m = 1 0.86 line by line
// with both prefetches, 1.00 in pairs without any; m = 2 0.84 and 0.99; m = 4 0.73 and 0.91 with
// the far one alone; m = 8 0.75 and 0.89.

namespace perfbench {
namespace {

/// From the line of weights that a step loads to the one that it asks into level 1.
constexpr std::size_t kNear = 16 * kPanelOutputs;
/// Values of x come from level 2, and from so many rows on they are half as much as the weights.
constexpr std::size_t kManyRows = 8;
constexpr std::size_t kNearValues = 12 * kPanelOutputs;

// AVX-512: a panel is one register. 28 sums of 2 panels leave registers for two lines of weights
// and a broadcast.
constexpr std::size_t kAvx512Rows = 16;
constexpr std::size_t kAvx512RowsOfTwo = 14;
/// More would do; beyond these arithmetic stands between the loads, and one pair is fetched better.
constexpr std::size_t kAvx512RowsOfTwoPairs = 3;

enum class Fetch { kFarAndNear, kFar, kNothing };

/// Of kPanels panels, kSide of them line by line beside each other.
template <std::size_t kRows, std::size_t kPanels, std::size_t kSide, Fetch kFetch>
[[gnu::target("avx512f")]] void pass_avx512(const PanelPass& pass) noexcept {
  __m512 sums[kRows][kPanels];
#pragma GCC unroll 16
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (std::size_t panel = 0; panel < kPanels; ++panel) {
      const float* from = pass.sums + panel / kSide * pass.next_sums +
                          panel % kSide * pass.pair_sums + row * kPanelOutputs;
      sums[row][panel] = pass.first ? _mm512_setzero_ps() : _mm512_load_ps(from);
    }
  }
  const float* weights = pass.weights;
  const float* ahead = pass.ahead;
  const float* x = pass.x;
  const std::size_t next_panel = pass.next_panel;
  const std::size_t next_step = pass.next_step;
  const std::size_t ahead_step = pass.ahead_step;
#pragma GCC unroll 1
  for (std::size_t step = pass.steps; step > 0; --step) {
    if constexpr (kRows >= kManyRows) _mm_prefetch(x + kNearValues, _MM_HINT_T0);
    __m512 line[kPanels];
#pragma GCC unroll 4
    for (std::size_t panel = 0; panel < kPanels; ++panel) {
      const std::size_t at = panel / kSide * next_panel + panel % kSide * kPanelOutputs;
      if constexpr (kFetch != Fetch::kNothing) _mm_prefetch(ahead + at, _MM_HINT_T1);
      if constexpr (kFetch == Fetch::kFarAndNear) _mm_prefetch(weights + at + kNear, _MM_HINT_T0);
      line[panel] = _mm512_load_ps(weights + at);
    }
#pragma GCC unroll 16
    for (std::size_t row = 0; row < kRows; ++row) {
      const __m512 value = _mm512_set1_ps(x[row]);
#pragma GCC unroll 4
      for (std::size_t panel = 0; panel < kPanels; ++panel) {
        sums[row][panel] = _mm512_fmadd_ps(line[panel], value, sums[row][panel]);
      }
    }
    weights += kSide * kPanelOutputs;
    ahead += ahead_step;
    x += next_step;
  }
#pragma GCC unroll 16
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (std::size_t panel = 0; panel < kPanels; ++panel) {
      float* to = pass.sums + panel / kSide * pass.next_sums + panel % kSide * pass.pair_sums +
                  row * kPanelOutputs;
      _mm512_store_ps(to, sums[row][panel]);
    }
  }
}

// AVX2: a panel is two registers of 16 in all; 12 sums, a line of weights, a broadcast.
constexpr std::size_t kAvx2Rows = 6;
constexpr std::size_t kAvx2RowsOfTwo = 2;
constexpr std::size_t kHalf = kPanelOutputs / 2;

template <std::size_t kRows, std::size_t kPanels>
[[gnu::target("avx2,fma")]] void pass_avx2(const PanelPass& pass) noexcept {
  __m256 sums[kRows][2 * kPanels];
#pragma GCC unroll 6
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (std::size_t half = 0; half < 2 * kPanels; ++half) {
      const float* from =
          pass.sums + half / 2 * pass.next_sums + row * kPanelOutputs + half % 2 * kHalf;
      sums[row][half] = pass.first ? _mm256_setzero_ps() : _mm256_load_ps(from);
    }
  }
  const float* weights = pass.weights;
  const float* ahead = pass.ahead;
  const float* x = pass.x;
  const std::size_t next_panel = pass.next_panel;
  const std::size_t next_step = pass.next_step;
  const std::size_t ahead_step = pass.ahead_step;
#pragma GCC unroll 1
  for (std::size_t step = pass.steps; step > 0; --step) {
#pragma GCC unroll 2
    for (std::size_t panel = 0; panel < kPanels; ++panel) {
      _mm_prefetch(ahead + panel * next_panel, _MM_HINT_T1);
      _mm_prefetch(weights + panel * next_panel + kNear, _MM_HINT_T0);
      const __m256 low = _mm256_load_ps(weights + panel * next_panel);
      const __m256 high = _mm256_load_ps(weights + panel * next_panel + kHalf);
#pragma GCC unroll 6
      for (std::size_t row = 0; row < kRows; ++row) {
        const __m256 value = _mm256_broadcast_ss(x + row);
        sums[row][2 * panel] = _mm256_fmadd_ps(low, value, sums[row][2 * panel]);
        sums[row][2 * panel + 1] = _mm256_fmadd_ps(high, value, sums[row][2 * panel + 1]);
      }
    }
    weights += kPanelOutputs;
    ahead += ahead_step;
    x += next_step;
  }
#pragma GCC unroll 6
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (std::size_t half = 0; half < 2 * kPanels; ++half) {
      float* to = pass.sums + half / 2 * pass.next_sums + row * kPanelOutputs + half % 2 * kHalf;
      _mm256_store_ps(to, sums[row][half]);
    }
  }
}

template <std::size_t kPanels, std::size_t kSide, Fetch kFetch, std::size_t... kIndex>
constexpr std::array<PanelFunction, sizeof...(kIndex)> avx512_rows(
    std::index_sequence<kIndex...> /*rows*/) {
  return {pass_avx512<kIndex + 1, kPanels, kSide, kFetch>...};
}

template <std::size_t kPanels, std::size_t... kIndex>
constexpr std::array<PanelFunction, sizeof...(kIndex)> avx2_rows(
    std::index_sequence<kIndex...> /*rows*/) {
  return {pass_avx2<kIndex + 1, kPanels>...};
}

constexpr auto kAvx512One =
    avx512_rows<1, 1, Fetch::kFarAndNear>(std::make_index_sequence<kAvx512Rows>());
constexpr auto kAvx512Two =
    avx512_rows<2, 1, Fetch::kFarAndNear>(std::make_index_sequence<kAvx512RowsOfTwo>());
constexpr auto kAvx512Pair =
    avx512_rows<2, 2, Fetch::kFar>(std::make_index_sequence<kAvx512RowsOfTwo>());
constexpr auto kAvx512TwoPairs =
    avx512_rows<4, 2, Fetch::kNothing>(std::make_index_sequence<kAvx512RowsOfTwoPairs>());
constexpr auto kAvx2One = avx2_rows<1>(std::make_index_sequence<kAvx2Rows>());
constexpr auto kAvx2Two = avx2_rows<2>(std::make_index_sequence<kAvx2RowsOfTwo>());

}  // namespace

std::span<const PanelLoop> panel_loops() noexcept {
  static const std::array<PanelLoop, 3> loops{
      {scalar_panel_loop(),
       {Isa::kAvx2Fma, kAvx2One, kAvx2Two, {}, {}},
       {Isa::kAvx512, kAvx512One, kAvx512Two, kAvx512Pair, kAvx512TwoPairs}}};
  return loops;
}

}  // namespace perfbench
