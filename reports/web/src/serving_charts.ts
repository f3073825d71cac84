// What the charts of scenarios, searches and tracks show, as curves and lines of series_chart.ts. Points are the report's
// figures; nothing is computed but where they stand.
import { formatCount, formatNs, formatNsRange, formatPercent, formatSignificant, toldNs } from "./format";
import { observedOf, total } from "./histogram_view";
import { unitOf } from "./latency_chart";
import { linearScale, logScale, logTicks, padded, scaleLinear, type Span } from "./scales";
import { percentileWords } from "./scenario_sentences";
import type { Axis, Kind, Plot, Rule, Series, SeriesPoint } from "./series_chart";
import type { CloudPoint, Edge, LoadSweep, PeakRate, Probe, ScenarioResult } from "./serving_document";

/** Ticks by 1 over the share of queries that are slower. */
const kNines = [
  { at: 2, name: "50\u00a0%" },
  { at: 10, name: "90\u00a0%" },
  { at: 100, name: "99\u00a0%" },
  { at: 1000, name: "99.9\u00a0%" },
  { at: 10_000, name: "99.99\u00a0%" },
  { at: 100_000, name: "99.999\u00a0%" },
  { at: 1_000_000, name: "99.9999\u00a0%" },
];

const kColours: readonly [string, Kind][] = [
  ["SingleStream", "compute"],
  ["MultiStream", "bandwidth"],
  ["Server", "kernel"],
  ["Offline", "latency"],
];

function latencyAxis(values: readonly number[], title: string): Axis {
  const domain = padded(values, 1.25, 1.25) ?? ([1, 10] as const);
  const unit = unitOf(domain[1]);
  return {
    title: `${title}, ${unit.name}`,
    domain,
    scale: logScale,
    ticks: logTicks,
    format: (ns) => formatSignificant(ns / unit.ns, 3).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""),
  };
}

function linearAxis(title: string, domain: Span, format: (value: number) => string, whole = false): Axis {
  return {
    title,
    domain,
    scale: linearScale,
    ticks: ([low, high], most) => scaleLinear().domain([low, high]).ticks(Math.max(2, Math.min(10, Math.floor(most)))).filter((tick) => !whole || Number.isInteger(tick)),
    format,
  };
}

/** Every bucket's upper end against the share of queries up to it; the last one stands where the run's length lets it be known. */
export function percentileCurve(result: ScenarioResult): SeriesPoint[] {
  const { alpha, first_bucket: first, counts } = result.histogram;
  const growth = Math.log((1 + alpha) / (1 - alpha));
  const all = total(result.histogram);
  const points: SeriesPoint[] = [];
  let below = 0;
  counts.forEach((count, k) => {
    if (!count) return;
    const ns = Math.exp((first + k) * growth);
    if (points.length === 0) points.push({ x: 1, y: ns, words: "" });
    below += count;
    points.push({ x: below < all ? all / (all - below) : 2 * all, y: ns, words: "" });
  });
  return points.filter((point) => Number.isFinite(point.y) && point.y > 0);
}

/** One workload's scenarios together: latency against percentile. */
export function percentilePlot(results: readonly ScenarioResult[]): Plot {
  const series = results.flatMap((result): Series[] => {
    const points = percentileCurve(result);
    if (points.length < 2) return [];
    const kind = kColours.find(([name]) => name === result.scenario)?.[1] ?? "latency";
    return [{ name: observedOf(result).one === "batch" ? `${result.scenario}, a batch` : result.scenario, kind, points, plain: true }];
  });
  const points = series.flatMap((one) => one.points);
  const most = Math.max(12, ...points.map((point) => point.x));
  return {
    x: {
      title: "share of queries that take no longer",
      domain: [1, most],
      scale: logScale,
      ticks: ([low, high], room) => {
        const shown = kNines.filter(({ at }) => at >= low && at <= high);
        const every = Math.ceil(shown.length / Math.max(1, room));
        return shown.filter((_, k) => k % every === 0).map(({ at }) => at);
      },
      format: (value) => kNines.find(({ at }) => at === value)?.name ?? "",
    },
    y: latencyAxis(points.map((point) => point.y), "latency"),
    series,
  };
}

export function percentileText(results: readonly ScenarioResult[]): string {
  const parts = results.map((result) => {
    const figures = (["p50", "p90", "p99"] as const).flatMap((name) => {
      const figure = result.latency_ns[name];
      return "value" in figure ? [`${name.toUpperCase()} ${formatNs(figure.value)}`] : [];
    });
    return `${result.scenario}: ${figures.join(", ") || "no percentile is given"}`;
  });
  return `Latency against the share of queries, ${parts.join("; ")}.`;
}

const rateAxis = (most: number): Axis => linearAxis("done, per second", [0, most], (value) => formatSignificant(value, 3).replace(/\.0+$/, ""));

function probeWords(name: string, probe: Probe, ns: number): string {
  return `${name} ${formatNs(ns)} at ${formatSignificant(probe.achieved_qps)} per second (asked ${formatSignificant(probe.target_qps)}), ${probe.verdict}`;
}

/** More bounds, or models, would be a chart of names; the table has them all. */
const kMostPeaks = 3;

/** Throughput against latency, with what theory and search say of the same queue. */
export function sweepPlot(sweep: LoadSweep, peaks: readonly PeakRate[]): Plot {
  const usable = sweep.points.filter((point) => (point.p50_ns ?? 0) > 0 || (point.p99_ns ?? 0) > 0);
  const curve = (name: string, kind: Kind, of: (probe: Probe) => number | null): Series => ({
    name,
    kind,
    points: usable.flatMap((probe) => {
      const ns = of(probe);
      return ns === null || !(ns > 0) ? [] : [{ x: probe.achieved_qps, y: ns, words: probeWords(name, probe, ns), hollow: probe.verdict !== "VALID" }];
    }),
  });
  const upright: Rule[] = [{ at: sweep.saturation_qps, words: `saturated, ${formatSignificant(sweep.saturation_qps)} /s` }];
  const level: Rule[] = [];
  for (const peak of peaks.slice(0, kMostPeaks)) {
    if (peak.found) upright.push({ at: peak.rate_qps, words: `${percentileWords(peak.percentile)} held: ${formatSignificant(peak.rate_qps)} /s` });
    for (const { model, rate_qps: rate } of peak.predictions.slice(0, kMostPeaks)) upright.push({ at: rate, words: `${model} predicts ${formatSignificant(rate)} /s`, dashed: true });
    level.push({ at: peak.bound_ns, words: `bound ${formatNs(peak.bound_ns)}` });
  }
  const rates = [...usable.map((point) => point.achieved_qps), ...upright.map((rule) => rule.at)];
  return {
    x: rateAxis(Math.max(1e-9, ...rates.filter(Number.isFinite)) * 1.06),
    y: latencyAxis([...usable.flatMap((point) => [point.p50_ns, point.p99_ns]).filter((ns): ns is number => ns !== null), ...level.map((rule) => rule.at)], "latency"),
    series: usable.length > 0 ? [curve("P99", "kernel", (probe) => probe.p99_ns), curve("P50", "compute", (probe) => probe.p50_ns)] : [],
    upright,
    level,
  };
}

export function sweepText(sweep: LoadSweep): string {
  const parts = sweep.points.map((point) => `${formatSignificant(point.achieved_qps)} per second: P50 ${toldNs(point.p50_ns)}, P99 ${toldNs(point.p99_ns)}`);
  return `Throughput against latency of ${sweep.workload}, saturated at ${formatSignificant(sweep.saturation_qps)} per second. ${parts.join("; ")}.`;
}

/** Share lost to the bound, and how much of that batches bring back, against k. */
export function cloudPlot(points: readonly CloudPoint[]): Plot {
  const curve = (name: string, kind: Kind, of: (point: CloudPoint) => CloudPoint["gap"]): Series => ({
    name,
    kind,
    points: points.map((point) => {
      const { value, low, high } = of(point);
      return { x: point.k, y: value, low, high, words: `${name} ${formatPercent(value)} at k = ${formatSignificant(point.k, 2)}` };
    }),
  });
  const series = [curve("gap", "kernel", (point) => point.gap), curve("closed by batches", "compute", (point) => point.closed)];
  const values = series.flatMap((one) => one.points.flatMap((point) => [point.y, point.low ?? point.y, point.high ?? point.y])).filter(Number.isFinite);
  const ks = points.map((point) => point.k);
  return {
    x: linearAxis("bound, times one sample's service", [0, Math.max(1, ...ks) * 1.05], (value) => `${value}\u00d7`),
    y: linearAxis("share", [Math.min(0, ...values), Math.max(1, ...values)], formatWhole),
    series: points.length > 0 ? series : [],
  };
}

const formatWhole = (share: number): string => `${formatCount(Math.round(share * 100)).replace("-", "\u2212")}\u00a0%`;

export function cloudText(points: readonly CloudPoint[]): string {
  const parts = points.map((point) => `k ${formatSignificant(point.k, 2)}: gap ${formatPercent(point.gap.value)}, closed ${formatPercent(point.closed.value)}`);
  return `Gap to Offline and the share of it that batches close, against the bound. ${parts.join("; ")}.`;
}

/** P99 against the number of cameras, beside the deadline and what one camera's figure promises. */
export function edgePlot(edge: Edge): Plot {
  const trials = edge.trials.filter((trial) => trial.p50_ns > 0);
  const told = trials.filter((trial) => trial.p99_ns !== null && trial.p99_ns > 0);
  const curve = (name: string, kind: Kind, of: (trial: Edge["trials"][number]) => Omit<SeriesPoint, "x" | "words">, of_trials = trials): Series => ({
    name,
    kind,
    points: of_trials.map((trial) => ({ x: trial.cameras, ...of(trial), words: `${trial.cameras} cameras: ${name} ${formatNs(of(trial).y)}`, hollow: trial.holds === "INCONCLUSIVE" })),
  });
  const series = [
    curve("P99", "kernel", (trial) => ({ y: trial.p99_ns ?? 0, low: trial.p99_low_ns, high: trial.p99_high_ns }), told),
    curve("P50", "compute", (trial) => ({ y: trial.p50_ns })),
  ];
  const most = Math.max(2, edge.naive, ...trials.map((trial) => trial.cameras));
  const values = trials.flatMap((trial) => [trial.p50_ns, trial.p99_ns, trial.p99_low_ns, trial.p99_high_ns]).filter((ns): ns is number => typeof ns === "number");
  return {
    x: linearAxis("cameras", [0, most + 0.5], String, true),
    y: latencyAxis([...values, edge.deadline_ns], "latency of a frame"),
    series: trials.length > 0 ? series : [],
    upright: [
      { at: edge.holds, words: `P99 is held with ${edge.holds}` },
      { at: edge.naive, words: `one camera's figure promises ${edge.naive}`, dashed: true },
    ],
    level: [{ at: edge.deadline_ns, words: `deadline ${formatNs(edge.deadline_ns)}` }],
  };
}

export function edgeText(edge: Edge): string {
  const parts = edge.trials.map((trial) => {
    const interval = trial.p99_low_ns === null || trial.p99_high_ns === null ? "" : ` (${formatNsRange(trial.p99_low_ns, trial.p99_high_ns)})`;
    return `${trial.cameras}: P99 ${toldNs(trial.p99_ns)}${interval}`;
  });
  return `Latency of a frame against the number of cameras, deadline ${formatNs(edge.deadline_ns)}; one camera promises ${edge.naive}, ${edge.holds} hold. ${parts.join("; ")}.`;
}
