#include "harness/core/stats/binomial.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace perfbench {
namespace {

/// Summed term by term from the definition.
long double by_definition(std::uint64_t k, std::uint64_t n, long double p) {
  long double term = std::pow(1.0L - p, static_cast<long double>(n));
  long double sum = term;
  for (std::uint64_t j = 0; j < k; ++j) {
    term *= static_cast<long double>(n - j) / static_cast<long double>(j + 1) * p / (1.0L - p);
    sum += term;
  }
  return sum;
}

TEST(Binomial, AtMostAgreesWithTheDefinition) {
  for (const double p : {0.01, 0.1, 0.5, 0.9}) {
    for (const std::uint64_t n : {1U, 10U, 100U, 1000U}) {
      for (std::uint64_t k = 0; k < n; k += 1 + n / 13) {
        const auto expected = static_cast<double>(by_definition(k, n, p));
        EXPECT_NEAR(binomial_at_most(k, n, p, 1.0 - p), expected, 1e-12) << k << " of " << n;
      }
      EXPECT_EQ(binomial_at_most(n, n, p, 1.0 - p), 1.0);
    }
  }
}

TEST(Binomial, IncompleteBetaIsItsTail) {
  // P(B <= k) = 1 - I_p(k + 1, n - k).
  for (const double p : {0.01, 0.2, 0.7}) {
    for (const std::uint64_t n : {5U, 500U, 100'000U}) {
      for (const double standard : {-3.0, -0.5, 0.0, 2.5}) {
        const auto mean = static_cast<double>(n) * p;
        const double k = std::floor(mean + standard * std::sqrt(mean * (1.0 - p)));
        if (k < 0.0 || k >= static_cast<double>(n)) continue;
        EXPECT_NEAR(1.0 - incomplete_beta(k + 1.0, static_cast<double>(n) - k, p),
                    binomial_at_most(static_cast<std::uint64_t>(k), n, p, 1.0 - p),
                    1e-10)
            << k << " of " << n << " at " << p;
      }
    }
  }
}

TEST(Binomial, IncompleteBetaOfClosedForms) {
  EXPECT_EQ(incomplete_beta(2.0, 3.0, 0.0), 0.0);
  EXPECT_EQ(incomplete_beta(2.0, 3.0, 1.0), 1.0);
  for (const double x : {0.001, 0.3, 0.5, 0.99}) {
    EXPECT_NEAR(incomplete_beta(1.0, 1.0, x), x, 1e-14);
    EXPECT_NEAR(incomplete_beta(2.5, 1.0, x), std::pow(x, 2.5), 1e-13);
    EXPECT_NEAR(
        incomplete_beta(0.5, 0.5, x), std::asin(std::sqrt(x)) * 2.0 / 3.14159265358979, 1e-12);
    EXPECT_NEAR(incomplete_beta(3.3, 7.7, x) + incomplete_beta(7.7, 3.3, 1.0 - x), 1.0, 1e-13);
  }
}

TEST(Binomial, ShareIntervalHasTheTabulatedEnds) {
  // None of n: 1 - tail^(1/n) above. 10 of 100, 2.5 % on each side: 0.049005 to 0.176223.
  const ShareInterval none = share_interval(0.0, 459.0, 0.01);
  EXPECT_EQ(none.low, 0.0);
  EXPECT_NEAR(none.high, 1.0 - std::pow(0.01, 1.0 / 459.0), 1e-12);
  EXPECT_LT(none.high, 0.01);
  const ShareInterval ten = share_interval(10.0, 100.0, 0.025);
  EXPECT_NEAR(ten.low, 0.0490047, 1e-6);
  EXPECT_NEAR(ten.high, 0.1762226, 1e-6);
  const ShareInterval all = share_interval(50.0, 50.0, 0.01);
  EXPECT_EQ(all.high, 1.0);
  EXPECT_NEAR(all.low, std::pow(0.01, 1.0 / 50.0), 1e-12);
}

TEST(Binomial, ShareIntervalTakesPartsOfSamples) {
  const ShareInterval fewer = share_interval(9.5, 100.0, 0.01);
  const ShareInterval middle = share_interval(10.0, 100.0, 0.01);
  EXPECT_LT(fewer.low, middle.low);
  EXPECT_LT(fewer.high, middle.high);
  const ShareInterval tiny = share_interval(0.3, 0.5, 0.01);
  EXPECT_GE(tiny.low, 0.0);
  EXPECT_LE(tiny.low, 0.6);
  EXPECT_GE(tiny.high, 0.6);
}

TEST(Binomial, ShareIntervalOfMillionsIsTheNormalOne) {
  const ShareInterval interval = share_interval(1e6, 1e8, 0.025);
  const double half = 1.959964 * std::sqrt(0.01 * 0.99 / 1e8);
  EXPECT_NEAR(interval.low, 0.01 - half, 1e-7);
  EXPECT_NEAR(interval.high, 0.01 + half, 1e-7);
}

}  // namespace
}  // namespace perfbench
