import type { Disturbance, NoiseFloor, NumberReading, Report } from "../document";
import { el, type Child } from "../dom";
import { formatCount, formatNs, formatPercent, formatPerSecond, kNotAvailable } from "../format";
import { emptyPanel, reasonList } from "../section";
import { quietSentence } from "../sentences";
import { figureName } from "../teams";
import { foldedTable, table, type Column } from "../table";

function reading(value: NumberReading, format: (value: number) => string): Child {
  if (!("value" in value)) return el("span", { class: "absent" }, `${kNotAvailable}: ${value.unavailable}`);
  return format(value.value);
}

interface Condition {
  name: string;
  value: NumberReading;
  format: (value: number) => string;
}

function conditionsOf(disturbance: Disturbance): Condition[] {
  const cores = (value: number): string => `${value.toFixed(3)} cores`;
  return [
    { name: "Foreign CPU time on the measured CPUs", value: disturbance.foreign_cpu_cores, format: cores },
    { name: "Stolen by the hypervisor", value: disturbance.steal_fraction, format: formatPercent },
    { name: "Share of the measured thread, CPU over wall time", value: disturbance.share, format: formatPercent },
    { name: "Lost in gaps", value: disturbance.gap_loss_fraction, format: formatPercent },
    { name: "Periods stopped by a quota", value: disturbance.quota_throttled, format: formatCount },
    { name: "Voluntary context switches", value: disturbance.voluntary_switches, format: formatCount },
    { name: "Involuntary context switches", value: disturbance.involuntary_switches, format: formatCount },
    { name: "Minor page faults", value: disturbance.minor_faults, format: formatCount },
    { name: "Major page faults", value: disturbance.major_faults, format: formatCount },
  ];
}

const kConditionColumns: Column<Condition>[] = [
  { header: "Condition", cell: (row) => row.name },
  { header: "Measured", numeric: true, cell: (row) => reading(row.value, row.format) },
  { header: "Source", cell: (row) => ("source" in row.value ? row.value.source : "\u2013") },
];

const kFloorColumns: Column<NoiseFloor>[] = [
  { header: "CPU", cell: (floor) => `cpu ${floor.cpu}` },
  { header: "Watched", numeric: true, cell: (floor) => formatNs(floor.watched_ns) },
  { header: "Lost in gaps", numeric: true, cell: (floor) => el("strong", {}, formatPercent(floor.loss_fraction)) },
  { header: "Gaps", numeric: true, cell: (floor) => `${formatCount(floor.gaps)} (${formatPerSecond(floor.gaps_per_s)})` },
  { header: "A gap is longer than", numeric: true, cell: (floor) => formatNs(floor.threshold_ns) },
  { header: "Gap P50", numeric: true, cell: (floor) => formatNs(floor.gap_p50_ns) },
  { header: "Gap P99", numeric: true, cell: (floor) => formatNs(floor.gap_p99_ns) },
  { header: "Longest gap", numeric: true, cell: (floor) => formatNs(floor.gap_max_ns) },
];

interface Taken {
  name: string;
  disturbance: Disturbance;
}

function figuresOf(report: Report): Taken[] {
  const { roofline, scenarios } = report.sections;
  return [
    ...(roofline?.roofs ?? []).map((roof) => ({ name: figureName(roof), disturbance: roof.disturbance })),
    ...(roofline?.dots ?? []).map((dot) => ({ name: figureName(dot), disturbance: dot.disturbance })),
    ...(scenarios ?? []).map((result) => ({ name: `${result.scenario} ${result.workload}`, disturbance: result.disturbance })),
  ];
}

const kTakenColumns: Column<Taken>[] = [
  { header: "Figure", cell: (taken) => taken.name },
  { header: "Wall time", numeric: true, cell: (taken) => formatNs(taken.disturbance.wall_ns) },
  { header: "Foreign CPU, cores", numeric: true, cell: (taken) => reading(taken.disturbance.foreign_cpu_cores, (value) => value.toFixed(3)) },
  { header: "Stolen", numeric: true, cell: (taken) => reading(taken.disturbance.steal_fraction, formatPercent) },
  { header: "Share", numeric: true, cell: (taken) => reading(taken.disturbance.share, formatPercent) },
  { header: "Lost in gaps", numeric: true, cell: (taken) => reading(taken.disturbance.gap_loss_fraction, formatPercent) },
  { header: "Quota stops", numeric: true, cell: (taken) => reading(taken.disturbance.quota_throttled, formatCount) },
];

export function quiet(report: Report): Child[] {
  const floors = report.quiet.noise_floor;
  const taken = figuresOf(report);
  const sentence = quietSentence(report).map((part) => (typeof part === "string" ? part : el("strong", {}, part.strong)));
  return [
    el("p", {}, ...sentence),
    reasonList(report.quiet.reasons),
    table("The whole run", kConditionColumns, conditionsOf(report.quiet.disturbance)),
    floors.length > 0
      ? table("Noise floor: pauses of a thread that does nothing but watch the clock", kFloorColumns, floors)
      : emptyPanel("The noise floor was not measured."),
    el("p", { class: "note" }, "A tail below the noise floor belongs to the machine, not to the workload."),
    taken.length > 0 ? foldedTable("Conditions while each figure was taken", kTakenColumns, taken) : null,
  ];
}
