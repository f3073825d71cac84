#pragma once

#include <cstdint>

namespace perfbench {

/// P(B <= k) for B binomial(n, p), with q = 1 - p given apart so that neither loses digits. Exact
/// to 13 digits or so; for k above the mean from the other tail. n at least 1, 0 < p < 1.
[[nodiscard]] double binomial_at_most(std::uint64_t k, std::uint64_t n, double p, double q);

/// The regularised incomplete beta function I_x(a, b) for a, b > 0 and x in 0 to 1: P(B >= a) of a
/// binomial(a + b - 1, x), and the same for numbers of samples that are not whole.
[[nodiscard]] double incomplete_beta(double a, double b, double x);

struct ShareInterval {
  double low = 0.0;
  double high = 1.0;
};

/// Exact interval of a binomial share (Clopper and Pearson 1934), `tail` on each side: low is the
/// share at which `hits` or more of n have the probability `tail`, high the one at which `hits` or
/// fewer have it. Neither needs to be whole: Korn and Graubard (Survey Methodology 24, 1998) give
/// it the effective numbers of dependent samples. 0 <= hits <= n, n > 0.
[[nodiscard]] ShareInterval share_interval(double hits, double n, double tail);

}  // namespace perfbench
