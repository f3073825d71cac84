import { kPaperWidth, responsiveChart } from "../chart_frame";
import type { Report } from "../document";
import { el, type Child } from "../dom";
import { formatCount, formatNs, formatPerSecond, formatPercent, formatSignificant, toldNs } from "../format";
import { batchingWords, peakName, percentileWords, workersWords, workloadWords } from "../scenario_sentences";
import { withInterval } from "../scenario_tables";
import { emptyPanel, reasonList, verdictMark } from "../section";
import { drawSeries } from "../series_chart";
import { sweepPlot, sweepText } from "../serving_charts";
import type { LoadSweep, PeakRate, Probe } from "../serving_document";
import { foldedTable, table, type Column } from "../table";
import { listed } from "../text";

function sweepFigure(sweep: LoadSweep, peaks: readonly PeakRate[]): HTMLElement {
  // Theory and search speak of the same queue only where workload, workers and batches are the same.
  const own = peaks.filter(
    (peak) => peak.workload === sweep.workload && peak.rung === sweep.rung && peak.worker_threads === sweep.worker_threads && peak.max_batch === sweep.max_batch,
  );
  const drawn = sweepPlot(sweep, own);
  const picture = drawn.series.length > 0
    ? responsiveChart(sweepText(sweep), (root, width) => drawSeries(root, width, drawn), { paperWidth: kPaperWidth })
    : emptyPanel("No point of this sweep can be drawn: none has a latency that stands.");
  return el(
    "figure",
    { class: "wide" },
    el(
      "figcaption",
      {},
      el("h3", {}, `${workloadWords(sweep)}: throughput against latency`),
      el("p", { class: "subtitle" }, `${workersWords(sweep.worker_threads)}, ${batchingWords(sweep)}; one sample alone takes ${formatNs(sweep.service_mean_ns)}. Dashed: what a queue of that kind would do; hollow: a point that is not VALID.`),
    ),
    picture,
  );
}

const kProbeColumns: Column<Probe>[] = [
  { header: "Asked for", cell: (probe) => formatPerSecond(probe.target_qps) },
  { header: "Done", numeric: true, cell: (probe) => formatPerSecond(probe.achieved_qps) },
  { header: "P50", numeric: true, cell: (probe) => toldNs(probe.p50_ns) },
  { header: "P90", numeric: true, cell: (probe) => toldNs(probe.p90_ns) },
  { header: "P99", numeric: true, cell: (probe) => toldNs(probe.p99_ns) },
  { header: "Queue, service", numeric: true, cell: (probe) => `${formatNs(probe.queue_mean_ns)}, ${formatNs(probe.service_mean_ns)}` },
  { header: "Workers busy", numeric: true, cell: (probe) => formatPercent(probe.worker_utilisation) },
  { header: "Queries", numeric: true, cell: (probe) => formatCount(probe.queries) },
  { header: "Verdict", cell: (probe) => verdictMark(probe.verdict) },
];

const kTrialColumns: Column<Probe>[] = [
  ...kProbeColumns.filter(({ header }) => !["P90", "Queries", "Verdict"].includes(header)),
  { header: "Over the bound", numeric: true, cell: (probe) => formatPercent(probe.over_fraction) },
  { header: "From", cell: (probe) => (probe.ascending ? "below" : "above") },
  { header: "Holds", cell: (probe) => verdictMark(probe.verdict) },
];

const kPeakColumns: Column<PeakRate>[] = [
  { header: "Workload", cell: workloadWords },
  { header: "Bound", cell: (peak) => `${percentileWords(peak.percentile)} within ${formatNs(peak.bound_ns)}` },
  { header: "Served", cell: (peak) => `${batchingWords(peak)}, ${workersWords(peak.worker_threads)}` },
  {
    header: "Highest rate",
    numeric: true,
    cell: (peak) => (peak.found ? withInterval(formatPerSecond(peak.rate_qps), `${formatSignificant(peak.low_qps)}\u2013${formatSignificant(peak.high_qps)}\u00a0/s`) : el("span", { class: "absent" }, "not even the lowest rate tried holds it")),
  },
  { header: "Replicates", numeric: true, cell: (peak) => formatCount(peak.replicates_qps.length) },
  { header: "Theory predicts", cell: (peak) => listed(peak.predictions.map(({ model, rate_qps: rate }) => `${model} ${formatPerSecond(rate)}`)) || "\u2013" },
  { header: "One sample alone", numeric: true, cell: (peak) => el("span", {}, formatNs(peak.service_mean_ns), el("span", { class: "below" }, `squared variation ${formatSignificant(peak.service_cv2, 2)}`)) },
  { header: "Verdict", cell: (peak) => verdictMark(peak.verdict) },
];

export function serving(report: Report): Child[] {
  const { peak_rates: peaks = [], load_sweeps: sweeps = [] } = report.sections;
  if (peaks.length === 0 && sweeps.length === 0) return [emptyPanel("No rate was searched and no load was swept.")];
  return [
    ...sweeps.map((sweep) => sweepFigure(sweep, peaks)),
    ...(peaks.length > 0 ? [table("Highest rates that hold a bound, with 95\u00a0% intervals over the replicates", kPeakColumns, peaks)] : []),
    ...peaks.map((peak) => reasonList(peak.reasons)),
    ...sweeps.map((sweep) => foldedTable(`${workloadWords(sweep)}: every point of the sweep`, kProbeColumns, sweep.points)),
    ...peaks.map((peak) => foldedTable(`${peakName(peak)}, ${batchingWords(peak)}: every probe`, kTrialColumns, peak.probes)),
  ];
}
