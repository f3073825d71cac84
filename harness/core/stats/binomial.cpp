#include "harness/core/stats/binomial.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

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
  if (n <= 15.0 && n == std::floor(n)) return kExact[static_cast<std::size_t>(n)];
  // The series needs a large n. Below, step up: s(n) = s(n + 1) + (n + 1/2) log((n + 1) / n) - 1.
  double stepped = 0.0;
  while (n < 15.0) {
    stepped += (n + 0.5) * std::log1p(1.0 / n) - 1.0;
    n += 1.0;
  }
  const double n2 = n * n;
  return stepped +
         (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / n2) / n2) / n2) / n2) /
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

/// P(B = k) for B binomial(n, p) with q = 1 - p given apart, so that neither loses digits; k and n
/// need not be whole.
double binomial_probability(double k, double n, double p, double q) {
  if (k <= 0.0) return std::exp(n * std::log1p(-p));
  if (k >= n) return std::exp(n * std::log1p(-q));
  const double rest = n - k;
  const double exponent = stirling_error(n) - stirling_error(k) - stirling_error(rest) -
                          deviance(k, n * p) - deviance(rest, n * q);
  return std::exp(exponent) * std::sqrt(n / (2.0 * std::numbers::pi * k * rest));
}

/// P(B <= k) for k not above the mean: terms fall from k down, so the sum ends early.
double lower_tail(std::uint64_t k, std::uint64_t n, double p, double q) {
  double term = binomial_probability(static_cast<double>(k), static_cast<double>(n), p, q);
  double sum = term;
  for (std::uint64_t j = k; j > 0 && term > sum * 1e-17; --j) {
    term *= static_cast<double>(j) / static_cast<double>(n - j + 1) * (q / p);
    sum += term;
  }
  return sum;
}

/// Lentz's continued fraction of the incomplete beta function, as in Numerical Recipes 6.4; it
/// converges in about sqrt(max(a, b)) steps for x below the mean.
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr double kPrecise = 1e-14;
  constexpr int kMostSteps = 1'000'000;
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1.0;
  double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double h = d;
  for (int step = 1; step <= kMostSteps; ++step) {
    const double m = step;
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    d = 1.0 / away_from_zero(1.0 + even * d);
    c = away_from_zero(1.0 + even / c);
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    d = 1.0 / away_from_zero(1.0 + odd * d);
    c = away_from_zero(1.0 + odd / c);
    h *= d * c;
    if (std::abs(d * c - 1.0) < kPrecise) break;
  }
  return h;
}

}  // namespace

double binomial_at_most(std::uint64_t k, std::uint64_t n, double p, double q) {
  if (k >= n) return 1.0;
  if (static_cast<double>(k) <= static_cast<double>(n) * p) return lower_tail(k, n, p, q);
  return 1.0 - lower_tail(n - k - 1, n, q, p);
}

double incomplete_beta(double a, double b, double x) {
  CHECK(a > 0.0 && b > 0.0, "the incomplete beta function needs positive parameters");
  if (!(x > 0.0)) return 0.0;
  if (x >= 1.0) return 1.0;
  // x^a (1-x)^b / B(a, b) is ab/(a+b) times the binomial probability of a in a + b.
  const double factor = binomial_probability(a, a + b, x, 1.0 - x) * a * b / (a + b);
  if (x < (a + 1.0) / (a + b + 2.0)) return factor * beta_fraction(a, b, x) / a;
  return 1.0 - factor * beta_fraction(b, a, 1.0 - x) / b;
}

ShareInterval share_interval(double hits, double n, double tail) {
  CHECK(n > 0.0 && hits >= 0.0 && hits <= n, "a share is of at least some samples");
  CHECK(tail > 0.0 && tail < 0.5, "an interval leaves less than a half on each side");
  constexpr int kBisections = 60;
  const auto solve = [](double a, double b, double wanted) {
    double low = 0.0;
    double high = 1.0;
    for (int i = 0; i < kBisections; ++i) {
      const double middle = 0.5 * (low + high);
      (incomplete_beta(a, b, middle) < wanted ? low : high) = middle;
    }
    return 0.5 * (low + high);
  };
  ShareInterval interval;
  if (hits > 0.0) interval.low = solve(hits, n - hits + 1.0, tail);
  if (hits < n) interval.high = solve(hits + 1.0, n - hits, 1.0 - tail);
  return interval;
}

}  // namespace perfbench
