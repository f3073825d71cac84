#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "harness/core/judge/contended.hpp"
#include "harness/core/judge/limit.hpp"
#include "harness/core/judge/roof_choice.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/judge/zone.hpp"
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

/// A long run cannot be far above what short windows reach, unless those were disturbed.
void check_sustained(const Roof& roof, const std::string& path, Comparison& comparison) {
  constexpr double kAboveBest = 1.25;
  /// Beside others a window may get a fraction of its cores, and no less than this.
  constexpr double kAboveContendedBest = 4.0;
  constexpr Nanoseconds kShortest{9'500'000'000};
  if (!roof.sustained) return;
  const SustainedHeight& sustained = *roof.sustained;
  const double most = (roof.contended ? kAboveContendedBest : kAboveBest) * roof.rate.best;
  const bool plausible = sustained.rate > 0.0 && std::isfinite(sustained.rate) &&
                         (roof.kind == RoofKind::kLatency || sustained.rate <= most);
  comparison.holds(path + ".sustained" + rate_key(roof.kind),
                   plausible,
                   exact_text(sustained.rate),
                   "near the best of short windows, " + exact_text(roof.rate.best));
  comparison.holds(path + ".sustained.duration_ns",
                   sustained.duration >= kShortest,
                   std::to_string(sustained.duration.count()),
                   "10 s or more");
  comparison.holds(path + ".sustained.windows",
                   sustained.windows > 0,
                   std::to_string(sustained.windows),
                   "at least 1, since it is a median of windows");
}

/// One core has no other to exchange with, and no placement to lose.
void check_placement(const Roof& roof, const std::string& path, Comparison& comparison) {
  if (is_of_before_teams(roof)) return;
  comparison.holds(path + ".threads",
                   roof.cpus.size() == static_cast<std::size_t>(roof.threads),
                   std::to_string(roof.threads),
                   "one a CPU of cpus, " + std::to_string(roof.cpus.size()));
  const std::string cores = std::to_string(roof.cores) + "c";
  comparison.holds(path + ".team",
                   roof.cores == 0 || roof.team.starts_with(cores),
                   roof.team,
                   "a team of " + cores);
  if (roof.threads > 1) return;
  comparison.holds(path + ".core_to_core_ns",
                   !roof.core_to_core,
                   roof.core_to_core ? std::to_string(roof.core_to_core->count()) : "null",
                   "null for one thread");
  comparison.holds(
      path + ".epoch", roof.epoch == 0, std::to_string(roof.epoch), "0 for one thread");
}

void check_roof(const Roof& roof, const std::string& path, Comparison& comparison) {
  check_rate(path, roof.rate, roof.series, roof.kind, comparison);
  if (roof.kind == RoofKind::kLatency) {
    comparison.flag(path + ".per_core_cycle", roof.per_core_cycle.has_value(), false);
  } else if (roof.cores > 0) {
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
  check_sustained(roof, path, comparison);
  check_placement(roof, path, comparison);
}

/// A dot belongs to a team in an epoch, as its roof does.
void check_team(const Dot& dot, const Roof& roof, const std::string& path, Comparison& comparison) {
  comparison.word(path + ".team", dot.team, roof.team);
  comparison.holds(path + ".epoch",
                   dot.epoch == roof.epoch,
                   std::to_string(dot.epoch),
                   "that of its roof, " + std::to_string(roof.epoch));
  comparison.holds(path + ".threads",
                   dot.threads == roof.threads,
                   std::to_string(dot.threads),
                   "those of its roof, " + std::to_string(roof.threads));
}

/// Which roof binds the dot, and what its zone says.
void check_binding(const Dot& dot,
                   const RooflineSection& roofline,
                   const std::string& path,
                   Comparison& comparison) {
  // Reports of before tell no team, and their dots no precision: the rule cannot be repeated.
  if (dot.team.empty() || roofline.roofs.size() > kMostRoofsTogether) return;
  const Roof* binding = binding_roof(dot, roofline.roofs, roofline.cache_levels);
  if (binding != nullptr) comparison.word(path + ".roof", dot.roof, roof_id(*binding));
  const std::string zone = dot_zone(dot, roofline.roofs, roofline.cache_levels);
  const auto kind = [](const std::string& text) { return text.substr(0, text.find(':')); };
  comparison.word(path + ".zone", kind(dot.zone), kind(zone));
  comparison.text(path + ".zone", dot.zone, zone);
}

void check_dot(const Dot& dot,
               const RooflineSection& roofline,
               const RoofIndex& roofs,
               const std::string& path,
               Comparison& comparison) {
  check_rate(path, dot.rate, dot.series, RoofKind::kCompute, comparison);
  comparison.flag(
      path + ".contended",
      dot.contended,
      judge_contended(dot.rate, RoofKind::kCompute, dot.sentinel_ratio, dot.disturbance).contended);
  const Roof* roof = roofs.find(dot.roof);
  comparison.holds(
      path + ".roof", roof != nullptr || !dot.roof_fraction, dot.roof, "a roof of this report");
  comparison.number(path + ".roof_fraction", dot.roof_fraction, roof_fraction(dot, roof));
  comparison.verdict(path, dot.verdict, judge_dot(dot, roof));
  if (roof != nullptr) check_team(dot, *roof, path, comparison);
  check_binding(dot, roofline, path, comparison);
}

}  // namespace

std::string roofline_element(const char* array, std::size_t index) {
  return std::string("sections.roofline.") + array + "[" + std::to_string(index) + "]";
}

void check_roofline(const RooflineSection& roofline,
                    const RoofIndex& roofs,
                    Comparison& comparison) {
  for (std::size_t i = 0; i < roofline.roofs.size(); ++i)
    check_roof(roofline.roofs[i], roofline_element("roofs", i), comparison);
  for (std::size_t i = 0; i < roofline.dots.size(); ++i)
    check_dot(roofline.dots[i], roofline, roofs, roofline_element("dots", i), comparison);
  check_section(roofline, roofs, comparison);
}

}  // namespace perfbench
