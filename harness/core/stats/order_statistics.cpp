#include "harness/core/stats/order_statistics.hpp"

#include <algorithm>
#include <cmath>

#include "harness/core/stats/binomial.hpp"
namespace perfbench {
namespace {

/// Each end of the two-sided 95 % interval.
constexpr double kTail = 0.025;

/// The largest l in 1.. with P(B <= l - 1) <= 2.5 %, or 0 when even P(B <= 0) is above. The answer
/// lies at or below the mean, where the tail is far above 2.5 % for every n and p.
std::uint64_t lower_rank(std::uint64_t n, Ppm ppm) {
  const double p = static_cast<double>(ppm) / kOneMillion;
  const double q = static_cast<double>(kOneMillion - ppm) / kOneMillion;
  std::uint64_t good = 0;
  auto too_high = static_cast<std::uint64_t>(static_cast<double>(n) * p) + 2;
  while (too_high - good > 1) {
    const std::uint64_t middle = good + (too_high - good) / 2;
    const bool fits = middle <= n && binomial_at_most(middle - 1, n, p, q) <= kTail;
    (fits ? good : too_high) = middle;
  }
  return good;
}

template <class T>
T value_at_rank(std::span<const T> sorted, Ppm ppm) {
  CHECK(!sorted.empty(), "a percentile of no samples");
  return sorted[rank_of(sorted.size(), ppm) - 1];
}

}  // namespace

std::uint64_t rank_of(std::uint64_t n, Ppm ppm) {
  CHECK(n > 0 && ppm <= kOneMillion, "a rank needs samples and a percentile of at most 1e6 ppm");
  // n * ppm would overflow above 1.8e13 samples: split n into millions and the rest.
  const std::uint64_t millions = n / kOneMillion;
  const std::uint64_t rest = n % kOneMillion;
  return std::max<std::uint64_t>(1, millions * ppm + (rest * ppm + kOneMillion - 1) / kOneMillion);
}

Nanoseconds nearest_rank(std::span<const Nanoseconds> sorted, Ppm ppm) {
  return value_at_rank(sorted, ppm);
}

double nearest_rank(std::span<const double> sorted, Ppm ppm) { return value_at_rank(sorted, ppm); }

std::optional<RankInterval> rank_interval(std::uint64_t n, Ppm ppm) {
  CHECK(ppm > 0 && ppm < kOneMillion, "an interval needs a percentile between 0 and 1");
  if (n == 0) return std::nullopt;
  const std::uint64_t low = lower_rank(n, ppm);
  // P(B >= u) is P(B' <= n - u) with B' = n - B binomial(n, 1 - p): the same search from the other
  // end.
  const std::uint64_t from_top = lower_rank(n, kOneMillion - ppm);
  if (low == 0 || from_top == 0) return std::nullopt;
  return RankInterval{low, n + 1 - from_top};
}

std::uint64_t min_queries_for_interval(Ppm ppm) {
  CHECK(ppm > 0 && ppm < kOneMillion, "an interval needs a percentile between 0 and 1");
  // The end that is missing first is the one where all n samples fall on one side: p^n <= 2.5 %,
  // for the larger p.
  const double farther = static_cast<double>(std::max(ppm, kOneMillion - ppm)) / kOneMillion;
  auto n = static_cast<std::uint64_t>(std::log(kTail) / std::log(farther));
  while (!rank_interval(n, ppm)) ++n;
  while (n > 1 && rank_interval(n - 1, ppm)) --n;
  return n;
}

}  // namespace perfbench
