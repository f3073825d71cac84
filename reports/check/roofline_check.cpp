#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "harness/core/judge/contended.hpp"
#include "harness/core/judge/limit.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/stats/window_summary.hpp"
#include "reports/check/sections_check.hpp"

namespace perfbench {
namespace {

const char* rate_key(RoofKind kind) {
  switch (kind) {
    case RoofKind::kCompute:
      return ".rate_flop_per_s";
    case RoofKind::kBandwidth:
      return ".rate_byte_per_s";
    case RoofKind::kLatency:
      break;
  }
  return ".latency_ns";
}

void check_rate(const std::string& path,
                const WindowSummary& stored,
                const WindowSeries& series,
                RoofKind kind,
                Comparison& comparison) {
  const WindowSummary recomputed = summarize_windows(series, kind);
  const std::string rate = path + rate_key(kind);
  comparison.number(rate + ".best", stored.best, recomputed.best);
  comparison.number(rate + ".p90", stored.p90, recomputed.p90);
  comparison.number(rate + ".median", stored.median, recomputed.median);
  comparison.number(rate + ".relative_mad", stored.relative_mad, recomputed.relative_mad);
}

/// A report of before the number of cores was stored: some number of cores up to that of the
/// threads must explain it.
void check_unknown_cores(const Roof& roof, const std::string& path, Comparison& comparison) {
  if (!roof.per_core_cycle || !roof.clock.hz.available()) {
    comparison.flag(
        path + ".per_core_cycle", roof.per_core_cycle.has_value(), roof.clock.hz.available());
    return;
  }
  const double cores = roof.rate.best / (*roof.per_core_cycle * roof.clock.hz.value());
  const double nearest = std::round(cores);
  const bool explained = agree(cores, nearest) && nearest >= 1.0 && nearest <= roof.threads;
  comparison.holds(path + ".per_core_cycle",
                   explained,
                   exact_text(*roof.per_core_cycle),
                   "best over the clock and 1 to " + std::to_string(roof.threads) + " cores");
}

void check_roof(const Roof& roof, const std::string& path, Comparison& comparison) {
  check_rate(path, roof.rate, roof.series, roof.kind, comparison);
  if (roof.cores > 0) {
    comparison.number(path + ".per_core_cycle",
                      roof.per_core_cycle,
                      per_core_cycle(roof.rate.best, roof.cores, roof.clock));
  } else {
    check_unknown_cores(roof, path, comparison);
  }
  comparison.number(path + ".fraction_of_limit", roof.fraction_of_limit, fraction_of_limit(roof));
  comparison.flag(
      path + ".contended",
      roof.contended,
      judge_contended(roof.rate, roof.kind, roof.sentinel_ratio, roof.disturbance).contended);
  comparison.flag(path + ".lower_bound", roof.lower_bound, !roof.lower_bound_reason.empty());
  comparison.verdict(path, roof.verdict, judge_limit(roof));
}

void check_dot(const Dot& dot,
               const RooflineSection& roofline,
               const std::string& path,
               Comparison& comparison) {
  check_rate(path, dot.rate, dot.series, RoofKind::kCompute, comparison);
  comparison.flag(
      path + ".contended",
      dot.contended,
      judge_contended(dot.rate, RoofKind::kCompute, dot.sentinel_ratio, dot.disturbance).contended);
  const Roof* roof = find_roof_by_id(roofline, dot.roof);
  comparison.holds(
      path + ".roof", roof != nullptr || !dot.roof_fraction, dot.roof, "a roof of this report");
  comparison.number(path + ".roof_fraction", dot.roof_fraction, roof_fraction(dot, roof));
  comparison.verdict(path, dot.verdict, judge_dot(dot, roof));
}

void check_trial(const LibraryTrial& trial, const std::string& path, Comparison& comparison) {
  comparison.flag(path + ".verified", trial.verified && !trial.failure.empty(), false);
  if (trial.chosen) comparison.flag(path + ".chosen", true, trial.verified);
}

std::string element(const char* array, std::size_t index) {
  return std::string("sections.roofline.") + array + "[" + std::to_string(index) + "]";
}

}  // namespace

const Roof* find_roof_by_id(const RooflineSection& roofline, const std::string& id) {
  const Roof* found = nullptr;
  for (const Roof& roof : roofline.roofs) {
    if (roof_id(roof) != id) continue;
    if (found == nullptr || static_cast<int>(roof.isa) > static_cast<int>(found->isa))
      found = &roof;
  }
  return found;
}

void check_roofline(const RooflineSection& roofline, Comparison& comparison) {
  for (std::size_t i = 0; i < roofline.roofs.size(); ++i) {
    check_roof(roofline.roofs[i], element("roofs", i), comparison);
  }
  for (std::size_t i = 0; i < roofline.dots.size(); ++i) {
    check_dot(roofline.dots[i], roofline, element("dots", i), comparison);
  }
  for (std::size_t i = 0; i < roofline.library_trials.size(); ++i) {
    check_trial(roofline.library_trials[i], element("library_trials", i), comparison);
  }
}

}  // namespace perfbench
