#include "scenarios/audit/quiet_windows.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "harness/core/judge/quiet.hpp"

namespace perfbench {
namespace {

constexpr const char* kNoWindow = "no window was measured";

/// Folds one field of all windows that have it; the first missing reason when none has.
template <class T, class Fold>
Reading<T> fold(std::span<const Disturbance> windows, Reading<T> Disturbance::*field, Fold step) {
  Reading<T> result = Reading<T>::unavailable(kNoWindow);
  for (const Disturbance& window : windows) {
    const Reading<T>& reading = window.*field;
    if (!reading.available()) {
      if (!result.available() && result.reason() == kNoWindow) {
        result = Reading<T>::unavailable(reading.reason());
      }
    } else if (!result.available()) {
      result = reading;
    } else {
      result = Reading<T>::of(step(result.value(), reading.value()), reading.source());
    }
  }
  return result;
}

Reading<double> weighted(std::span<const Disturbance> windows,
                         Reading<double> Disturbance::*field) {
  double sum = 0.0;
  double wall = 0.0;
  std::string source;
  for (const Disturbance& window : windows) {
    const Reading<double>& reading = window.*field;
    if (!reading.available()) continue;
    sum += reading.value() * seconds(window.wall);
    wall += seconds(window.wall);
    source = reading.source();
  }
  if (wall <= 0.0) {
    return fold(windows, field, [](double a, double) { return a; });
  }
  return Reading<double>::of(sum / wall, source);
}

}  // namespace

QuietWindows::QuietWindows(std::vector<int> cpus, Clock& clock, Progress& next)
    : cpus_(std::move(cpus)), clock_(clock), next_(next) {
  open();
}

void QuietWindows::open() {
  monitor_ = std::make_unique<DisturbanceMonitor>(cpus_, clock_);
  opened_ = clock_.now();
  rest_.reset();
  monitor_->start();
}

void QuietWindows::advance(double fraction) {
  next_.advance(fraction);
  const Nanoseconds age = clock_.now() - opened_;
  if (age < kLeastQuietWindow) return;
  rest_ = monitor_->stop();
  if (age < kQuietWindow) return;
  windows_.push_back(*rest_);
  open();
}

void QuietWindows::cut() {
  if (rest_) windows_.push_back(*rest_);
  open();
}

std::vector<Disturbance> QuietWindows::finish(const Reading<double>& share,
                                              const Reading<double>& gap_loss) {
  if (rest_) windows_.push_back(*rest_);
  rest_.reset();
  for (Disturbance& window : windows_) {
    window.share = share;
    window.gap_loss_fraction = gap_loss;
  }
  return std::exchange(windows_, {});
}

Disturbance combine(std::span<const Disturbance> windows) {
  const auto sum = [](std::int64_t a, std::int64_t b) { return a + b; };
  Disturbance all;
  for (const Disturbance& window : windows) all.wall += window.wall;
  all.foreign_cpu_cores = weighted(windows, &Disturbance::foreign_cpu_cores);
  all.foreign_worst_cpu = weighted(windows, &Disturbance::foreign_worst_cpu);
  all.steal_fraction = weighted(windows, &Disturbance::steal_fraction);
  all.share = weighted(windows, &Disturbance::share);
  all.gap_loss_fraction = weighted(windows, &Disturbance::gap_loss_fraction);
  all.quota_throttled = fold(windows, &Disturbance::quota_throttled, sum);
  all.voluntary_switches = fold(windows, &Disturbance::voluntary_switches, sum);
  all.involuntary_switches = fold(windows, &Disturbance::involuntary_switches, sum);
  all.minor_faults = fold(windows, &Disturbance::minor_faults, sum);
  all.major_faults = fold(windows, &Disturbance::major_faults, sum);
  return all;
}

QuietSummary summarize_quiet(std::span<const Disturbance> windows,
                             std::vector<NoiseFloor> noise_floor) {
  QuietSummary summary;
  const QuietCount count = count_quiet(windows);
  summary.windows = count.windows;
  summary.windows_quiet = count.quiet;
  summary.disturbance = combine(windows);
  summary.verdict = judge_quiet(summary.disturbance);
  summary.noise_floor = std::move(noise_floor);
  return summary;
}

}  // namespace perfbench
