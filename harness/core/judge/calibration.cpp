#include "harness/core/judge/calibration.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "harness/core/judge/verdict_builder.hpp"
#include "harness/core/judge/wording.hpp"

namespace perfbench {
namespace {

using judge::number;
using judge::percent;

constexpr const char* kQuietRemedy = "Close other programs and calibrate again.";
constexpr const char* kReportRemedy =
    "Repeat; if it stays, figures of latency on this machine are off by as much.";

std::string rate_text(double qps) { return number(qps) + " queries per second"; }

/// The queues come last: one that was ended early lacks some of them.
void judge_parts(const CalibrationSection& section, VerdictBuilder& verdict) {
  std::string missing;
  const auto miss = [&missing](bool misses, const char* what) {
    if (misses) missing += (missing.empty() ? "" : ", ") + std::string(what);
  };
  miss(section.schedule_slip.empty(), "the schedule slip");
  miss(section.null_reported_latency_p50_ns <= 0.0 || section.null_between_queries_p50_ns <= 0.0,
       "the overhead of a query of no work");
  const std::size_t queues = section.queue.size();
  miss(queues < kCalibrationQueues, "queues with a known truth");
  if (missing.empty()) return;
  std::string text = "the calibration is not whole: it lacks " + missing;
  if (queues < kCalibrationQueues) {
    text += " (" + std::to_string(queues) + " of " + std::to_string(kCalibrationQueues) + ")";
  }
  verdict.inconclusive({"partial", std::move(text), "Let it run to its end."});
}

void judge_slips(const CalibrationSection& section, VerdictBuilder& verdict) {
  for (const SlipCalibration& slip : section.schedule_slip) {
    const double reads = static_cast<double>(slip.p50.count()) / section.clock_read_ns;
    if (reads <= kSlipClockReads) continue;
    verdict.invalid({"slip",
                     "at " + rate_text(slip.target_qps) + " the median schedule slip is " +
                         judge::duration(slip.p50) + ", " + number(reads) + " clock readings; " +
                         number(kSlipClockReads) + " are allowed",
                     "Leave the issuing thread a core of its own, or use --wait spin."});
  }
}

void judge_overhead(
    double ns, double allowed, const char* what, double clock_read_ns, VerdictBuilder& verdict) {
  const double reads = ns / clock_read_ns;
  if (ns <= 0.0 || reads <= allowed) return;
  verdict.invalid({"null-overhead",
                   std::string(what) + " costs " + number(reads) + " clock readings, " +
                       number(allowed) + " are allowed",
                   kReportRemedy});
}

double distance(double measured, double truth) { return std::abs(measured - truth) / truth; }

void judge_queue(const QueueCalibration& queue, VerdictBuilder& verdict) {
  const std::string where = queue.model + " at utilisation " + number(queue.utilisation) +
                            (queue.stalled ? " with scripted stalls" : "");
  // The machine may hold up the generator; what the harness did with the queries is told by the
  // recursion over the times at which they were issued.
  const bool as_issued =
      queue.lindley_issued_mean_ns > 0.0 &&
      distance(queue.measured_mean_ns, queue.lindley_issued_mean_ns) <= kQueueTruthWithin;
  const auto miss = [&](const char* figure, double measured, double truth, bool explained) {
    if (!(truth > 0.0) || distance(measured, truth) <= kQueueTruthWithin) return;
    const std::string text =
        where + ": the measured " + figure + " is " + percent(distance(measured, truth)) +
        " away from Lindley's recursion, " + percent(kQueueTruthWithin) + " are allowed";
    if (queue.quiet) {
      verdict.invalid({"queue", text, kReportRemedy});
    } else if (explained) {
      verdict.note({"queue-late",
                    text + "; the generator was held up, and over its times of issue the mean is " +
                        percent(distance(queue.measured_mean_ns, queue.lindley_issued_mean_ns)) +
                        " away",
                    ""});
    } else {
      verdict.inconclusive(
          {"queue-disturbed", text + ", and the machine was disturbed", kQuietRemedy});
    }
  };
  miss("mean latency", queue.measured_mean_ns, queue.lindley_mean_ns, as_issued);
  if (queue.measured_p99_ns && queue.lindley_p99_ns) {
    // A mean that holds says nothing of the tail.
    miss("P99", *queue.measured_p99_ns, *queue.lindley_p99_ns, false);
  }
}

}  // namespace

Verdict judge_calibration(const CalibrationSection& section) {
  VerdictBuilder verdict;
  const bool nothing = section.schedule_slip.empty() && section.queue.empty() &&
                       section.null_reported_latency_p50_ns <= 0.0;
  if (nothing || !(section.clock_read_ns > 0.0)) {
    verdict.inconclusive(
        {"nothing-calibrated", "nothing was calibrated", "Let it run to its end."});
    return std::move(verdict).build();
  }
  judge_parts(section, verdict);
  judge_slips(section, verdict);
  judge_overhead(section.null_reported_latency_p50_ns,
                 kReportedClockReads,
                 "a query of no work, as it is reported,",
                 section.clock_read_ns,
                 verdict);
  judge_overhead(section.null_between_queries_p50_ns,
                 kBetweenClockReads,
                 "the way from one query of no work to the next",
                 section.clock_read_ns,
                 verdict);
  for (const QueueCalibration& queue : section.queue) judge_queue(queue, verdict);
  return std::move(verdict).build();
}

}  // namespace perfbench
