#include "reports/text/summary.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {
namespace {

/// The roof with the best rate among those of the most threads; fp32 before the other precisions,
/// read before the other kernels, since those are the figures that readers know.
const Roof* headline_roof(const RooflineSection& roofline, RoofKind kind) {
  const auto rank = [](const Roof& roof) {
    const bool familiar = roof.precision == Precision::kFp32 || roof.kernel == "read";
    return std::pair(roof.threads, familiar);
  };
  const Roof* chosen = nullptr;
  for (const Roof& roof : roofline.roofs) {
    if (roof.kind != kind || roof.verdict.validity == Validity::kInvalid) continue;
    if (kind == RoofKind::kBandwidth && roof.level != MemoryLevel::kDram) continue;
    if (chosen == nullptr || rank(roof) > rank(*chosen) ||
        (rank(roof) == rank(*chosen) && roof.rate.best > chosen->rate.best)) {
      chosen = &roof;
    }
  }
  return chosen;
}

const Dot* best_dot(const RooflineSection& roofline) {
  const Dot* best = nullptr;
  for (const Dot& dot : roofline.dots) {
    if (dot.verdict.validity == Validity::kInvalid) continue;
    if (best == nullptr || dot.rate.best > best->rate.best) best = &dot;
  }
  return best;
}

std::string on_threads(int threads) {
  return "on " + counted(static_cast<std::size_t>(std::max(threads, 0)), "thread", "threads");
}

std::string delivered(const Report& report) {
  std::string sentence;
  if (report.roofline) {
    const Roof* compute = headline_roof(*report.roofline, RoofKind::kCompute);
    const Roof* memory = headline_roof(*report.roofline, RoofKind::kBandwidth);
    const Dot* dot = best_dot(*report.roofline);
    if (compute != nullptr) {
      sentence += "This machine computes up to " + format_flop_rate(compute->rate.best) + " in " +
                  std::string(name_of(compute->precision)) + " " + on_threads(compute->threads);
    }
    if (memory != nullptr) {
      sentence += compute != nullptr ? " and moves up to " : "This machine moves up to ";
      sentence += format_byte_rate(memory->rate.best) + " from its memory (" +
                  sanitise(memory->kernel) + ", " + on_threads(memory->threads) + ")";
    }
    if (!sentence.empty()) sentence += ". ";
    if (dot != nullptr) {
      sentence += "Of that, " + sanitise(dot->kernel) + " gets " +
                  format_flop_rate(dot->rate.best) + " " + on_threads(dot->threads);
      if (dot->roof_fraction)
        sentence += ", " + format_percent(*dot->roof_fraction) + " of the roof that binds it";
      // A call of it is longer than a time slice: unlike the roof it cannot show what a shared core
      // could do.
      if (dot->contended) sentence += ", while something shared its cores (so at least)";
      sentence += ". ";
    }
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
  return sentence.empty() ? "No figure was measured. " : sentence;
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

}  // namespace

std::string conclusion_text(const Report& report, const TextOptions& options) {
  return wrap(delivered(report) + trusted(report), options);
}

std::string summary_text(const Report& report,
                         const TextOptions& options,
                         const SummaryPaths& paths) {
  std::string text = conclusion_text(report, options);
  if (report.label) text += wrap(sanitise(*report.label), options, "Label: ");
  text += roofline_text(report, options);
  text += scenarios_text(report, options);
  text += trust_text(report, options);
  text += next_text(paths, options);
  return text;
}

}  // namespace perfbench
