import type { Report } from "../document";
import { el, type Child } from "../dom";
import { formatCount, formatNs, formatPercent, formatPerSecond, formatSignificant } from "../format";
import { emptyPanel, reasonList, verdictMark } from "../section";
import type { CalibrationSection, QueueCalibration, SlipCalibration } from "../serving_document";
import { table, type Column } from "../table";

const kNone = "\u2013";

/** How many clock reads a time is worth: what a harness can be held against on any machine. */
function inReads(ns: number, section: CalibrationSection): string {
  return section.clock_read_ns > 0 ? `${formatSignificant(ns / section.clock_read_ns)} clock reads` : "no clock read was timed";
}

function reads(ns: number, section: CalibrationSection): Child {
  return el("span", {}, el("strong", {}, formatNs(ns)), el("span", { class: "below" }, inReads(ns, section)));
}

function slipColumns(section: CalibrationSection): Column<SlipCalibration>[] {
  return [
    { header: "Asked for", cell: (slip) => formatPerSecond(slip.target_qps) },
    { header: "Slip P50", numeric: true, cell: (slip) => reads(slip.p50_ns, section) },
    { header: "P99", numeric: true, cell: (slip) => formatNs(slip.p99_ns) },
    { header: "P99.9", numeric: true, cell: (slip) => formatNs(slip.p99_9_ns) },
    { header: "Over 1\u00a0\u00b5s", numeric: true, cell: (slip) => formatPercent(slip.over_1us_fraction) },
    { header: "Gaps of that CPU, P99", numeric: true, cell: (slip) => (typeof slip.gap_p99_ns === "number" ? formatNs(slip.gap_p99_ns) : kNone) },
    { header: "Lost in gaps", numeric: true, cell: (slip) => (typeof slip.gap_loss_fraction === "number" ? formatPercent(slip.gap_loss_fraction) : kNone) },
    { header: "Queries", numeric: true, cell: (slip) => formatCount(slip.queries) },
  ];
}

interface OverheadRow {
  what: string;
  figure: Child;
}

function overheadRows(section: CalibrationSection): OverheadRow[] {
  return [
    { what: "What a query of no work is reported to take, P50", figure: reads(section.null_overhead.reported_latency_p50_ns, section) },
    { what: "Between two such queries, P50", figure: reads(section.null_overhead.between_queries_p50_ns, section) },
    { what: "One clock read", figure: formatNs(section.clock_read_ns) },
    { what: "Samples of no work in Offline", figure: formatPerSecond(section.offline_null_samples_per_s) },
    { what: "Queries of no work that Server keeps its schedule with", figure: formatPerSecond(section.server_null_qps) },
  ];
}

function off(measured: number, truth: number): string {
  if (!(truth > 0)) return kNone;
  const share = measured / truth - 1;
  return `${share < 0 ? "\u2212" : "+"}${formatPercent(Math.abs(share))}`;
}

const tail = (queue: QueueCalibration): Child =>
  typeof queue.measured_p99_ns === "number" && typeof queue.lindley_p99_ns === "number"
    ? el("span", {}, formatNs(queue.measured_p99_ns), el("span", { class: "below" }, `Lindley ${formatNs(queue.lindley_p99_ns)}, off ${off(queue.measured_p99_ns, queue.lindley_p99_ns)}`))
    : kNone;

const kQueueColumns: Column<QueueCalibration>[] = [
  { header: "Queue", cell: (queue) => `${queue.model} at ${formatSignificant(queue.utilisation, 2)}${queue.stalled ? ", stalled on purpose" : ""}` },
  { header: "Mean measured", numeric: true, cell: (queue) => el("strong", {}, formatNs(queue.measured_mean_ns)) },
  { header: "Lindley", numeric: true, cell: (queue) => formatNs(queue.lindley_mean_ns) },
  { header: "Off", numeric: true, cell: (queue) => off(queue.measured_mean_ns, queue.lindley_mean_ns) },
  { header: "Off the issues", numeric: true, cell: (queue) => off(queue.measured_mean_ns, queue.lindley_issued_mean_ns) },
  { header: "Theory", numeric: true, cell: (queue) => queue.theory_mean_ns === 0 ? kNone : el("span", {}, formatNs(queue.theory_mean_ns), el("span", { class: "below" }, `\u00b1 ${formatNs(queue.theory_standard_error_ns)}`)) },
  { header: "P99 measured", numeric: true, cell: tail },
  { header: "Queries", numeric: true, cell: (queue) => formatCount(queue.queries) },
  { header: "Quiet", cell: (queue) => (queue.quiet ? "yes" : queue.disturbed_by.join("; ") || "no") },
];

export function calibration(report: Report): Child[] {
  const section = report.sections.calibration;
  if (!section) return [emptyPanel("The harness was not calibrated in this run.")];
  return [
    el("p", {}, "The harness held against known truths: ", verdictMark(section.verdict)),
    reasonList(section.reasons),
    table("Schedule slip: how late queries of no work are issued", slipColumns(section), section.schedule_slip),
    table("What the harness costs", [
      { header: "What", cell: (row: OverheadRow) => row.what },
      { header: "Figure", numeric: true, cell: (row: OverheadRow) => row.figure },
    ], overheadRows(section)),
    table("Queues with a known answer", kQueueColumns, section.queue),
    el("p", { class: "note" }, "Gaps are what a thread that only watches the clock loses on that CPU: no generator can avoid them. Lindley is the recursion over the same arrivals with the service times of the run; the figure beside theory is its sampling error for a run of that length."),
  ];
}
