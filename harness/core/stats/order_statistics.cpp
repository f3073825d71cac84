#include "harness/core/stats/order_statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace perfbench {
namespace {

/// Each end of the two-sided 95 % interval.
constexpr double kTail = 0.025;

/// log(n!) - [n log n - n + 0.5 log(2 pi n)], the error of Stirling's formula. From Loader, "Fast
/// and accurate computation of binomial probabilities" (2000): with it a probability keeps 14
/// digits where lgamma loses them to cancellation (and lgamma writes a global, which threads would
/// race for).
double stirling_error(double n) {
  constexpr std::array<double, 16> kExact{0.0,
                                          0.08106146679532726,
                                          0.04134069595540929,
                                          0.02767792568499834,
                                          0.02079067210376509,
                                          0.01664469118982119,
                                          0.01387612882307075,
                                          0.01189670994589177,
                                          0.01041126526197209,
                                          0.009255462182712733,
                                          0.008330563433362871,
                                          0.007573675487951841,
                                          0.006942840107209530,
                                          0.006408994188004207,
                                          0.005951370112758848,
                                          0.005554733551962801};
  if (n <= 15.0) return kExact[static_cast<std::size_t>(n)];
  const double n2 = n * n;
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / n2) / n2) / n2) / n2) /
         n;
}

/// x log(x / mean) + mean - x without cancellation where x is close to the mean (Loader, the
/// deviance part).
double deviance(double x, double mean) {
  const double difference = x - mean;
  if (std::abs(difference) >= 0.1 * (x + mean)) return x * std::log(x / mean) + mean - x;
  const double v = difference / (x + mean);
  double sum = difference * v;
  double term = 2.0 * x * v;
  for (int j = 1; j < 1000; ++j) {
    term *= v * v;
    const double next = sum + term / (2 * j + 1);
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

/// P(B = k) for B binomial(n, p) with q = 1 - p given apart, so that neither loses digits.
double binomial_probability(std::uint64_t k, std::uint64_t n, double p, double q) {
  const double dn = static_cast<double>(n);
  if (k == 0) return std::exp(dn * std::log1p(-p));
  if (k == n) return std::exp(dn * std::log1p(-q));
  const double dk = static_cast<double>(k);
  const double rest = dn - dk;
  const double exponent = stirling_error(dn) - stirling_error(dk) - stirling_error(rest) -
                          deviance(dk, dn * p) - deviance(rest, dn * q);
  return std::exp(exponent) * std::sqrt(dn / (2.0 * std::numbers::pi * dk * rest));
}

/// P(B <= k) for k not above the mean: terms fall from k down, so the sum ends early.
double lower_tail(std::uint64_t k, std::uint64_t n, double p, double q) {
  double term = binomial_probability(k, n, p, q);
  double sum = term;
  for (std::uint64_t j = k; j > 0 && term > sum * 1e-17; --j) {
    term *= static_cast<double>(j) / static_cast<double>(n - j + 1) * (q / p);
    sum += term;
  }
  return sum;
}

/// The largest l in 1.. with P(B <= l - 1) <= 2.5 %, or 0 when even P(B <= 0) is above. The answer
/// lies at or below the mean, where the tail is far above 2.5 % for every n and p.
std::uint64_t lower_rank(std::uint64_t n, Ppm ppm) {
  const double p = static_cast<double>(ppm) / kOneMillion;
  const double q = static_cast<double>(kOneMillion - ppm) / kOneMillion;
  std::uint64_t good = 0;
  auto too_high = static_cast<std::uint64_t>(static_cast<double>(n) * p) + 2;
  while (too_high - good > 1) {
    const std::uint64_t middle = good + (too_high - good) / 2;
    const bool fits = middle <= n && lower_tail(middle - 1, n, p, q) <= kTail;
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
