import { kPaperWidth, responsiveChart } from "../chart_frame";
import type { Report } from "../document";
import { el, type Child } from "../dom";
import { formatCount, formatNs, formatNsRange, formatPerSecond, formatPercent, formatSignificant, toldNs } from "../format";
import { workloadWords } from "../scenario_sentences";
import { withInterval } from "../scenario_tables";
import { emptyPanel, reasonList, verdictMark } from "../section";
import { drawSeries, type Plot } from "../series_chart";
import { cloudPlot, cloudText, edgePlot, edgeText } from "../serving_charts";
import type { CameraTrial, Cloud, CloudPoint, Edge, Estimate, Mobile, PeakRate, TrackResult } from "../serving_document";
import { table, type Column } from "../table";
import { drawTenths, tenthsText } from "../tenths_chart";
import { plural } from "../text";

function picture(plot: Plot, words: string): HTMLElement {
  if (plot.series.length === 0) return emptyPanel("Nothing of this experiment can be drawn.");
  return responsiveChart(words, (root, width) => drawSeries(root, width, plot), { paperWidth: kPaperWidth });
}

function peakCell(peak: PeakRate): Child {
  if (!peak.found) return el("span", { class: "absent" }, "not held at any rate tried");
  return withInterval(formatPerSecond(peak.rate_qps), `${formatSignificant(peak.low_qps)}\u2013${formatSignificant(peak.high_qps)}\u00a0/s`);
}

/** With one digit after the point: shares near 0 and below it are compared. */
const percent = (share: number): string => (Number.isFinite(share) ? (Math.round(share * 1000) / 10 + 0).toFixed(1).replace("-", "\u2212") : "not a number");

function shareCell({ value, low, high }: Estimate): Child {
  return withInterval(`${percent(value)}\u00a0%`, `${percent(low)} to ${percent(high)}\u00a0%`);
}

const kCloudColumns: Column<CloudPoint>[] = [
  { header: "Bound", cell: (point) => `${formatSignificant(point.k, 2)} times` },
  { header: "P99 within", numeric: true, cell: (point) => formatNs(point.alone.bound_ns) },
  { header: "One at a time", numeric: true, cell: (point) => peakCell(point.alone) },
  { header: "With the batcher", numeric: true, cell: (point) => peakCell(point.batched) },
  { header: "Gap to Offline", numeric: true, cell: (point) => shareCell(point.gap) },
  { header: "Closed by batches", numeric: true, cell: (point) => shareCell(point.closed) },
];

function cloudParts(cloud: Cloud): Child[] {
  const { value, low, high } = cloud.offline_per_s;
  return [
    el("p", {}, `Offline in batches of ${formatCount(cloud.offline_batch)} does `, el("strong", {}, formatPerSecond(value)), ` (${formatSignificant(low)}\u2013${formatSignificant(high)}); one sample alone takes ${formatNs(cloud.service_ns)}. Each bound is k times that.`),
    picture(cloudPlot(cloud.points), cloudText(cloud.points)),
    table("Offline against Server, bound by bound", kCloudColumns, cloud.points),
  ];
}

const kEdgeColumns: Column<CameraTrial>[] = [
  { header: "Cameras", cell: (trial) => `${formatCount(trial.cameras)} ${plural(trial.cameras, "camera")}` },
  { header: "Frames", numeric: true, cell: (trial) => formatCount(trial.frames) },
  { header: "Late", numeric: true, cell: (trial) => formatCount(trial.missed) },
  { header: "P50", numeric: true, cell: (trial) => formatNs(trial.p50_ns) },
  {
    header: "P99",
    numeric: true,
    cell: (trial) => withInterval(toldNs(trial.p99_ns), trial.p99_low_ns === null || trial.p99_high_ns === null ? "no interval" : formatNsRange(trial.p99_low_ns, trial.p99_high_ns)),
  },
  { header: "Skew P99", numeric: true, cell: (trial) => formatNs(trial.skew_p99_ns) },
  { header: "Holds the deadline", cell: (trial) => verdictMark(trial.holds) },
];

function edgeParts(edge: Edge): Child[] {
  return [
    el(
      "p",
      {},
      `One camera alone takes ${formatNs(edge.alone_p50_ns)} at the median: in a loop of ${formatNs(edge.period_ns)} with ${formatCount(edge.threads)} ${plural(edge.threads, "thread")} that promises `,
      el("strong", {}, formatCount(edge.naive)),
      `; P99 within ${formatNs(edge.deadline_ns)} is held with `,
      el("strong", {}, formatCount(edge.holds)),
      ".",
    ),
    picture(edgePlot(edge), edgeText(edge)),
    table("Cameras at once", kEdgeColumns, edge.trials),
  ];
}

function mobileParts(mobile: Mobile): Child[] {
  const some = mobile.missed_by_tenth.length > 0;
  return [
    el(
      "p",
      {},
      `${formatSignificant(mobile.frames_per_s)} frames a second for ${formatNs(mobile.burst_ns)}: `,
      el("strong", {}, `${formatCount(mobile.missed)} of ${formatCount(mobile.frames)}`),
      ` later than ${formatNs(mobile.period_ns)}. P50 ${formatNs(mobile.p50_ns)}, P99 ${toldNs(mobile.p99_ns)}; headroom at the median ${formatPercent(mobile.headroom_fraction)} of the period.`,
    ),
    some ? responsiveChart(tenthsText(mobile.missed_by_tenth), (root, width) => drawTenths(root, width, mobile.missed_by_tenth)) : null,
  ];
}

function trackParts(track: TrackResult): HTMLElement {
  return el(
    "figure",
    { class: "wide track" },
    el(
      "figcaption",
      {},
      el("h3", {}, `${track.track} \u00b7 ${workloadWords(track)} `, verdictMark(track.verdict)),
      el("p", { class: "subtitle" }, track.description),
      el("p", { class: "subtitle" }, track.fitted_by),
    ),
    ...track.findings.map((finding) => el("p", { class: "finding" }, finding)),
    track.partial ? el("p", { class: "note" }, "This track was cut short: the figures are of what ran until then.") : null,
    ...(track.cloud ? cloudParts(track.cloud) : []),
    ...(track.edge ? edgeParts(track.edge) : []),
    ...(track.mobile ? mobileParts(track.mobile) : []),
    reasonList(track.reasons),
  );
}

export function tracks(report: Report): Child[] {
  const all = report.sections.tracks ?? [];
  if (all.length === 0) return [emptyPanel("No track was run.")];
  return all.map(trackParts);
}
