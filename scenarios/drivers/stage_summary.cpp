#include "scenarios/drivers/stage_summary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "harness/core/stats/order_statistics.hpp"

namespace perfbench {
namespace {

/// Values by an index: at(i) for those of 0 to size - 1 that has(i).
template <class Has, class At>
class Ranks {
 public:
  Ranks(std::size_t size, const Has& has, const At& at)
      : size_(size), has_(has), at_(at), upper_(kHalf, 0) {
    for (std::size_t i = 0; i < size; ++i) {
      if (!has_(i)) continue;
      const std::uint32_t code = CompactTime(at_(i)).code();
      ++upper_[code >> 16U];
      ++count_;
      largest_ = std::max(largest_, code);
      // Welford's: sums of squares of 10^8 large numbers lose their last digits.
      const auto value = static_cast<double>(at_(i).count());
      const double off = value - mean_;
      mean_ += off / static_cast<double>(count_);
      squares_ += off * (value - mean_);
    }
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double deviation() const {
    return count_ < 2 ? 0.0 : std::sqrt(squares_ / static_cast<double>(count_ - 1));
  }
  [[nodiscard]] Nanoseconds largest() const { return CompactTime::from_code(largest_).duration(); }
  [[nodiscard]] Nanoseconds percentile(Ppm ppm) const {
    if (count_ == 0) return Nanoseconds(0);
    std::uint64_t rank = rank_of(count_, ppm);
    const std::uint32_t upper = bin_of(upper_, rank);
    std::vector<std::uint64_t> lower(kHalf, 0);
    for (std::size_t i = 0; i < size_; ++i) {
      if (!has_(i)) continue;
      const std::uint32_t code = CompactTime(at_(i)).code();
      if (code >> 16U == upper) ++lower[code & 0xFFFFU];
    }
    return CompactTime::from_code((upper << 16U) | bin_of(lower, rank)).duration();
  }

 private:
  static constexpr std::size_t kHalf = std::size_t{1} << 16U;

  /// The bin that holds the rank, from 1; the rank within it remains.
  static std::uint32_t bin_of(const std::vector<std::uint64_t>& bins, std::uint64_t& rank) {
    std::uint32_t bin = 0;
    while (rank > bins[bin]) rank -= bins[bin++];
    return bin;
  }

  std::size_t size_;
  const Has& has_;
  const At& at_;
  std::vector<std::uint64_t> upper_;
  std::uint64_t count_ = 0;
  std::uint32_t largest_ = 0;
  double mean_ = 0.0;
  double squares_ = 0.0;
};

template <class Has, class At>
StageSummary summarize(std::size_t size, const Has& has, const At& at) {
  const Ranks<Has, At> ranks(size, has, at);
  StageSummary summary;
  summary.mean_ns = ranks.mean();
  summary.standard_deviation_ns = ranks.deviation();
  summary.p50 = ranks.percentile(500'000);
  summary.p99 = ranks.percentile(990'000);
  summary.max = ranks.largest();
  return summary;
}

std::size_t recorded(const LatencyRecorder& recorder, std::size_t issued) {
  return std::min(issued, recorder.capacity());
}

}  // namespace

SlipSummary summarize_slip(const LatencyRecorder& recorder, std::size_t issued) {
  constexpr Nanoseconds kLate{1'000};
  const std::size_t size = recorded(recorder, issued);
  const auto has = [](std::size_t) { return true; };
  const auto at = [&](std::size_t i) { return recorder.slip(i); };
  const Ranks ranks(size, has, at);
  SlipSummary summary;
  summary.p50 = ranks.percentile(500'000);
  summary.p99 = ranks.percentile(990'000);
  summary.p99_9 = ranks.percentile(999'000);
  summary.max = ranks.largest();
  std::uint64_t late = 0;
  for (std::size_t i = 0; i < size; ++i) late += recorder.slip(i) > kLate ? 1U : 0U;
  if (size > 0) summary.over_1us_fraction = static_cast<double>(late) / static_cast<double>(size);
  return summary;
}

StageSummary summarize_queue(const LatencyRecorder& recorder, std::size_t issued) {
  return summarize(
      recorded(recorder, issued),
      [&](std::size_t i) { return recorder.complete(i); },
      [&](std::size_t i) { return recorder.queue(i); });
}

StageSummary summarize_service(const LatencyRecorder& recorder, std::size_t issued) {
  return summarize(
      recorded(recorder, issued),
      [&](std::size_t i) { return recorder.complete(i); },
      [&](std::size_t i) { return recorder.service(i); });
}

SkewSummary summarize_skew(const LatencyRecorder& recorder, std::size_t issued) {
  const StageSummary summary = summarize(
      recorded(recorder, issued),
      [&](std::size_t i) { return recorder.complete(i); },
      [&](std::size_t i) { return recorder.skew(i); });
  return {summary.p50, summary.p99};
}

}  // namespace perfbench
