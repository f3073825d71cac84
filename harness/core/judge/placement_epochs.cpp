#include "harness/core/judge/placement_epochs.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

bool near_each_other(double a, double b) { return std::max(a, b) <= kEpochRatio * std::min(a, b); }

/// The reading that most others are near to. A chain of stray readings between two placements does
/// not join them, as linking neighbours would.
double mode_of(const std::vector<double>& sorted) {
  const double reach = std::sqrt(kEpochRatio);
  std::size_t low = 0;
  std::size_t high = 0;
  std::size_t most = 0;
  double mode = 0.0;
  for (const double value : sorted) {
    while (sorted[low] * reach < value) ++low;
    while (high < sorted.size() && sorted[high] <= value * reach) ++high;
    if (high - low > most) {
      most = high - low;
      mode = value;
    }
  }
  return mode;
}

/// Centres of the placements, more than kEpochRatio apart.
std::vector<double> centres_of(std::vector<double> values, std::span<const double> known) {
  std::vector<double> centres(known.begin(), known.end());
  for (const double centre : known) {
    std::erase_if(values, [centre](double value) { return near_each_other(value, centre); });
  }
  std::sort(values.begin(), values.end());
  while (!values.empty()) {
    const double mode = mode_of(values);
    centres.push_back(mode);
    std::erase_if(values, [mode](double value) { return near_each_other(value, mode); });
  }
  return centres;
}

std::size_t nearest(const std::vector<double>& centres, double value) {
  const auto distance = [value](double centre) { return std::abs(std::log(value / centre)); };
  const auto best = std::min_element(centres.begin(), centres.end(), [&](double a, double b) {
    return distance(a) < distance(b);
  });
  return static_cast<std::size_t>(best - centres.begin());
}

/// A latency of 0 (a clock that did not move) has no logarithm and tells nothing.
std::optional<double> usable(const std::optional<Nanoseconds>& reading) {
  if (!reading || reading->count() <= 0) return std::nullopt;
  return static_cast<double>(reading->count());
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Known centres keep their numbers, the others are numbered as time met them.
class Numbering {
 public:
  Numbering(std::size_t centres, std::size_t known) : number_(centres, kUnsettled) {
    for (std::size_t i = 0; i < known; ++i) number_[i] = next_++;
  }
  int of(std::size_t centre) {
    if (number_[centre] == kUnsettled) number_[centre] = next_++;
    return number_[centre];
  }

 private:
  std::vector<int> number_;
  int next_ = 0;
};

}  // namespace

bool same_placement(Nanoseconds a, Nanoseconds b) noexcept {
  return near_each_other(static_cast<double>(a.count()), static_cast<double>(b.count()));
}

PlacementEpochs placement_epochs(std::span<const std::optional<Nanoseconds>> readings,
                                 std::span<const Nanoseconds> known) {
  PlacementEpochs epochs;
  epochs.latency.assign(known.begin(), known.end());
  const std::size_t rounds = readings.empty() ? 0 : readings.size() - 1;
  std::vector<double> values;
  for (const auto& reading : readings) {
    if (const auto value = usable(reading)) values.push_back(*value);
  }
  if (values.empty()) {
    epochs.of_round.assign(rounds, 0);
    return epochs;
  }
  std::vector<double> known_centres;
  for (const Nanoseconds latency : known) {
    CHECK(latency.count() > 0, "an epoch without a latency");
    known_centres.push_back(static_cast<double>(latency.count()));
  }
  const std::vector<double> centres = centres_of(values, known_centres);

  Numbering numbering(centres.size(), known.size());
  std::vector<int> of_reading;
  std::map<int, std::vector<double>> readings_of;
  for (const auto& reading : readings) {
    const auto value = usable(reading);
    of_reading.push_back(value ? numbering.of(nearest(centres, *value)) : kUnsettled);
    if (value) readings_of[of_reading.back()].push_back(*value);
  }
  for (std::size_t round = 0; round < rounds; ++round) {
    const int before = of_reading[round];
    const int after = of_reading[round + 1];
    // One end that could not be read leaves the other to tell.
    const bool settled = before == after || before == kUnsettled || after == kUnsettled;
    epochs.of_round.push_back(settled ? std::max(before, after) : kUnsettled);
  }
  for (const auto& [epoch, taken] : readings_of) {
    const auto index = static_cast<std::size_t>(epoch);
    if (index >= epochs.latency.size()) epochs.latency.resize(index + 1, Nanoseconds(0));
    // What is known of an earlier measurement stays: epochs must not drift from one to the next.
    if (index >= known.size()) epochs.latency[index] = Nanoseconds(std::llround(median_of(taken)));
  }
  return epochs;
}

std::vector<int> settled_epochs(std::vector<int> of_window) {
  std::map<int, std::uint64_t> windows;
  for (const int epoch : of_window) ++windows[epoch];
  for (int& epoch : of_window) {
    const std::uint64_t count = windows[epoch];
    if (count < kLeastEpochWindows && 2 * count < of_window.size()) epoch = kUnsettled;
  }
  return of_window;
}

}  // namespace perfbench
