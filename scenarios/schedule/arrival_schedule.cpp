#include "scenarios/schedule/arrival_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "scenarios/schedule/exponential.hpp"

namespace perfbench {
namespace {

// A span below 2^46 ns times a sum below 2^64 stays within 128 bits.
__extension__ using Wide = unsigned __int128;

/// The sum of so many exponentials in 32.32 stays below 2^64.
constexpr std::uint64_t kMostQueries = std::uint64_t{1} << 30U;
constexpr Nanoseconds kLongestSpan = std::chrono::hours(12);
constexpr Nanoseconds kLeastBurstPeriod{1'000};

std::int64_t share_of(std::int64_t whole, std::uint64_t part, std::uint64_t all) noexcept {
  return static_cast<std::int64_t>(static_cast<Wide>(static_cast<std::uint64_t>(whole)) * part /
                                   all);
}

const std::vector<Nanoseconds>& checked_trace(const ArrivalSettings& settings) {
  const std::string name = settings.trace_name.empty() ? "The trace" : settings.trace_name;
  if (!settings.trace || settings.trace->size() < 2) {
    throw UsageError(name + " has fewer than two arrivals, so it has no pace.");
  }
  const std::vector<Nanoseconds>& trace = *settings.trace;
  if (trace.size() > kMostQueries) throw UsageError(name + " has more than 2^30 arrivals.");
  if (trace.front().count() < 0) throw UsageError(name + " begins before its start.");
  if (!std::is_sorted(trace.begin(), trace.end())) {
    throw UsageError(name + " has an arrival before the one above it.");
  }
  if (trace.back() == trace.front()) throw UsageError(name + " spans no time.");
  return trace;
}

/// The span of a trace's intervals and one more of their mean, so that n arrivals have n intervals.
std::int64_t own_span(const std::vector<Nanoseconds>& trace) {
  return share_of((trace.back() - trace.front()).count(), trace.size(), trace.size() - 1);
}

void check_burst(const ArrivalSettings& settings) {
  if (!(settings.burst_duty > 0.0 && settings.burst_duty <= 1.0)) {
    throw UsageError(
        "The share of a burst period in which queries arrive must be above 0 and at "
        "most 1.");
  }
  if (settings.burst_period < kLeastBurstPeriod) {
    throw UsageError("A burst period must be at least 1 us.");
  }
}

std::uint64_t queries_over(double qps, Nanoseconds duration) {
  // In this order whole numbers stay exact: 500 a second for 60 s are 30,000.
  return static_cast<std::uint64_t>(std::ceil(qps * static_cast<double>(duration.count()) / 1e9));
}

/// The span of so many queries at this rate.
Nanoseconds span_at(double qps, std::uint64_t queries) {
  const double ns = std::floor(static_cast<double>(queries) * 1e9 / qps);
  if (!(ns <= static_cast<double>(kLongestSpan.count()))) {
    throw UsageError("At this rate the queries would take more than 12 hours.",
                     "Ask for fewer queries, a shorter run or a higher rate.");
  }
  return Nanoseconds(std::max(std::int64_t{1}, static_cast<std::int64_t>(ns)));
}

}  // namespace

ArrivalCount count_arrivals(const ArrivalSettings& settings, const StopRule& stop) {
  const bool trace = settings.kind == Arrivals::kTrace;
  const double qps = settings.target_qps;
  if (!std::isfinite(qps) || qps < 0.0 || (qps <= 0.0 && !trace)) {
    throw UsageError("The target rate must be a positive number of queries per second.");
  }
  if (settings.kind == Arrivals::kBursty) check_burst(settings);
  ArrivalCount count;
  double pace = qps;
  if (trace) {
    const std::vector<Nanoseconds>& offsets = checked_trace(settings);
    count.queries = offsets.size();
    if (pace <= 0.0) {
      pace = static_cast<double>(offsets.size()) * 1e9 / static_cast<double>(own_span(offsets));
    }
  } else {
    const double longest = static_cast<double>(kMostQueries);
    if (qps * seconds(stop.min_duration) > longest) {
      throw UsageError("The run would be of more than 2^30 queries.",
                       "Ask for a shorter run or a lower rate.");
    }
    count.queries =
        std::max({queries_over(qps, stop.min_duration), stop.min_queries, std::uint64_t{1}});
  }
  if (stop.max_queries) {
    count.queries = std::min(count.queries, std::max<std::uint64_t>(1, *stop.max_queries));
  }
  if (stop.max_duration &&
      pace * seconds(*stop.max_duration) < static_cast<double>(count.queries)) {
    count.queries = std::max<std::uint64_t>(1, queries_over(pace, *stop.max_duration));
  }
  if (count.queries > kMostQueries) {
    throw UsageError("The run would be of more than 2^30 queries.", "Ask for fewer queries.");
  }
  count.span = span_at(pace, count.queries);
  // So many last the minimum by their rate; rounding must not take a nanosecond of it.
  if (!trace && count.queries >= queries_over(qps, stop.min_duration)) {
    count.span = std::max(count.span, std::min(stop.min_duration, kLongestSpan));
  }
  return count;
}

ArrivalSchedule::ArrivalSchedule(const ArrivalSettings& settings,
                                 const ArrivalCount& count,
                                 std::uint64_t seed)
    : kind_(settings.kind), count_(count), seed_(seed), random_(seed) {
  CHECK(kind_ != Arrivals::kClosedLoop, "a closed loop has no schedule");
  CHECK(count.queries > 0 && count.queries <= kMostQueries, "count_arrivals() says how many");
  CHECK(count.span.count() > 0 && count.span <= kLongestSpan, "count_arrivals() says how long");
  if (kind_ == Arrivals::kTrace) {
    trace_ = settings.trace;
    CHECK(trace_ != nullptr && trace_->size() >= count.queries, "a trace of fewer arrivals");
    trace_span_ = own_span(*trace_);
  }
  if (kind_ == Arrivals::kBursty) {
    burst_period_ = settings.burst_period.count();
    // Duty in millionths: the one product of a floating-point number, and an exact one.
    const auto millionths = static_cast<std::uint64_t>(std::llround(settings.burst_duty * 1e6));
    burst_on_ = std::max(std::int64_t{1}, share_of(burst_period_, millionths, 1'000'000));
    const std::int64_t span = count_.span.count();
    on_time_ = span / burst_period_ * burst_on_ + std::min(span % burst_period_, burst_on_);
  }
  if (kind_ == Arrivals::kPoisson || kind_ == Arrivals::kBursty) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i <= count_.queries; ++i) sum += draw_exponential(random_);
    total_ = std::max<std::uint64_t>(1, sum);
  }
  restart();
}

void ArrivalSchedule::restart() noexcept {
  random_ = Random(seed_);
  sum_ = 0;
  issued_ = 0;
}

double ArrivalSchedule::offered_qps() const noexcept {
  return static_cast<double>(count_.queries) * 1e9 / static_cast<double>(count_.span.count());
}

std::optional<Nanoseconds> ArrivalSchedule::next() noexcept {
  if (issued_ == count_.queries) return std::nullopt;
  std::int64_t at = 0;
  switch (kind_) {
    case Arrivals::kPoisson:
      at = poisson_of(count_.span.count());
      break;
    case Arrivals::kBursty:
      at = bursty();
      break;
    case Arrivals::kTrace:
      at = from_trace();
      break;
    case Arrivals::kPeriodic:
    case Arrivals::kClosedLoop:
      at = share_of(count_.span.count(), issued_, count_.queries);
      break;
  }
  ++issued_;
  return Nanoseconds(at);
}

std::int64_t ArrivalSchedule::poisson_of(std::int64_t span) noexcept {
  sum_ += draw_exponential(random_);
  // Below the span even where the last interval is 0: S_N may be the total.
  return std::min(span - 1, share_of(span, sum_, total_));
}

std::int64_t ArrivalSchedule::bursty() noexcept {
  const std::int64_t on = poisson_of(on_time_);
  return on / burst_on_ * burst_period_ + on % burst_on_;
}

std::int64_t ArrivalSchedule::from_trace() const noexcept {
  const std::vector<Nanoseconds>& offsets = *trace_;
  const std::int64_t offset =
      (offsets[static_cast<std::size_t>(issued_)] - offsets.front()).count();
  // The whole trace at the target rate; a run that was cut short keeps that pace.
  const auto whole = static_cast<std::int64_t>(static_cast<double>(count_.span.count()) *
                                               static_cast<double>(offsets.size()) /
                                               static_cast<double>(count_.queries));
  return share_of(
      whole, static_cast<std::uint64_t>(offset), static_cast<std::uint64_t>(trace_span_));
}

}  // namespace perfbench
