#include "harness/core/stats/window_summary.hpp"

#include <algorithm>
#include <cmath>

#include "harness/core/stats/robust.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {

std::vector<double> window_rates(const WindowSeries& series, RoofKind kind) {
  const auto work = static_cast<double>(series.work_per_window);
  if (kind == RoofKind::kLatency && !series.windows.empty() && series.work_per_window == 0) {
    throw InputError("a latency series counts no accesses per window");
  }
  std::vector<double> rates;
  rates.reserve(series.windows.size());
  for (const Nanoseconds window : series.windows) {
    if (window.count() <= 0)
      throw InputError("a window lasts " + std::to_string(window.count()) + " ns");
    const auto ns = static_cast<double>(window.count());
    rates.push_back(kind == RoofKind::kLatency ? ns / work : work * 1e9 / ns);
  }
  return rates;
}

WindowSummary summarize_windows(const WindowSeries& series, RoofKind kind) {
  const std::vector<double> rates = window_rates(series, kind);
  if (rates.empty()) return {};
  WindowSummary summary;
  const auto [lowest, highest] = std::minmax_element(rates.begin(), rates.end());
  summary.best = kind == RoofKind::kLatency ? *lowest : *highest;
  summary.p90 = quantile(rates, 900'000);
  summary.median = median(rates);
  // A series of no work has rates of 0 and no spread to relate.
  if (summary.median > 0.0)
    summary.relative_mad = median_absolute_deviation(rates) / summary.median;
  return summary;
}

}  // namespace perfbench
