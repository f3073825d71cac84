// The tables of the scenarios: what came, what was slow in it, what was held against a bound, what other processes got.
import type { Percentile, PercentileName, ScenarioResult } from "./document";
import { el, type Child } from "./dom";
import { formatCount, formatNs, formatNsRange, formatPercent, formatPerSecond, formatSignificant } from "./format";
import { observedOf } from "./histogram_view";
import { percentileTitle } from "./latency_chart";
import { batchingWords, percentileWords, scenarioName } from "./scenario_sentences";
import { verdictMark } from "./section";
import type { Between, Run } from "./serving_document";
import { foldedTable, table, type Column } from "./table";
import { plural } from "./text";

const kNone = "\u2013";

export function withInterval(value: string, interval: string): HTMLElement {
  return el("span", {}, el("strong", {}, value), " ", el("span", { class: "interval-text" }, interval));
}

function percentileCell(result: ScenarioResult, name: PercentileName): Child {
  const figure: Percentile = result.latency_ns[name];
  if ("needs_queries" in figure) return el("span", { class: "absent" }, `needs ${formatCount(figure.needs_queries)} ${observedOf(result).many}`);
  return withInterval(formatNs(figure.value), figure.low === null || figure.high === null ? "no interval" : formatNsRange(figure.low, figure.high));
}

function share(fraction: number | null | undefined, roof: string | undefined): string {
  return typeof fraction === "number" ? `${formatPercent(fraction)} (${roof ?? ""})` : "";
}

/** The roof that binds it and, beside it, the bandwidth. */
function roofCell(result: ScenarioResult): Child {
  const roof = share(result.roof_fraction, result.roof);
  const bandwidth = share(result.bandwidth_fraction, result.bandwidth_roof);
  if (!roof && !bandwidth) return kNone;
  return el("span", { class: "free" }, roof, bandwidth ? el("span", { class: "below" }, bandwidth) : null);
}

const kNames: readonly PercentileName[] = ["p50", "p90", "p95", "p99", "p99_9"];
const kScenario: Column<ScenarioResult> = { header: "Scenario", cell: scenarioName };

const kLatencyColumns: Column<ScenarioResult>[] = [
  kScenario,
  ...kNames.map((name) => ({ header: percentileTitle(name), numeric: true, cell: (result: ScenarioResult) => percentileCell(result, name) })),
  { header: "Mean", numeric: true, cell: (result) => formatNs(result.latency_ns.mean) },
  { header: "Longest", numeric: true, cell: (result) => formatNs(result.latency_ns.max) },
];

/** What was lost of the queries, where something was. */
function lostText(result: ScenarioResult): string {
  const parts = [
    [result.refused, "refused by a full queue"],
    [result.undrained, "still queued at the end"],
    [result.dropped, "not recorded"],
  ].flatMap(([count, what]) => (count ? [`${formatCount(Number(count))} ${what}`] : []));
  return parts.join(", ");
}

function queriesCell(result: ScenarioResult): Child {
  const lost = lostText(result);
  return el("span", {}, formatCount(result.queries), lost ? el("span", { class: "below free" }, lost) : null);
}

function answersText(result: ScenarioResult): string {
  const before = result.verified ? "yes" : "no";
  if (!result.answers || result.answers.checked === 0) return before;
  return `${before}; while it ran ${formatCount(result.answers.checked)}, ${formatCount(result.answers.wrong)} wrong`;
}

const kScenarioColumns: Column<ScenarioResult>[] = [
  kScenario,
  { header: "Samples per second", numeric: true, cell: (result) => el("strong", {}, formatSignificant(result.rate_per_s)) },
  { header: "Of its roof", numeric: true, cell: roofCell },
  { header: "Queries", numeric: true, cell: queriesCell },
  { header: "Independent latencies", numeric: true, cell: (result) => formatSignificant(result.latency_ns.p50.n_effective) },
  { header: "Answer checked", cell: answersText },
  { header: "Runs", cell: (result) => result.implementation },
  { header: "Verdict", cell: (result) => verdictMark(result.verdict) },
];

function arrivalsText(result: ScenarioResult): string {
  const { arrivals } = result;
  if (!arrivals) return kNone;
  const trace = arrivals.trace ? ` ${arrivals.trace}` : "";
  const burst = typeof arrivals.burst_duty === "number" && typeof arrivals.burst_period_ns === "number"
    ? ` in ${formatPercent(arrivals.burst_duty)} of every ${formatNs(arrivals.burst_period_ns)}`
    : "";
  return `${arrivals.kind}${trace}${burst}; wait: ${arrivals.wait}`;
}

const kArrivalColumns: Column<ScenarioResult>[] = [
  kScenario,
  { header: "Arrivals", cell: arrivalsText },
  { header: "Asked for", numeric: true, cell: (result) => (result.arrivals && result.arrivals.target_qps > 0 ? formatPerSecond(result.arrivals.target_qps) : kNone) },
  { header: "Came", numeric: true, cell: (result) => (result.arrivals ? formatPerSecond(result.arrivals.offered_qps) : kNone) },
  { header: "Slip P50", numeric: true, cell: ({ slip_ns: slip }) => formatNs(slip.p50) },
  { header: "Slip P99", numeric: true, cell: ({ slip_ns: slip }) => formatNs(slip.p99) },
  { header: "Slip P99.9", numeric: true, cell: ({ slip_ns: slip }) => (slip.p99_9 === undefined ? kNone : formatNs(slip.p99_9)) },
  { header: "Over 1\u00a0\u00b5s", numeric: true, cell: ({ slip_over_1us_fraction: share }) => (share === undefined ? kNone : formatPercent(share)) },
];

function batchText(result: ScenarioResult): string {
  const { batches } = result;
  if (!batches) return kNone;
  const most = batches.counts.length;
  return most > 1 ? `${batchingWords(batches)}; the largest was ${formatCount(most)}` : batchingWords(batches);
}

const kStageColumns: Column<ScenarioResult>[] = [
  kScenario,
  { header: "In the queue, mean", numeric: true, cell: (result) => (result.queue_ns ? formatNs(result.queue_ns.mean) : kNone) },
  { header: "P50", numeric: true, cell: (result) => (result.queue_ns ? formatNs(result.queue_ns.p50) : kNone) },
  { header: "P99", numeric: true, cell: (result) => (result.queue_ns ? formatNs(result.queue_ns.p99) : kNone) },
  { header: "In service, mean", numeric: true, cell: (result) => (result.service_ns ? formatNs(result.service_ns.mean) : kNone) },
  { header: "P50", numeric: true, cell: (result) => (result.service_ns ? formatNs(result.service_ns.p50) : kNone) },
  { header: "P99", numeric: true, cell: (result) => (result.service_ns ? formatNs(result.service_ns.p99) : kNone) },
  { header: "Workers busy", numeric: true, cell: (result) => (typeof result.worker_utilisation === "number" ? formatPercent(result.worker_utilisation) : kNone) },
  { header: "Batches", cell: batchText },
];

const percent = (share: number): string => formatSignificant(share * 100);

const kBoundColumns: Column<ScenarioResult>[] = [
  kScenario,
  { header: "Bound", cell: ({ bound }) => (bound ? `${percentileWords(bound.percentile)} within ${formatNs(bound.bound_ns)}` : kNone) },
  { header: "Took longer", numeric: true, cell: ({ bound }) => (bound ? withInterval(formatPercent(bound.over_fraction), `${percent(bound.over_low)}\u2013${percent(bound.over_high)}\u00a0%`) : kNone) },
  { header: "Queries count as", numeric: true, cell: ({ bound }) => (bound ? formatSignificant(bound.n_effective) : kNone) },
  { header: "To tell needs", numeric: true, cell: ({ bound }) => (typeof bound?.needs_queries === "number" ? formatCount(bound.needs_queries) : kNone) },
  {
    header: "MLPerf\u2019s early stopping",
    cell: ({ bound, early_stopping: early }) => {
      if (bound) return `asks for ${formatCount(bound.early_stopping_needs)} queries, ${bound.early_stopping_passes ? "passes" : "does not pass"}`;
      if (!early) return kNone;
      return `${percentileWords(early.percentile)} ${typeof early.needs_queries === "number" ? `needs ${formatCount(early.needs_queries)} queries` : formatNs(early.value_ns ?? 0)}`;
    },
  },
  { header: "Ours", cell: (result) => verdictMark(result.verdict) },
];

const kFrameColumns: Column<ScenarioResult>[] = [
  kScenario,
  { header: "Period", numeric: true, cell: ({ frames }) => (frames ? formatNs(frames.period_ns) : kNone) },
  { header: "Deadline", numeric: true, cell: ({ frames }) => (frames ? formatNs(frames.deadline_ns) : kNone) },
  { header: "Late", numeric: true, cell: ({ frames, queries }) => (frames ? `${formatCount(frames.missed)} of ${formatCount(queries)}` : kNone) },
  { header: "Skew P50", numeric: true, cell: ({ frames }) => (frames ? formatNs(frames.skew_p50_ns) : kNone) },
  { header: "Skew P99", numeric: true, cell: ({ frames }) => (frames ? formatNs(frames.skew_p99_ns) : kNone) },
];

type NumberedRun = Run & { name: string };

const kRunColumns: Column<NumberedRun>[] = [
  { header: "Run", cell: (run) => run.name },
  { header: "Seed", cell: (run) => String(run.seed) },
  { header: "Queries", numeric: true, cell: (run) => formatCount(run.queries) },
  { header: "Per second", numeric: true, cell: (run) => formatSignificant(run.rate_per_s) },
  { header: "P50", numeric: true, cell: (run) => (run.p50_ns === null ? kNone : formatNs(run.p50_ns)) },
  { header: "P90", numeric: true, cell: (run) => (run.p90_ns === null ? kNone : formatNs(run.p90_ns)) },
  { header: "P99", numeric: true, cell: (run) => (run.p99_ns === null ? kNone : formatNs(run.p99_ns)) },
  { header: "Quiet", cell: (run) => (run.quiet ? "yes" : "no") },
  { header: "Verdict", cell: (run) => verdictMark(run.verdict) },
];

function betweenText(name: string, between: Between | null | undefined, format: (value: number) => string): string[] {
  if (!between) return [];
  const interval = between.low === null || between.high === null ? "" : ` (95\u00a0% interval ${format(between.low)} to ${format(between.high)})`;
  return [`${name} ${format(between.mean)}${interval}`];
}

function runsOf(result: ScenarioResult): Child[] {
  const runs = result.runs ?? [];
  if (runs.length === 0) return [];
  const over = [...betweenText("P99", result.p99_between_runs_ns, formatNs), ...betweenText("rate", result.rate_between_runs_per_s, formatPerSecond)];
  const rows = runs.map((run, at) => ({ ...run, name: `${at + 1}` }));
  return [
    el("p", {}, `${scenarioName(result)}, ${formatCount(runs.length)} fresh ${plural(runs.length, "process", "processes")}: ${over.join("; ") || "no figure over them"}.`),
    foldedTable(`${scenarioName(result)}: each process`, kRunColumns, rows),
  ];
}

/** A table of those that have something to tell. */
function some(caption: string, columns: readonly Column<ScenarioResult>[], rows: readonly ScenarioResult[]): Child[] {
  return rows.length > 0 ? [table(caption, columns, rows)] : [];
}

export function scenarioTables(results: readonly ScenarioResult[]): Child[] {
  return [
    table("Latency of a query (of a batch in Offline), with 95\u00a0% intervals", kLatencyColumns, results),
    table("Throughput and how it was measured", kScenarioColumns, results),
    ...some("When queries came, and how late they were issued", kArrivalColumns, results.filter((result) => !result.closed_loop && result.scenario !== "Offline")),
    ...some("Queue against service", kStageColumns, results.filter((result) => (result.service_ns?.mean ?? 0) > 0)),
    ...some("Held against a bound", kBoundColumns, results.filter((result) => result.bound || result.early_stopping)),
    ...some("Frames", kFrameColumns, results.filter((result) => result.frames)),
    ...results.flatMap(runsOf),
  ];
}
