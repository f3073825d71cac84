#include "harness/core/stats/between_runs.hpp"

#include <algorithm>
#include <cmath>

#include "harness/core/stats/student_t.hpp"

namespace perfbench {
namespace {

constexpr double kUpperTail = 0.975;

}  // namespace

BetweenRuns between_runs(std::span<const double> figures) {
  BetweenRuns result;
  if (figures.empty()) return result;
  const auto n = static_cast<double>(figures.size());
  const bool logarithms =
      std::all_of(figures.begin(), figures.end(), [](double figure) { return figure > 0.0; });
  if (!logarithms) {
    for (const double figure : figures) result.mean += figure / n;
    return result;
  }
  double mean = 0.0;
  for (const double figure : figures) mean += std::log(figure) / n;
  result.mean = std::exp(mean);
  if (figures.size() < 2) return result;
  double squares = 0.0;
  for (const double figure : figures) {
    const double distance = std::log(figure) - mean;
    squares += distance * distance;
  }
  const double half = student_t_quantile(kUpperTail, n - 1.0) * std::sqrt(squares / (n - 1.0) / n);
  result.low = std::exp(mean - half);
  result.high = std::exp(mean + half);
  return result;
}

}  // namespace perfbench
