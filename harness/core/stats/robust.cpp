#include "harness/core/stats/robust.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr Ppm kMiddle = 500'000;

double select(std::vector<double>& values, Ppm ppm) {
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(rank_of(values.size(), ppm) - 1);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

std::vector<double> checked_copy(std::span<const double> values) {
  CHECK(!values.empty(), "a quantile of no values");
  CHECK(std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }),
        "a quantile of values that are not finite has no order");
  return {values.begin(), values.end()};
}

}  // namespace

double quantile(std::span<const double> values, Ppm ppm) {
  std::vector<double> copy = checked_copy(values);
  return select(copy, ppm);
}

double median(std::span<const double> values) { return quantile(values, kMiddle); }

double median_absolute_deviation(std::span<const double> values) {
  std::vector<double> copy = checked_copy(values);
  const double middle = select(copy, kMiddle);
  for (double& value : copy) value = std::abs(value - middle);
  return select(copy, kMiddle);
}

}  // namespace perfbench
