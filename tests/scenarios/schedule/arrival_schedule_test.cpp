#include "scenarios/schedule/arrival_schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "harness/core/units/error.hpp"
#include "scenarios/schedule/exponential.hpp"

namespace perfbench {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

ArrivalSettings at_rate(Arrivals kind, double qps) {
  ArrivalSettings settings;
  settings.kind = kind;
  settings.target_qps = qps;
  return settings;
}

ArrivalSettings trace_of(std::vector<Nanoseconds> offsets, double qps = 0.0) {
  ArrivalSettings settings = at_rate(Arrivals::kTrace, qps);
  settings.trace = std::make_shared<const std::vector<Nanoseconds>>(std::move(offsets));
  return settings;
}

StopRule lasting(Nanoseconds duration) {
  StopRule stop;
  stop.min_duration = duration;
  return stop;
}

std::vector<std::int64_t> all_of(ArrivalSchedule schedule) {
  std::vector<std::int64_t> all;
  while (const auto at = schedule.next()) all.push_back(at->count());
  return all;
}

std::vector<std::int64_t> arrivals(const ArrivalSettings& settings,
                                   const StopRule& stop,
                                   std::uint64_t seed = 1) {
  return all_of(ArrivalSchedule(settings, count_arrivals(settings, stop), seed));
}

std::vector<std::int64_t> first(const std::vector<std::int64_t>& all, std::ptrdiff_t count) {
  return {all.begin(), all.begin() + count};
}

/// Distance of the empirical distribution from the uniform one, times the root of n.
double kolmogorov_smirnov(std::vector<double> fractions) {
  std::sort(fractions.begin(), fractions.end());
  const auto n = static_cast<double>(fractions.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < fractions.size(); ++i) {
    const auto rank = static_cast<double>(i);
    worst = std::max({worst, fractions[i] - rank / n, (rank + 1.0) / n - fractions[i]});
  }
  return worst * std::sqrt(n);
}
/// One uniform sample in a thousand is beyond it.
constexpr double kKolmogorovSmirnovLimit = 1.95;

// From an independent program in integers of any length: the same on every machine.
TEST(PoissonSchedule, FirstArrivalsAreGolden) {
  const ArrivalSettings settings = at_rate(Arrivals::kPoisson, 1000.0);
  EXPECT_EQ(first(arrivals(settings, lasting(seconds(1)), 1), 8),
            (std::vector<std::int64_t>{
                1392991, 4477130, 4523005, 4986789, 6200178, 7212369, 8449674, 11958949}));
  EXPECT_EQ(first(arrivals(settings, lasting(seconds(1)), 20260917), 8),
            (std::vector<std::int64_t>{
                758946, 1732907, 2099238, 2122156, 2266057, 3241656, 3435215, 4839476}));
}

TEST(Exponential, DrawsAreGoldenAndFollowTheLaw) {
  Random golden(7);
  for (const std::uint64_t expected : {8508749939U, 11733241656U, 5397476761U, 7092521244U}) {
    EXPECT_EQ(draw_exponential(golden), expected);
  }
  Random random(3);
  std::vector<double> fractions;
  double sum = 0.0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = static_cast<double>(draw_exponential(random)) * 0x1p-32;
    sum += x;
    fractions.push_back(1.0 - std::exp(-x));
  }
  EXPECT_NEAR(sum / 100'000.0, 1.0, 4.0 / std::sqrt(100'000.0));
  EXPECT_LT(kolmogorov_smirnov(fractions), kKolmogorovSmirnovLimit);
}

TEST(PoissonSchedule, HasTheExactCountInOrderWithinTheSpan) {
  for (const double qps : {0.5, 7.0, 1000.0, 123'456.7}) {
    const ArrivalSettings settings = at_rate(Arrivals::kPoisson, qps);
    const ArrivalCount count = count_arrivals(settings, lasting(seconds(2)));
    EXPECT_EQ(count.queries, static_cast<std::uint64_t>(std::ceil(2.0 * qps)));
    ArrivalSchedule schedule(settings, count, 5);
    EXPECT_NEAR(schedule.offered_qps() / qps, 1.0, 1e-9);
    const std::vector<std::int64_t> all = all_of(schedule);
    EXPECT_EQ(all.size(), count.queries);
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    EXPECT_LT(all.back(), count.span.count());
  }
}

TEST(PoissonSchedule, ArrivalsAreUniformAndIntervalsExponential) {
  const std::vector<std::int64_t> all =
      arrivals(at_rate(Arrivals::kPoisson, 50'000.0), lasting(seconds(1)), 11);
  std::vector<double> places;
  std::vector<double> intervals;
  std::int64_t before = 0;
  for (const std::int64_t at : all) {
    places.push_back(static_cast<double>(at) / 1e9);
    intervals.push_back(1.0 - std::exp(-static_cast<double>(at - before) / 20'000.0));
    before = at;
  }
  EXPECT_LT(kolmogorov_smirnov(places), kKolmogorovSmirnovLimit);
  EXPECT_LT(kolmogorov_smirnov(intervals), kKolmogorovSmirnovLimit);
  // Counts of 1000 windows of mean 50: as Poisson's, their variance is their mean.
  std::vector<int> counts(1000, 0);
  for (const std::int64_t at : all) ++counts[static_cast<std::size_t>(at / 1'000'000)];
  double chi_square = 0.0;
  for (const int count : counts) chi_square += (count - 50.0) * (count - 50.0) / 50.0;
  EXPECT_NEAR(chi_square, 999.0, 4.0 * std::sqrt(2.0 * 999.0));
}

// Controls: the tests above do tell a camera's arrivals from Poisson's.
TEST(PeriodicSchedule, IsEvenAndNoPoisson) {
  const std::vector<std::int64_t> all =
      arrivals(at_rate(Arrivals::kPeriodic, 60.0), lasting(seconds(1)));
  ASSERT_EQ(all.size(), 60U);
  EXPECT_EQ(all[0], 0);
  EXPECT_EQ(all[1], 16'666'666);
  EXPECT_EQ(all[59], 983'333'333);
  std::vector<double> intervals;
  for (std::size_t i = 1; i < all.size(); ++i) {
    intervals.push_back(1.0 - std::exp(-static_cast<double>(all[i] - all[i - 1]) / 16'666'667.0));
  }
  EXPECT_GT(kolmogorov_smirnov(intervals), kKolmogorovSmirnovLimit);
}

TEST(BurstySchedule, ArrivesInTheOnPartsAtTheSameMeanRate) {
  ArrivalSettings settings = at_rate(Arrivals::kBursty, 1000.0);
  settings.burst_duty = 0.25;
  settings.burst_period = milliseconds(10);
  const std::vector<std::int64_t> all = arrivals(settings, lasting(seconds(1)));
  EXPECT_EQ(first(all, 8),
            (std::vector<std::int64_t>{
                348247, 1119282, 1130751, 1246697, 1550044, 1803092, 2112418, 10489737}));
  ASSERT_EQ(all.size(), 1000U);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  for (const std::int64_t at : all) EXPECT_LT(at % 10'000'000, 2'500'000);
  EXPECT_LT(all.back(), 1'000'000'000);
}

TEST(BurstySchedule, LastsToTheEndOfASpanThatIsNoMultipleOfThePeriod) {
  ArrivalSettings settings = at_rate(Arrivals::kBursty, 100'000.0);
  settings.burst_duty = 0.5;
  settings.burst_period = milliseconds(400);
  const std::vector<std::int64_t> all = arrivals(settings, lasting(seconds(1)));
  EXPECT_EQ(all.size(), 100'000U);
  EXPECT_GT(all.back(), 990'000'000);  // On: 0 to 200, 400 to 600, 800 to 1000 ms.
  EXPECT_LT(all.back(), 1'000'000'000);
  settings.burst_duty = 1.0;
  EXPECT_EQ(arrivals(settings, lasting(seconds(1))),
            arrivals(at_rate(Arrivals::kPoisson, 100'000.0), lasting(seconds(1))));
}

TEST(TraceSchedule, KeepsItsPaceOrTheTargets) {
  const ArrivalSettings own =
      trace_of({milliseconds(5), milliseconds(6), milliseconds(6), milliseconds(35)});
  EXPECT_EQ(arrivals(own, lasting(seconds(1))),
            (std::vector<std::int64_t>{0, 1'000'000, 1'000'000, 30'000'000}));
  // Four arrivals in 40 ms are 100 per second; at 200 everything takes half the time.
  ArrivalSettings scaled = own;
  scaled.target_qps = 200.0;
  const ArrivalCount count = count_arrivals(scaled, lasting(seconds(1)));
  EXPECT_EQ(count.queries, 4U);
  EXPECT_EQ(count.span, milliseconds(20));
  EXPECT_EQ(arrivals(scaled, lasting(seconds(1))),
            (std::vector<std::int64_t>{0, 500'000, 500'000, 15'000'000}));
}

TEST(TraceSchedule, CutShortKeepsThePace) {
  const ArrivalSettings own =
      trace_of({milliseconds(0), milliseconds(10), milliseconds(20), milliseconds(30)});
  StopRule stop;
  stop.max_queries = 2;
  EXPECT_EQ(arrivals(own, stop), (std::vector<std::int64_t>{0, 10'000'000}));
}

TEST(ArrivalSchedule, OneSeedGivesOneSchedule) {
  for (const Arrivals kind : {Arrivals::kPoisson, Arrivals::kBursty}) {
    const ArrivalSettings settings = at_rate(kind, 5000.0);
    const StopRule stop = lasting(seconds(1));
    EXPECT_EQ(arrivals(settings, stop, 4), arrivals(settings, stop, 4));
    EXPECT_NE(arrivals(settings, stop, 4), arrivals(settings, stop, 5));
    ArrivalSchedule again(settings, count_arrivals(settings, stop), 4);
    for (int i = 0; i < 100; ++i) static_cast<void>(again.next());
    again.restart();
    EXPECT_EQ(all_of(again), arrivals(settings, stop, 4));
  }
}

TEST(CountArrivals, MeetsBothMinimumsWithinTheMaximums) {
  StopRule stop = lasting(seconds(2));
  stop.min_queries = 500;
  const ArrivalSettings settings = at_rate(Arrivals::kPoisson, 100.0);
  EXPECT_EQ(count_arrivals(settings, stop).queries, 500U);
  EXPECT_EQ(count_arrivals(settings, stop).span, seconds(5));
  stop.max_duration = seconds(3);
  EXPECT_EQ(count_arrivals(settings, stop).queries, 300U);
  stop.max_queries = 20;
  EXPECT_EQ(count_arrivals(settings, stop).queries, 20U);
}

// Rounded down, the span of 3,000 periods of 19 ms would be a nanosecond below the 57 s.
TEST(CountArrivals, SpanIsNotBelowTheMinimumThatItWasRoundedUpFrom) {
  for (int period_ms = 1; period_ms <= 200; ++period_ms) {
    const double qps = 1.0 / (period_ms * 1e-3);
    const StopRule stop = lasting(milliseconds(period_ms) * 3000);
    const ArrivalCount count = count_arrivals(at_rate(Arrivals::kPeriodic, qps), stop);
    EXPECT_GE(count.span, stop.min_duration) << period_ms;
    const double rate =
        static_cast<double>(count.queries) * 1e9 / static_cast<double>(count.span.count());
    EXPECT_NEAR(rate / qps, 1.0, 1e-9) << period_ms;
  }
  // Control: a maximum cuts it.
  StopRule cut = lasting(seconds(57));
  cut.max_queries = 100;
  EXPECT_LT(count_arrivals(at_rate(Arrivals::kPeriodic, 50.0), cut).span, seconds(3));
}

TEST(CountArrivals, RefusesInOneSentence) {
  const auto refused = [](const ArrivalSettings& settings, const StopRule& stop) {
    try {
      static_cast<void>(count_arrivals(settings, stop));
    } catch (const UsageError& error) {
      return !std::string(error.what()).empty();
    }
    return false;
  };
  const StopRule second = lasting(seconds(1));
  for (const double qps : {0.0, -1.0, std::nan(""), HUGE_VAL, 1e-9, 1e10}) {
    EXPECT_TRUE(refused(at_rate(Arrivals::kPoisson, qps), second)) << qps;
  }
  EXPECT_TRUE(refused(at_rate(Arrivals::kPoisson, 1.0), lasting(hours(13))));
  ArrivalSettings burst = at_rate(Arrivals::kBursty, 100.0);
  EXPECT_FALSE(refused(burst, second));
  burst.burst_duty = 0.0;
  EXPECT_TRUE(refused(burst, second));
  burst.burst_duty = 0.5;
  burst.burst_period = Nanoseconds(0);
  EXPECT_TRUE(refused(burst, second));
  EXPECT_TRUE(refused(trace_of({}), second));
  EXPECT_TRUE(refused(trace_of({milliseconds(2), milliseconds(1)}), second));
  EXPECT_TRUE(refused(trace_of({milliseconds(-2), milliseconds(1)}), second));
  EXPECT_TRUE(refused(trace_of({milliseconds(1), milliseconds(1)}), second));
  EXPECT_TRUE(refused(at_rate(Arrivals::kTrace, 100.0), second));
}

}  // namespace
}  // namespace perfbench
