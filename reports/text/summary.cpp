#include "reports/text/summary.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/roofline_view.hpp"
#include "reports/text/serving_sections.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {
namespace {

/// The best roof of the most threads that is not refused; fp32 before the other precisions, FMA and
/// read before the other kernels, since those are the figures that readers know.
const Roof* headline_roof(const RooflineView& view, const Place& place, RoofKind kind) {
  if (kind == RoofKind::kCompute) {
    for (const Precision precision : {Precision::kFp32, Precision::kFp64}) {
      if (const Roof* roof = view.fma(place, precision)) return roof;
    }
  }
  const Roof* chosen = nullptr;
  for (const Roof* roof : view.roofs(place, kind)) {
    if (roof->verdict.validity == Validity::kInvalid) continue;
    if (kind == RoofKind::kBandwidth && roof->level != MemoryLevel::kDram) continue;
    const auto rank = [](const Roof& r) { return std::pair(r.kernel == "read", r.rate.best); };
    if (chosen == nullptr || rank(*roof) > rank(*chosen)) chosen = roof;
  }
  return chosen;
}

/// The fastest, of fp32 where there is one: that is the figure that readers know.
const Dot* best_dot(const RooflineSection& roofline) {
  const auto rank = [](const Dot& dot) {
    return std::pair(dot.precision == Precision::kFp32, dot.rate.best);
  };
  const Dot* best = nullptr;
  for (const Dot& dot : roofline.dots) {
    if (dot.verdict.validity == Validity::kInvalid) continue;
    if (best == nullptr || rank(dot) > rank(*best)) best = &dot;
  }
  return best;
}

/// Of the roofs that answer one question in several placement epochs, the slowest and the fastest.
struct Headline {
  const Roof* one = nullptr;  ///< Of one core.
  const Roof* low = nullptr;  ///< Of all cores; null where one core is all.
  const Roof* high = nullptr;
};

Headline headline(const RooflineView& view, RoofKind kind) {
  Headline found;
  if (view.one() != nullptr) found.one = headline_roof(view, *view.one(), kind);
  for (const Place* place : view.all()) {
    const Roof* roof = headline_roof(view, *place, kind);
    if (roof == nullptr) continue;
    if (found.low == nullptr || roof->rate.best < found.low->rate.best) found.low = roof;
    if (found.high == nullptr || roof->rate.best > found.high->rate.best) found.high = roof;
  }
  return found;
}

std::string in_words(const Roof& roof) {
  return format_rate(roof.kind, roof.rate.best) + " on " + team_words(roof.team, roof.threads);
}

/// What a reader has to know before the figure is repeated.
std::string caveat(const Roof& roof) {
  std::string words;
  if (roof.lower_bound) words += ", at least";
  if (roof.may_hold_cache_hits) words += ", of which part may be cache hits";
  return words;
}

std::string compute_sentence(const RooflineView& view) {
  const Headline found = headline(view, RoofKind::kCompute);
  const Roof* most = found.high != nullptr ? found.high : found.one;
  if (most == nullptr) return "";
  std::string sentence = "This machine computes up to " + in_words(*most) + " in " +
                         std::string(name_of(most->precision)) + caveat(*most);
  if (most->sustained) sentence += ", " + format_flop_rate(most->sustained->rate) + " sustained";
  if (found.one != nullptr && most != found.one) {
    sentence += " (" + in_words(*found.one);
    if (found.one->fraction_of_limit)
      sentence += ", " + format_percent(*found.one->fraction_of_limit) + " of its documented limit";
    sentence += ")";
  }
  return sentence + ". ";
}

std::string memory_sentence(const RooflineView& view) {
  const Headline found = headline(view, RoofKind::kBandwidth);
  const Roof* most = found.high != nullptr ? found.high : found.one;
  if (most == nullptr) return "";
  std::string sentence = "It moves up to " + in_words(*most) + " from its memory (" +
                         sanitise(most->kernel, 24) + caveat(*most);
  if (found.one != nullptr && most != found.one) sentence += "; " + in_words(*found.one);
  if (found.low != nullptr && found.low != found.high && found.low->kernel == most->kernel) {
    sentence += "; " + format_byte_rate(found.low->rate.best) +
                " where the host placed the cores otherwise";
  }
  return sentence + "). ";
}

std::string dot_sentence(const RooflineView& view) {
  const Dot* dot = best_dot(view.section());
  if (dot == nullptr) return "";
  std::string sentence = "Of that, " + sanitise(dot->kernel) + " gets " +
                         format_flop_rate(dot->rate.best) + " on " +
                         team_words(dot->team, dot->threads);
  if (dot->roof_fraction)
    sentence += ", " + format_percent(*dot->roof_fraction) + " of the roof that binds it";
  // A call of it is longer than a time slice: unlike the roof it cannot show what a shared core
  // could do.
  if (dot->contended) sentence += ", while something shared its cores (so at least)";
  return sentence + ". ";
}

std::string delivered(const Report& report) {
  std::string sentence;
  if (report.roofline) {
    const RooflineView view(*report.roofline);
    sentence += compute_sentence(view) + memory_sentence(view) + dot_sentence(view);
  }
  for (const ScenarioResult& scenario : report.scenarios) {
    if (scenario.scenario != Scenario::kSingleStream || scenario.latency.percentiles.empty())
      continue;
    const PercentileFigure& middle = scenario.latency.percentiles.front();
    if (middle.needs_queries || scenario.verdict.validity == Validity::kInvalid) continue;
    sentence += "One query of " + sanitise(scenario.workload) + " takes " +
                format_duration(middle.value) + " at the median. ";
    break;
  }
  for (const TrackResult& track : report.tracks) {
    if (track.verdict.validity != Validity::kInvalid && !track.findings.empty())
      sentence += sanitise(track.findings.front(), 1000) + " ";
  }
  if (!sentence.empty()) return sentence;
  const bool any = !report.scenarios.empty() || !report.peak_rates.empty() ||
                   !report.load_sweeps.empty() || !report.tracks.empty();
  return any ? "" : "No figure was measured. ";
}

std::size_t invalid_verdicts(const Report& report) {
  std::size_t count = 0;
  const auto add = [&count](const Verdict& verdict) {
    count += verdict.validity == Validity::kInvalid ? 1 : 0;
  };
  if (report.roofline) {
    for (const Roof& roof : report.roofline->roofs) add(roof.verdict);
    for (const Dot& dot : report.roofline->dots) add(dot.verdict);
  }
  for (const ScenarioResult& scenario : report.scenarios) add(scenario.verdict);
  for (const PeakRate& peak : report.peak_rates) add(peak.verdict);
  for (const TrackResult& track : report.tracks) add(track.verdict);
  if (report.calibration) add(report.calibration->verdict);
  return count;
}

std::string trusted(const Report& report) {
  std::string sentence;
  if (report.partial) {
    sentence += "The run was cut short";
    if (!report.partial_reason.empty()) sentence += " (" + sanitise(report.partial_reason) + ")";
    sentence += ": what is missing below was not measured. ";
  }
  if (const std::size_t invalid = invalid_verdicts(report); invalid > 0) {
    sentence += counted(invalid, "figure is", "figures are") +
                " INVALID and must not be used; the reasons stand below. ";
  }
  if (report.quiet.verdict.quietness == Quietness::kQuiet) {
    sentence +=
        "The machine was quiet meanwhile, so the typical figures hold as well as the best ones.";
  } else {
    sentence +=
        "The machine was not quiet meanwhile: take the best figures as what it can do at least, "
        "and the typical ones and the tails as those of a disturbed machine.";
  }
  return sentence;
}

/// A name as it may be pasted into a shell.
std::string shell_word(const std::string& name) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+=:,@%";
  std::string safe = sanitise(name, 4096);
  if (!safe.empty() && safe.find_first_not_of(kPlain) == std::string::npos && safe == name)
    return safe;
  std::string quoted = "'";
  for (const char c : safe) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace

std::string next_text(const SummaryPaths& paths, const TextOptions& options) {
  if (paths.report.empty() || paths.report == "-") return "";
  const Painter painter(options);
  // A path is not broken between lines: it is to be copied.
  std::string text = "\n" + painter.heading("NEXT") + "\n";
  if (!paths.page.empty()) text += "  Look at the charts:      " + shell_word(paths.page) + "\n";
  if (paths.page.empty())
    text += "  Draw the charts:         " + shell_word(paths.program) + " render " +
            shell_word(paths.report) + "\n";
  text += "  Recompute every figure:  " + shell_word(paths.program) + " check " +
          shell_word(paths.report) + "\n";
  return text;
}

std::string conclusion_text(const Report& report, const TextOptions& options) {
  return wrap(delivered(report) + trusted(report), options);
}

std::string summary_text(const Report& report,
                         const TextOptions& options,
                         const SummaryPaths& paths) {
  std::string text = conclusion_text(report, options);
  if (report.label) text += wrap(sanitise(*report.label), options, "Label: ");
  text += roofline_summary(report, options);
  text += scenarios_section(report, Detail::kSummary, options);
  text += peak_rate_text(report, Detail::kSummary, options);
  text += sweep_text(report, options);
  text += tracks_text(report, Detail::kSummary, options);
  text += calibration_section(report, options);
  text += trust_text(report, options);
  text += next_text(paths, options);
  return text;
}

}  // namespace perfbench
