#include "scenarios/drivers/driver_loop.hpp"

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

void WarmUpWatch::add(const Issued& issued) {
  const Nanoseconds took = issued.done - issued.at;
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

std::size_t recorder_capacity(const LoopSettings& settings, Nanoseconds typical) {
  // Below this it costs a megabyte, and a pace misjudged by a lot still fits.
  constexpr double kLeast = 65'536.0;
  constexpr double kHeadroom = 2.0;
  const Nanoseconds longest = std::max(
      settings.stop.min_duration, settings.stop.max_duration.value_or(settings.stop.min_duration));
  const double by_pace =
      kHeadroom * static_cast<double>(longest.count()) / static_cast<double>(typical.count());
  const double by_count = kHeadroom * static_cast<double>(settings.stop.min_queries) /
                          static_cast<double>(settings.samples_per_issue);
  const double wanted = std::max({kLeast, by_pace, by_count});
  const auto bound = static_cast<double>(std::max<std::size_t>(1, settings.record_at_most));
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
