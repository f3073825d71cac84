#include "scenarios/drivers/driver_loop.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace perfbench::driver_detail {
namespace {

constexpr std::size_t kWatched = 5;
constexpr double kSteadyWithin = 0.05;

Nanoseconds median_of(std::span<const Nanoseconds> values) {
  std::vector<Nanoseconds> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted[(sorted.size() - 1) / 2];
}

}  // namespace

void WarmUpWatch::add(Nanoseconds took) {
  total_ += took;
  times_.push_back(took);
}

bool WarmUpWatch::over() const {
  if (times_.size() >= rule_.max_queries) return true;
  // At least one, so that a pace is known, however slow the workload is.
  if (!times_.empty() && total_ >= rule_.max_duration) return true;
  if (times_.size() < std::max<std::size_t>(rule_.min_queries, 2 * kWatched)) return false;
  const std::span<const Nanoseconds> all(times_);
  const auto last = static_cast<double>(median_of(all.last(kWatched)).count());
  const auto before =
      static_cast<double>(median_of(all.last(2 * kWatched).first(kWatched)).count());
  return std::abs(last - before) <= kSteadyWithin * before;
}

Nanoseconds WarmUpWatch::typical() const {
  if (times_.empty()) return Nanoseconds(1);
  const std::span<const Nanoseconds> all(times_);
  return std::max(Nanoseconds(1), median_of(all.last(std::min(kWatched, all.size()))));
}

QueryMaker::QueryMaker(const SystemUnderTest& sut, const DriverSettings& settings)
    : indices_(settings.scenario.seed, sut.sample_count()),
      samples_(settings.scenario.samples_per_query) {}

void QueryMaker::prepare(std::uint64_t query) noexcept {
  std::uint64_t id = query * samples_.size();
  for (QuerySample& sample : samples_) {
    sample.id = id++;
    sample.index = indices_.next();
  }
}

std::span<const QuerySample> QueryMaker::at(TimePoint issued) noexcept {
  for (QuerySample& sample : samples_) sample.issued = issued;
  return samples_;
}

WarmUp warm_up(SystemUnderTest& sut,
               CompletionBoard& board,
               const DriverSettings& settings,
               const DriverContext& context,
               std::size_t per_round,
               std::uint32_t samples_each) {
  board.begin(nullptr, 1);
  // A stream of its own: the measured queries draw the same samples however long this takes.
  SampleIndexGenerator indices(derive_seed(settings.scenario.seed, 1), sut.sample_count());
  WarmUpWatch watch(settings.scenario.warm_up);
  std::vector<QuerySample> round(per_round);
  std::uint64_t issued = 0;
  while (!watch.over() && !context.interruption.requested() && !sut.failed()) {
    for (QuerySample& sample : round) {
      sample.id = issued++;
      sample.index = indices.next();
      sample.count = samples_each;
    }
    const TimePoint at = context.clock.now();
    for (QuerySample& sample : round) sample.issued = at;
    static_cast<void>(sut.issue(round, at));
    // Nothing more comes before these are complete, so no batcher need wait for it.
    sut.flush();
    if (!board.wait_for(issued, context.interruption)) break;
    watch.add(board.last_completion() - at);
  }
  sut.flush();
  sut.restart_counts();
  return {watch.issues(), watch.typical()};
}

std::size_t recorder_capacity(const StopRule& stop,
                              std::size_t samples_per_issue,
                              std::size_t at_most,
                              Nanoseconds typical) {
  // Below this it costs a megabyte for each thing recorded, and a short run fits whatever its
  // warm-up, in which workers still wake up, made of the pace.
  constexpr double kLeast = 262'144.0;
  constexpr double kHeadroom = 2.0;
  const Nanoseconds longest =
      std::max(stop.min_duration, stop.max_duration.value_or(stop.min_duration));
  const double by_pace =
      kHeadroom * static_cast<double>(longest.count()) / static_cast<double>(typical.count());
  const double by_count =
      kHeadroom * static_cast<double>(stop.min_queries) / static_cast<double>(samples_per_issue);
  double wanted = std::max({kLeast, by_pace, by_count});
  if (stop.max_queries) {
    wanted = std::min(wanted, static_cast<double>(std::max<std::uint64_t>(1, *stop.max_queries)));
  }
  const auto bound = static_cast<double>(std::max<std::size_t>(1, at_most));
  return static_cast<std::size_t>(std::min(wanted, bound));
}

double fraction_done(const StopRule& rule, Nanoseconds elapsed, std::uint64_t samples) {
  double fraction = 1.0;
  if (rule.min_duration.count() > 0) {
    fraction = std::min(fraction, seconds(elapsed) / seconds(rule.min_duration));
  }
  if (rule.min_queries > 0) {
    fraction =
        std::min(fraction, static_cast<double>(samples) / static_cast<double>(rule.min_queries));
  }
  if (rule.max_duration && rule.max_duration->count() > 0) {
    fraction = std::max(fraction, seconds(elapsed) / seconds(*rule.max_duration));
  }
  return std::clamp(fraction, 0.0, 1.0);
}

}  // namespace perfbench::driver_detail
