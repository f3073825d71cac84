#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {
namespace {

/// 990000 -> "P99", 999000 -> "P99.9".
std::string percentile_name(std::uint32_t ppm) {
  std::string name = percentile_key(ppm);
  name.front() = 'P';
  std::replace(name.begin(), name.end(), '_', '.');
  return name;
}

/// "P90 161 us (160 to 163 us)", or the number of queries that would do.
std::string percentile_text(const PercentileFigure& figure) {
  const std::string name = percentile_name(figure.ppm);
  if (figure.needs_queries)
    return name + " needs " + format_count(*figure.needs_queries) + " queries";
  std::string text = name + " " + format_duration(figure.value);
  if (figure.low && figure.high) {
    text += " (" + format_interval(*figure.low, *figure.high) + ")";
  }
  return text;
}

/// The three that are always shown; the others are in the document and on the page.
bool is_shown(const PercentileFigure& figure) {
  return figure.ppm == 500'000 || figure.ppm == 900'000 || figure.ppm == 990'000;
}

std::string rate_text(const ScenarioResult& result, const RooflineSection* roofline) {
  std::string text = format_significant(result.rate.per_second()) + " samples/s";
  if (result.roof_fraction) {
    text += ", " + format_percent(*result.roof_fraction) + " of " +
            (roofline == nullptr ? sanitise(result.roof, 40) : roof_words(*roofline, result.roof));
  } else {
    text += ", no roof measured to hold it against";
  }
  return text;
}

std::string scenario_text(const ScenarioResult& result,
                          const RooflineSection* roofline,
                          const TextOptions& options) {
  const Painter painter(options);
  const std::string name = std::string(name_of(result.scenario)) + " " +
                           sanitise(result.workload, 40) + ": " +
                           painter.verdict(result.verdict.validity);
  std::string text = wrap(name + ", " + sanitise(result.description, 200), options, "  ");
  std::vector<std::string> figures;
  if (result.scenario != Scenario::kOffline) {
    for (const PercentileFigure& figure : result.latency.percentiles) {
      if (is_shown(figure)) figures.push_back(percentile_text(figure));
    }
    text += flow(figures, options, "    ");
  }
  std::string run = result.scenario == Scenario::kOffline
                        ? format_count(result.samples) + " samples"
                        : counted(result.queries, "query", "queries");
  run += " in " + format_duration(result.duration);
  text += flow({run, rate_text(result, roofline)}, options, "    ");
  return text;
}

}  // namespace

std::string scenarios_text(const Report& report, const TextOptions& options) {
  if (report.scenarios.empty()) return "";
  const Painter painter(options);
  std::string text = "\n" + wrap("latency of a query with its 95 % interval within this run",
                                 options,
                                 painter.heading("SCENARIOS") + "  ");
  const RooflineSection* roofline = report.roofline ? &*report.roofline : nullptr;
  for (const ScenarioResult& result : report.scenarios)
    text += scenario_text(result, roofline, options);
  const bool closed = std::any_of(
      report.scenarios.begin(), report.scenarios.end(), [](const ScenarioResult& result) {
        return result.closed_loop && result.scenario != Scenario::kOffline;
      });
  if (closed) {
    text += wrap(
        "Closed loop: the next query waits for the last one, so a stall of the machine shows in "
        "one query only.",
        options,
        "  ");
  }
  return text;
}

}  // namespace perfbench
