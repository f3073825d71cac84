#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "harness/core/result/scenario.hpp"
#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/units/compact_time.hpp"

namespace perfbench {

/// Log buckets after DDSketch (Masson, Rim, Lee, VLDB 2019): every value of a bucket is within
/// `alpha` of its middle. 1 % takes 814 buckets from 1 us to 10 s. 1 ns and less share bucket 0.
/// alpha must lie in 0.0001 to 0.5.
[[nodiscard]] Histogram make_histogram(std::span<const Nanoseconds> values, double alpha = 0.01);
[[nodiscard]] Histogram make_histogram(std::span<const CompactTime> values, double alpha = 0.01);

/// Upper edge of the bucket at `index` of `counts`, in ns: g^i with i = first_bucket + index.
[[nodiscard]] double bucket_upper_edge_ns(const Histogram& histogram, std::size_t index);

/// Number of values in the histogram.
[[nodiscard]] std::uint64_t histogram_total(const Histogram& histogram);

/// The percentile by nearest rank, to within alpha: 2 g^i / (g + 1) of its bucket, in ns. Nothing
/// when it is empty.
[[nodiscard]] std::optional<double> histogram_quantile_ns(const Histogram& histogram, Ppm ppm);

}  // namespace perfbench
