// What the scenarios showed of this machine, in words, as reports/text/scenario_findings.cpp says it in a terminal.
import type { PercentileName, ScenarioResult } from "./document";
import { formatCount, formatNs, formatPercent, formatPerSecond, formatSignificant } from "./format";
import type { Sentence } from "./sentences";
import type { PeakRate } from "./serving_document";
import { listed, plural } from "./text";

export interface Group {
  workload: string;
  rung: string;
  results: ScenarioResult[];
}

/** Scenarios of one workload and rung together, in the order of the report. */
export function groupsOf(results: readonly ScenarioResult[]): Group[] {
  const groups: Group[] = [];
  for (const result of results) {
    const rung = result.rung ?? "";
    const known = groups.find((group) => group.workload === result.workload && group.rung === rung);
    if (known) known.results.push(result);
    else groups.push({ workload: result.workload, rung, results: [result] });
  }
  return groups;
}

export function workloadWords(of: { workload: string; rung?: string }): string {
  return of.rung ? `${of.workload}, ${of.rung}` : of.workload;
}

export function scenarioName(result: ScenarioResult): string {
  return `${result.scenario} ${workloadWords(result)}`;
}

export function batchingWords(of: { max_batch: number; max_delay_ns: number }): string {
  if (of.max_batch <= 1) return "batches of 1";
  const delay = of.max_delay_ns > 0 ? `, waiting ${formatNs(of.max_delay_ns)} for others at most` : "";
  return `batches of up to ${formatCount(of.max_batch)}${delay}`;
}

export function workersWords(count: number): string {
  return `${formatCount(count)} ${plural(count, "worker")}`;
}

/** "p99_9" -> "P99.9". */
export function percentileWords(key: string): string {
  return String(key).toUpperCase().replace("_", ".");
}

export function peakName(peak: PeakRate): string {
  return `Peak rate of ${workloadWords(peak)}, ${percentileWords(peak.percentile)} within ${formatNs(peak.bound_ns)}`;
}

const kOrder = ["SingleStream", "MultiStream", "Server", "Offline"] as const;

const kAsked: Record<string, string> = { bursty: "Asked in bursts", trace: "Asked as in the trace", periodic: "Asked at a fixed pace" };

function valueOf(result: ScenarioResult | undefined, name: PercentileName): number | null {
  const figure = result?.latency_ns[name];
  return figure && "value" in figure ? figure.value : null;
}

function doubt(result: ScenarioResult): string {
  return `${result.verdict === "VALID" ? "" : ` (${result.verdict})`}${result.partial ? " (cut short)" : ""}`;
}

function aloneSentence(single: ScenarioResult | undefined): Sentence {
  const median = valueOf(single, "p50");
  if (!single || median === null) return [];
  const tail = valueOf(single, "p99");
  return ["One sample takes ", { strong: formatNs(median) }, ` alone${tail === null ? "" : `, the slowest 1\u00a0% at least ${formatNs(tail)}`}${doubt(single)}. `];
}

function togetherSentence(multi: ScenarioResult | undefined, single: ScenarioResult | undefined): Sentence {
  const median = valueOf(multi, "p50");
  if (!multi || median === null) return [];
  const alone = valueOf(single, "p50");
  const times = alone ? `, ${formatSignificant(median / alone)} times as long as one, with ${workersWords(multi.worker_threads)}` : "";
  const frames = multi.frames
    ? `; of ${formatCount(multi.queries)} ${plural(multi.queries, "frame")} at a period of ${formatNs(multi.frames.period_ns)}, ${formatCount(multi.frames.missed)} missed the deadline of ${formatNs(multi.frames.deadline_ns)}`
    : "";
  return [`${formatCount(multi.samples_per_query ?? 1)} at once take `, { strong: formatNs(median) }, `${times}${doubt(multi)}${frames}. `];
}

function servedSentence(server: ScenarioResult | undefined): Sentence {
  const median = valueOf(server, "p50");
  const tail = valueOf(server, "p99");
  if (!server?.arrivals || (median === null && tail === null)) return [];
  const { kind, offered_qps: offered } = server.arrivals;
  const asked = Object.hasOwn(kAsked, kind) ? kAsked[kind] : "Asked at random moments";
  const busy = typeof server.worker_utilisation === "number" ? ` (workers busy ${formatPercent(server.worker_utilisation)} of the time)` : "";
  const sentence: Sentence = [`${asked}, ${formatPerSecond(offered)}${busy}, `];
  if (median !== null) sentence.push(`half of the queries take ${formatNs(median)}${tail === null ? "" : " or less and "}`);
  if (tail !== null) sentence.push("the slowest 1\u00a0% at least ", { strong: formatNs(tail) });
  const parts = server.queue_ns && server.service_ns && server.service_ns.mean > 0
    ? `: on average ${formatNs(server.queue_ns.mean)} in the queue and ${formatNs(server.service_ns.mean)} in service`
    : "";
  sentence.push(`${doubt(server)}${parts}. `);
  return sentence;
}

function allSentence(offline: ScenarioResult | undefined, single: ScenarioResult | undefined): Sentence {
  if (!offline) return [];
  const times = single && single.rate_per_s > 0 ? `, ${formatSignificant(offline.rate_per_s / single.rate_per_s)} times as many as one after the other` : "";
  return ["All together, it does ", { strong: formatPerSecond(offline.rate_per_s) }, `${doubt(offline)}${times}. `];
}

function priceSentence(offline: ScenarioResult | undefined, peaks: readonly PeakRate[]): Sentence {
  return peaks.flatMap((peak): Sentence => {
    if (!peak.found || peak.verdict === "INVALID") return [];
    const share = offline && offline.rate_per_s > 0 ? `, ${formatPercent(peak.rate_qps / offline.rate_per_s)} of what it does all together` : "";
    return [
      `With ${percentileWords(peak.percentile)} held within ${formatNs(peak.bound_ns)}, ${batchingWords(peak)}, it serves `,
      { strong: formatPerSecond(peak.rate_qps) },
      ` (${formatSignificant(peak.low_qps)}\u2013${formatSignificant(peak.high_qps)})${share}${peak.verdict === "VALID" ? "" : ` (${peak.verdict})`}. `,
    ];
  });
}

/** One workload's paragraph: only from figures that are not INVALID; what is not there is named. */
export function findingsOf(group: Group, peaks: readonly PeakRate[]): Sentence {
  const all = (name: string): ScenarioResult | undefined => group.results.find((result) => result.scenario === name);
  const usable = (name: string): ScenarioResult | undefined => {
    const result = all(name);
    return result?.verdict === "INVALID" ? undefined : result;
  };
  const [single, multi, server, offline] = kOrder.map(usable);
  const own = peaks.filter((peak) => peak.workload === group.workload && peak.rung === group.rung);
  const invalid = kOrder.filter((name) => all(name) && !usable(name));
  const missing = kOrder.filter((name) => !all(name));
  return [
    ...aloneSentence(single),
    ...togetherSentence(multi, single),
    ...servedSentence(server),
    ...allSentence(offline, single),
    ...priceSentence(offline, own),
    ...(invalid.length > 0 ? [`INVALID and not told here: ${listed(invalid)}. `] : []),
    ...(missing.length > 0 ? [`Not measured: ${listed(missing)}.`] : []),
  ];
}
