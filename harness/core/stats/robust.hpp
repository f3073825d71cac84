#pragma once

#include <span>

#include "harness/core/stats/order_statistics.hpp"

namespace perfbench {

/// Percentile of unordered values by nearest rank. Values must not be empty and must be finite.
[[nodiscard]] double quantile(std::span<const double> values, Ppm ppm);

/// The middle value by nearest rank: with an even count the lower of the two, so that it is a value
/// that was measured.
[[nodiscard]] double median(std::span<const double> values);

/// Median of the absolute distances from the median, without a factor for the normal distribution.
[[nodiscard]] double median_absolute_deviation(std::span<const double> values);

}  // namespace perfbench
