#include "harness/core/stats/student_t.hpp"

#include <cmath>
#include <numbers>

#include "harness/core/stats/binomial.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

/// Halvings of a bracket: more than a double can tell apart.
constexpr int kBisections = 200;

/// The x of an increasing function in low..high.
template <class Function>
double solve(double low, double high, double wanted, const Function& function) {
  for (int i = 0; i < kBisections; ++i) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    (function(middle) < wanted ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

double normal_quantile(double probability) {
  CHECK(probability > 0.0 && probability < 1.0, "a quantile needs a probability between 0 and 1");
  constexpr double kFarthest = 40.0;
  // Of the nearer tail: 1 minus a small number has lost its digits.
  const double tail = std::fmin(probability, 1.0 - probability);
  const double distance = -solve(
      -kFarthest, 0.0, tail, [](double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); });
  return probability < 0.5 ? -distance : distance;
}

double student_t_quantile(double probability, double degrees) {
  CHECK(probability > 0.0 && probability < 1.0, "a quantile needs a probability between 0 and 1");
  CHECK(degrees > 0.0, "Student's t needs degrees of freedom");
  const double tail = std::fmin(probability, 1.0 - probability);
  // P(T <= -t) = I_x(d/2, 1/2) / 2 with x = d / (d + t^2).
  const double x = solve(0.0, 1.0, 2.0 * tail, [degrees](double candidate) {
    return incomplete_beta(0.5 * degrees, 0.5, candidate);
  });
  const double distance = std::sqrt(degrees * (1.0 - x) / x);
  return probability < 0.5 ? -distance : distance;
}

}  // namespace perfbench
