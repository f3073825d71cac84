#include "scenarios/search/peak_verdict.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "harness/core/judge/wording.hpp"
#include "harness/core/stats/queue_theory.hpp"

namespace perfbench {
namespace {

using judge::number;

constexpr double kSeveralServices = 3.0;
constexpr double kWideInterval = 1.6;  ///< Upper over lower end.
/// A probe begins with an empty queue, and a short one ends before the queue is as long as it would
/// get: it holds a bound at a rate that would miss it. In simulated searches of M/D/1 whose longer
/// probes lasted 140, 47, 27, 9, 6 and 2 relaxation times the interval held the truth in 37, 34,
/// 36, 24, 19 and 3 of 40.
constexpr double kRelaxationTimes = 15.0;
/// Where batches make it a queue of another kind.
constexpr double kTimesBound = 10.0;
/// The sums of M/D/1 have a term for each service within the bound.
constexpr double kMostServices = 1e4;

RateQuestion question_of(const PeakRate& peak) {
  return {QueueModel::kMMc, peak.service_mean_ns, peak.worker_threads, peak.ppm, peak.bound};
}

/// How long the probes should have been.
double settled_s(const PeakRate& peak) {
  const double of_bound_s = kTimesBound * seconds(peak.bound);
  if (peak.max_batch > 1) return of_bound_s;
  return std::max(of_bound_s,
                  kRelaxationTimes * 1e-9 * relaxation_ns(question_of(peak), peak.service_cv2));
}

/// A bound of several service times that an almost empty queue misses is missed by something
/// other than the workload.
void judge_not_held(const PeakRate& peak, VerdictBuilder& verdict) {
  const double services = static_cast<double>(peak.bound.count()) / peak.service_mean_ns;
  const std::string missed = "even " + number(100.0 * kLowestShare) +
                             " % of saturation misses the bound, which is " + number(services, 2) +
                             " x what a sample takes alone";
  if (services < kSeveralServices) {
    verdict.note({"not-held", missed, "A longer bound, or a smaller rung."});
  } else {
    verdict.inconclusive(
        {"not-held", missed + ": the time went elsewhere", "Repeat on a quiet machine."});
  }
}

}  // namespace

void judge_peak(const PeakRate& peak, const PeakSearchEnd& end, VerdictBuilder& verdict) {
  if (end.not_held && !peak.found) {
    judge_not_held(peak, verdict);
    return;
  }
  if (end.held_to_ceiling) {
    verdict.note({"held-to-saturation",
                  "the bound was held up to " + number(kCeilingShare) +
                      " x saturation, the highest rate that is tried",
                  "A shorter bound has a peak."});
  }
  if (end.lost > 0) {
    verdict.note({"replicates-lost",
                  std::to_string(end.lost) + (end.lost == 1 ? " replicate" : " replicates") +
                      " found no rate that holds, where others did: the machine was disturbed",
                  "Repeat on a quiet machine."});
  }
  if (const double needs_s = settled_s(peak);
      !end.held_to_ceiling && end.longest_probe_s < needs_s) {
    verdict.inconclusive({"short-probes",
                          "probes of at most " + number(end.longest_probe_s, 2) +
                              " s end before a queue this full has settled, which takes some " +
                              number(needs_s, 2) + " s: the rate may read too high",
                          "A --max-time about " + number(std::ceil(needs_s / end.longest_probe_s)) +
                              " times as long."});
  }
  const std::size_t count = peak.replicates_qps.size();
  if (count < kEnoughReplicates) {
    verdict.inconclusive({"few-replicates",
                          std::to_string(count) + " replicates were completed; " +
                              std::to_string(kEnoughReplicates) + " give an interval",
                          "A longer --max-time."});
  } else if (peak.high_qps > kWideInterval * peak.low_qps) {
    verdict.inconclusive({"wide-interval",
                          "the replicates lie far apart: the upper end of the interval is " +
                              number(peak.high_qps / peak.low_qps, 2) + " x the lower",
                          "A longer --max-time, or a quieter machine."});
  }
}

void predict_peak(PeakRate& peak) {
  // With batches it is no queue of these kinds.
  if (peak.max_batch > 1 || peak.service_mean_ns <= 0.0) return;
  const int workers = peak.worker_threads;
  RateQuestion asked = question_of(peak);
  peak.predictions.push_back({"M/M/" + std::to_string(workers), highest_rate_per_s(asked)});
  const double services = static_cast<double>(peak.bound.count()) / peak.service_mean_ns;
  if (workers != 1 || services > kMostServices) return;
  asked.model = QueueModel::kMD1;
  peak.predictions.push_back({"M/D/1", highest_rate_per_s(asked)});
}

}  // namespace perfbench
