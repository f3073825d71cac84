import { responsiveChart } from "../chart_frame";
import type { Percentile, PercentileName, Report, ScenarioResult } from "../document";
import { el, type Child } from "../dom";
import { formatCount, formatNs, formatNsRange, formatPercent, formatSignificant } from "../format";
import { observedOf, total } from "../histogram_view";
import { drawLatency, kDrawnPercentiles, markersOf, markerText, percentileTitle } from "../latency_chart";
import { threadsText } from "../names";
import { emptyPanel, reasonList, verdictMark } from "../section";
import { refusalText } from "../sentences";
import { table, type Column } from "../table";
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
  return `Histogram of ${formatCount(total(result.histogram))} latencies of ${result.scenario} ${result.workload}. ${given.join("; ") || "No percentile is given"}.`;
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
      el("h3", {}, `${result.scenario} \u00b7 ${result.workload} `, verdictMark(result.verdict)),
      el("p", { class: "subtitle" }, result.description),
      el("p", { class: "subtitle" }, summaryLine(result)),
    ),
    picture(result),
    refusals(result),
    result.partial ? el("p", { class: "note" }, "This scenario was cut short: the figures are of the queries until then.") : null,
    reasonList(result.reasons),
  );
}

const kPercentileNames: readonly PercentileName[] = ["p50", "p90", "p95", "p99", "p99_9"];

function percentileCell(result: ScenarioResult, name: PercentileName): Child {
  const figureOf: Percentile = result.latency_ns[name];
  if ("needs_queries" in figureOf) return el("span", { class: "absent" }, `needs ${formatCount(figureOf.needs_queries)} ${observedOf(result).many}`);
  const interval = figureOf.low === null || figureOf.high === null ? "no interval" : formatNsRange(figureOf.low, figureOf.high);
  return el("span", {}, el("strong", {}, formatNs(figureOf.value)), " ", el("span", { class: "interval-text" }, interval));
}

function nameOf(result: ScenarioResult): string {
  return `${result.scenario} ${result.workload}`;
}

const kLatencyColumns: Column<ScenarioResult>[] = [
  { header: "Scenario", cell: nameOf },
  ...kPercentileNames.map((name) => ({
    header: percentileTitle(name),
    numeric: true,
    cell: (result: ScenarioResult) => percentileCell(result, name),
  })),
  { header: "Mean", numeric: true, cell: (result) => formatNs(result.latency_ns.mean) },
  { header: "Longest", numeric: true, cell: (result) => formatNs(result.latency_ns.max) },
];

const kScenarioColumns: Column<ScenarioResult>[] = [
  { header: "Scenario", cell: nameOf },
  { header: "Samples per second", numeric: true, cell: (result) => el("strong", {}, formatSignificant(result.rate_per_s)) },
  { header: "Of its roof", numeric: true, cell: (result) => (result.roof_fraction === null ? "\u2013" : el("span", {}, formatPercent(result.roof_fraction), " ", el("span", { class: "free" }, `(${result.roof})`))) },
  { header: "Queries", numeric: true, cell: (result) => formatCount(result.queries) },
  { header: "Independent latencies", numeric: true, cell: (result) => formatSignificant(result.latency_ns.p50.n_effective) },
  { header: "Slip P50, P99", numeric: true, cell: (result) => (result.closed_loop ? "closed loop" : `${formatNs(result.slip_ns.p50)}, ${formatNs(result.slip_ns.p99)}`) },
  { header: "Answer checked", cell: (result) => (result.verified ? "yes" : "no") },
  { header: "Not recorded", numeric: true, cell: (result) => formatCount(result.dropped) },
  { header: "Runs", cell: (result) => result.implementation },
  { header: "Verdict", cell: (result) => verdictMark(result.verdict) },
];

export function scenarios(report: Report): Child[] {
  const results = report.sections.scenarios;
  if (!results || results.length === 0) {
    return [emptyPanel("This report holds no scenario: that part was not asked for, or the run ended before it.")];
  }
  return [
    el("div", { class: "figures" }, ...results.map(figure)),
    table("Latency of a query (of a batch in Offline), with 95\u00a0% intervals", kLatencyColumns, results),
    table("Throughput and how it was measured", kScenarioColumns, results),
    el("p", { class: "note" }, "Latency counts from the scheduled arrival. Intervals are exact order statistics; independent latencies are those left after their dependence on each other is taken out."),
  ];
}
