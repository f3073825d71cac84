#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/core/units/compact_time.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// A sample at a rank, with what decides on which side of it ties lie.
struct RankedSample {
  Nanoseconds value{0};
  std::uint64_t below = 0;    ///< Samples below the value.
  std::uint64_t at_most = 0;  ///< Samples not above it.
};

/// Mean, standard deviation (n - 1) and maximum; all 0 without samples.
struct Moments {
  double mean_ns = 0.0;
  double standard_deviation_ns = 0.0;
  Nanoseconds max{0};
};

/// Durations in their order of issue, asked for exact ranks and for shares along the run. The
/// samples belong to the caller and must outlive it.
class SampleSeries {
 public:
  SampleSeries() = default;
  SampleSeries(const SampleSeries&) = delete;
  SampleSeries& operator=(const SampleSeries&) = delete;
  virtual ~SampleSeries() = default;

  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// The samples at these ranks, from 1 to size(), in any order.
  [[nodiscard]] virtual std::vector<RankedSample> at_ranks(
      std::span<const std::uint64_t> ranks) const = 0;
  /// How many samples are at or above the edge.
  [[nodiscard]] virtual std::uint64_t count_from(Nanoseconds edge) const = 0;
  /// For each edge, the number of samples at or above it in each of `slots` consecutive parts of
  /// the run; part i is of samples i * size / slots to (i + 1) * size / slots.
  [[nodiscard]] virtual std::vector<std::vector<std::uint64_t>> slot_counts(
      std::span<const Nanoseconds> edges, std::size_t slots) const = 0;
  [[nodiscard]] virtual Moments moments() const = 0;
};

/// Keeps a sorted copy.
class NanosecondSeries final : public SampleSeries {
 public:
  explicit NanosecondSeries(std::span<const Nanoseconds> in_issue_order);
  [[nodiscard]] std::uint64_t size() const override { return samples_.size(); }
  [[nodiscard]] std::vector<RankedSample> at_ranks(
      std::span<const std::uint64_t> ranks) const override;
  [[nodiscard]] std::uint64_t count_from(Nanoseconds edge) const override;
  [[nodiscard]] std::vector<std::vector<std::uint64_t>> slot_counts(
      std::span<const Nanoseconds> edges, std::size_t slots) const override;
  [[nodiscard]] Moments moments() const override;

 private:
  std::span<const Nanoseconds> samples_;
  std::vector<Nanoseconds> sorted_;
};

/// Copies no more than a quarter of a megabyte: beyond that, ranks come from counting the upper and
/// then the lower halves of the codes, two passes over the samples for any number of ranks, so that
/// 10^8 of them need half a megabyte more for each rank.
class CompactSeries final : public SampleSeries {
 public:
  explicit CompactSeries(std::span<const CompactTime> in_issue_order) : samples_(in_issue_order) {}
  [[nodiscard]] std::uint64_t size() const override { return samples_.size(); }
  [[nodiscard]] std::vector<RankedSample> at_ranks(
      std::span<const std::uint64_t> ranks) const override;
  [[nodiscard]] std::uint64_t count_from(Nanoseconds edge) const override;
  [[nodiscard]] std::vector<std::vector<std::uint64_t>> slot_counts(
      std::span<const Nanoseconds> edges, std::size_t slots) const override;
  [[nodiscard]] Moments moments() const override;

 private:
  std::span<const CompactTime> samples_;
};

}  // namespace perfbench
