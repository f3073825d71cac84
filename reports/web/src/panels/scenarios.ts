import { kPaperWidth, responsiveChart } from "../chart_frame";
import type { Report, ScenarioResult } from "../document";
import { el, type Child } from "../dom";
import { formatCount, formatNs, formatSignificant } from "../format";
import { observedOf, total } from "../histogram_view";
import { drawLatency, kDrawnPercentiles, markersOf, markerText, percentileTitle } from "../latency_chart";
import { threadsText } from "../names";
import { findingsOf, groupsOf, scenarioName, workloadWords, type Group } from "../scenario_sentences";
import { scenarioTables } from "../scenario_tables";
import { emptyPanel, partsOf, reasonList, verdictMark } from "../section";
import { refusalText } from "../sentences";
import { drawSeries } from "../series_chart";
import { percentilePlot, percentileText } from "../serving_charts";
import { plural } from "../text";

function refusals(result: ScenarioResult): HTMLElement | null {
  const refused = kDrawnPercentiles.flatMap((name) => {
    const figure = result.latency_ns[name];
    return "needs_queries" in figure ? [{ name: percentileTitle(name), needs: figure.needs_queries }] : [];
  });
  return refused.length > 0 ? el("p", { class: "note" }, refusalText(refused, observedOf(result))) : null;
}

function chartText(result: ScenarioResult): string {
  const given = markersOf(result).map(markerText);
  return `Histogram of ${formatCount(total(result.histogram))} latencies of ${scenarioName(result)}. ${given.join("; ") || "No percentile is given"}.`;
}

function picture(result: ScenarioResult): Child {
  const counted = total(result.histogram);
  if (counted < 2) {
    const what = counted === 0 ? "No query was recorded" : `One query of ${formatCount(result.samples)} samples was measured: ${formatNs(result.latency_ns.max)}`;
    return emptyPanel(`${what}. A distribution needs more queries.`);
  }
  return responsiveChart(chartText(result), (root, width) => drawLatency(root, width, result));
}

function formatEach(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : formatSignificant(value);
}

function summaryLine(result: ScenarioResult): string {
  const { count, one, many } = observedOf(result);
  const each = count > 0 && result.samples > count ? ` of ${formatEach(result.samples / count)} samples` : "";
  const parts = [
    `${formatCount(count)} ${plural(count, one, many)}${each} in ${formatNs(result.duration_ns)}`,
    `${formatSignificant(result.rate_per_s)}\u00a0samples/s`,
    threadsText(result.worker_threads),
  ];
  return parts.join(" \u00b7 ");
}

function figure(result: ScenarioResult): HTMLElement {
  return el(
    "figure",
    {},
    el(
      "figcaption",
      {},
      el("h3", {}, `${result.scenario} \u00b7 ${workloadWords(result)} `, verdictMark(result.verdict)),
      el("p", { class: "subtitle" }, result.description),
      el("p", { class: "subtitle" }, summaryLine(result)),
    ),
    picture(result),
    refusals(result),
    result.partial ? el("p", { class: "note" }, "This scenario was cut short: the figures are of the queries until then.") : null,
    result.failure ? el("p", { class: "note" }, `The workload failed: ${result.failure}`) : null,
    reasonList(result.reasons),
  );
}

/** One workload's scenarios in one chart: where they part is what they are for. */
function together(group: Group): HTMLElement | null {
  const drawn = group.results.filter((result) => total(result.histogram) > 1);
  if (drawn.length < 2) return null;
  return el(
    "figure",
    { class: "wide" },
    el("figcaption", {}, el("h3", {}, `${workloadWords(group)}: latency against percentile`)),
    responsiveChart(percentileText(drawn), (root, width) => drawSeries(root, width, percentilePlot(drawn)), { paperWidth: kPaperWidth }),
  );
}

function finding(group: Group, report: Report): HTMLElement {
  return el("p", { class: "finding" }, el("strong", {}, `${workloadWords(group)}. `), ...partsOf(findingsOf(group, report.sections.peak_rates ?? [])));
}

export function scenarios(report: Report): Child[] {
  const results = report.sections.scenarios;
  if (!results || results.length === 0) {
    return [emptyPanel("This report holds no scenario: that part was not asked for, or the run ended before it.")];
  }
  const groups = groupsOf(results);
  return [
    ...groups.map((group) => finding(group, report)),
    ...groups.map(together),
    el("div", { class: "figures" }, ...results.map(figure)),
    ...scenarioTables(results),
    el("p", { class: "note" }, "Latency counts from the scheduled arrival. Intervals are exact order statistics; independent latencies are those left after their dependence on each other is taken out."),
  ];
}
