#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "scenarios/drivers/driver.hpp"

namespace perfbench::driver_detail {

/// The last issues of a warm-up, and whether they have settled.
class WarmUpWatch {
 public:
  explicit WarmUpWatch(const WarmUpRule& rule) : rule_(rule) {}

  void add(Nanoseconds took);
  /// Enough: the rule's least number, and the medians of the last five issues and of the five
  /// before within 5 %; or the rule's bounds are reached.
  [[nodiscard]] bool over() const;
  [[nodiscard]] std::uint64_t issues() const noexcept { return times_.size(); }
  /// Median of the last issues, at least 1 ns.
  [[nodiscard]] Nanoseconds typical() const;

 private:
  WarmUpRule rule_;
  Nanoseconds total_{0};
  std::vector<Nanoseconds> times_;
};

/// What drivers need to issue one query after the other: its samples, drawn from the seed.
class QueryMaker {
 public:
  QueryMaker(const SystemUnderTest& sut, const DriverSettings& settings);

  /// Query number `query` with new indices, before its time has come.
  void prepare(std::uint64_t query) noexcept;
  /// Stamped and ready to issue.
  [[nodiscard]] std::span<const QuerySample> at(TimePoint issued) noexcept;

 private:
  SampleIndexGenerator indices_;
  std::vector<QuerySample> samples_;
};

struct WarmUp {
  std::uint64_t queries = 0;
  Nanoseconds typical{1};  ///< Latency of one query alone.
};

/// Queries in a closed loop, `per_round` of one sample each at once so that every worker warms up,
/// until they have settled, the interruption came or the workload failed. Each round is flushed, so
/// that a batcher's delay is no part of it. Leaves nothing in flight.
[[nodiscard]] WarmUp warm_up(SystemUnderTest& sut,
                             CompletionBoard& board,
                             const DriverSettings& settings,
                             const DriverContext& context,
                             std::size_t per_round,
                             std::uint32_t samples_each = 1);

/// Places for twice as many issues as the warm-up's pace fills in the time, within the bound.
/// `stop.min_queries` counts samples.
[[nodiscard]] std::size_t recorder_capacity(const StopRule& stop,
                                            std::size_t samples_per_issue,
                                            std::size_t at_most,
                                            Nanoseconds typical);

/// Fraction of the way to the minimums, for the progress bar.
[[nodiscard]] double fraction_done(const StopRule& rule,
                                   Nanoseconds elapsed,
                                   std::uint64_t samples);

/// How often the progress bar is told.
inline constexpr Nanoseconds kProgressEvery{100'000'000};

}  // namespace perfbench::driver_detail
