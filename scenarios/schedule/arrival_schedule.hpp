#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// How many queries an open loop issues, and over which time.
struct ArrivalCount {
  std::uint64_t queries = 0;
  Nanoseconds span{0};
};

/// As many as both minimums of the rule ask for at the target rate, and no more than a maximum
/// allows; the span is theirs at that rate, to a nanosecond, and not below a minimum duration that
/// no maximum cut. A trace gives as many as it has, and its own
/// pace where there is no target; its span is that of its intervals and one more of their mean.
/// Throws UsageError, in one sentence, for a rate that is not positive or not finite, more than
/// 2^30 queries, a span beyond 12 hours, a burst share outside (0, 1], a burst period below 1 us,
/// and a trace that is empty, has a negative or descending offset, or spans no time.
[[nodiscard]] ArrivalCount count_arrivals(const ArrivalSettings& settings, const StopRule& stop);

/// Seed of a scenario's schedule, so that whoever knows the scenario's seed has its arrivals.
[[nodiscard]] constexpr std::uint64_t arrival_seed(std::uint64_t scenario_seed) noexcept {
  return derive_seed(scenario_seed, 2);
}

/// Scheduled arrivals of an open loop, one after the other, in constant memory: ascending offsets
/// from the start, each below the span. Arrivals are drawn and placed by integer arithmetic, so
/// that one seed gives the same schedule with every compiler on every processor; the span of a
/// rate, the on part of a burst and the scaling of a trace are single products of IEEE doubles.
///
/// Poisson arrivals are drawn under the condition of their number, which makes the realised rate
/// the target: t_i = T * S_i / S_(N+1), where S are partial sums of exponentials. A first pass over
/// the random numbers finds S_(N+1) (30 ns a query, in the constructor), the second replays them.
/// Bursts are the same in the on parts of the periods alone, put end to end: each period begins
/// with its on part, and the mean rate over the whole stays exact. Copyable: a copy goes on from
/// the same point.
class ArrivalSchedule {
 public:
  /// `count` as count_arrivals() gave it for these settings. Not for kClosedLoop.
  ArrivalSchedule(const ArrivalSettings& settings, const ArrivalCount& count, std::uint64_t seed);

  /// The next arrival, or nothing after the last.
  [[nodiscard]] std::optional<Nanoseconds> next() noexcept;
  /// Begins again.
  void restart() noexcept;

  [[nodiscard]] std::uint64_t size() const noexcept { return count_.queries; }
  [[nodiscard]] Nanoseconds span() const noexcept { return count_.span; }
  /// Queries over the span.
  [[nodiscard]] double offered_qps() const noexcept;

 private:
  [[nodiscard]] std::int64_t poisson_of(std::int64_t span) noexcept;
  [[nodiscard]] std::int64_t bursty() noexcept;
  [[nodiscard]] std::int64_t from_trace() const noexcept;

  Arrivals kind_;
  ArrivalCount count_;
  std::uint64_t seed_;
  std::uint64_t issued_ = 0;
  Random random_;
  std::uint64_t sum_ = 0;    ///< S_i
  std::uint64_t total_ = 1;  ///< S_(N+1)
  std::int64_t burst_period_ = 1;
  std::int64_t burst_on_ = 1;  ///< On part of each period.
  std::int64_t on_time_ = 0;   ///< On parts within the span, all together.
  std::shared_ptr<const std::vector<Nanoseconds>> trace_;
  std::int64_t trace_span_ = 1;  ///< At the trace's own pace.
};

}  // namespace perfbench
