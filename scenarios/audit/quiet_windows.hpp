#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "harness/core/progress.hpp"
#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/report.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/disturbance/disturbance_monitor.hpp"

namespace perfbench {

/// /proc/stat counts in ticks of 10 ms, and quiet allows 2 % of a core of foreign time: in a window
/// of a second one stray tick is half of that, in one of half a second it would decide alone.
inline constexpr Nanoseconds kQuietWindow{1'000'000'000};
/// What is left at the end of a step, up to its last progress call, counts as a window when it is
/// at least this long. Later than that call the step's threads may have ended, and the time of
/// threads that ended cannot be told from foreign time on a part of the CPUs.
inline constexpr Nanoseconds kLeastQuietWindow{500'000'000};

/// Cuts a step into windows of disturbance while it measures. It sits in the way of the progress
/// calls, which come between timed regions, so the files of the kernel are read there and no second
/// thread takes time from what is measured. Passes everything on.
class QuietWindows final : public Progress {
 public:
  /// Watches `cpus` until finish(); all references outlive it.
  QuietWindows(std::vector<int> cpus, Clock& clock, Progress& next);

  void step(std::string_view id, std::string_view what) override { next_.step(id, what); }
  void advance(double fraction) override;
  /// Ends the open window at the last progress call and opens another: own threads have ended, and
  /// others are about to start.
  void cut();
  /// The windows of the step; `share` is that of its measured threads, `gap_loss` that of the
  /// machine: both are put into each window.
  [[nodiscard]] std::vector<Disturbance> finish(const Reading<double>& share,
                                                const Reading<double>& gap_loss);

 private:
  void open();

  std::vector<int> cpus_;
  Clock& clock_;
  Progress& next_;
  std::unique_ptr<DisturbanceMonitor> monitor_;
  TimePoint opened_{};
  std::optional<Disturbance>
      rest_;  ///< The open window at the last progress call, once long enough.
  std::vector<Disturbance> windows_;
};

/// All windows as one: rates, share and gap loss weighted by time, counts summed.
/// Readings that some windows lack come from the others.
[[nodiscard]] Disturbance combine(std::span<const Disturbance> windows);

/// The run's quiet: the definition applied to all windows together, and the number of windows that
/// pass alone.
[[nodiscard]] QuietSummary summarize_quiet(std::span<const Disturbance> windows,
                                           std::vector<NoiseFloor> noise_floor);

}  // namespace perfbench
