#include "harness/core/judge/contended.hpp"

#include <utility>

#include "harness/core/judge/quiet.hpp"
#include "harness/core/judge/wording.hpp"

namespace perfbench {

using judge::percent;

Contention judge_contended(const WindowSummary& summary,
                           RoofKind kind,
                           std::optional<double> sentinel_ratio,
                           const Disturbance& disturbance) {
  Contention result;
  const std::string remedy =
      "Repeat on a quiet machine; until then the best window is the figure to trust.";
  // For latencies the best is the smallest: the same ratio the other way round.
  const bool latency = kind == RoofKind::kLatency;
  const double over = latency ? summary.median : summary.best;
  const double under = latency ? summary.best : summary.median;
  if (over > 0.0 && !(under / over >= kContendedMedianOverBest)) {
    result.reasons.push_back({"contended-windows",
                              "the typical window reached " + percent(under / over) +
                                  " of the best one, contended is below " +
                                  percent(kContendedMedianOverBest, 0),
                              remedy});
  }
  if (sentinel_ratio && !(*sentinel_ratio >= kContendedSentinel)) {
    result.reasons.push_back(
        {"contended-sentinel",
         "the FMA sentinel between the windows ran at " + percent(*sentinel_ratio) +
             " of its own best, contended is below " + percent(kContendedSentinel, 0),
         remedy});
  }
  if (over > 0.0) {
    for (Reason& reason : judge_quiet(disturbance).reasons) {
      if (reason.id != "unwatched" && reason.id != "gap-loss") {
        result.reasons.push_back(std::move(reason));
      }
    }
  }
  result.contended = !result.reasons.empty();
  return result;
}

}  // namespace perfbench
