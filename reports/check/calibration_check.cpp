// The harness held against known truths.
#include <cstddef>
#include <string>

#include "harness/core/judge/calibration.hpp"
#include "harness/core/stats/queue_theory.hpp"
#include "reports/check/consistency.hpp"
#include "reports/check/serving_check.hpp"

namespace perfbench {
namespace {

void check_queue(const QueueCalibration& queue, const std::string& path, Comparison& comparison) {
  comparison.flag(path + ".quiet", queue.quiet, queue.disturbed_by.empty());
  const QueueLoad load{queue.target_qps, queue.service_ns, 1};
  if (queue.model != "M/D/1") {
    comparison.word(path + ".model", queue.model, "M/D/1");
  } else if (queue.stalled) {
    comparison.number(path + ".theory_mean_ns", queue.theory_mean_ns, 0.0);
  } else if (queue.service_ns > 0.0 && load.utilisation() < 1.0) {
    comparison.number(
        path + ".theory_mean_ns", queue.theory_mean_ns, mg1_mean_sojourn_ns(load, 0.0));
  }
  check_range(path + ".slip_mean_ns", queue.slip_mean_ns, 0.0, queue.measured_mean_ns, comparison);
  // The rate was chosen by a look at the service time before, which a disturbance may change.
  if (!queue.quiet) return;
  constexpr double kServiceWithin = 0.25;
  check_range(path + ".utilisation",
              queue.utilisation,
              load.utilisation() * (1.0 - kServiceWithin),
              load.utilisation() * (1.0 + kServiceWithin),
              comparison);
}

}  // namespace

void check_calibration(const CalibrationSection& calibration, Comparison& comparison) {
  const std::string path = "sections.calibration";
  for (std::size_t i = 0; i < calibration.schedule_slip.size(); ++i) {
    const SlipCalibration& slip = calibration.schedule_slip[i];
    const std::string at = path + ".schedule_slip[" + std::to_string(i) + "]";
    check_ascending(
        at, {{"p50_ns", slip.p50}, {"p99_ns", slip.p99}, {"p99_9_ns", slip.p99_9}}, comparison);
    check_late_share({slip.p50, slip.p99, slip.p99_9, std::nullopt, slip.over_1us_fraction},
                     slip.queries,
                     at + ".over_1us_fraction",
                     comparison);
  }
  for (std::size_t i = 0; i < calibration.queue.size(); ++i)
    check_queue(calibration.queue[i], path + ".queue[" + std::to_string(i) + "]", comparison);
  comparison.verdict(path, calibration.verdict, judge_calibration(calibration));
}

}  // namespace perfbench
