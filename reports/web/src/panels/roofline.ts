import { responsiveChart } from "../chart_frame";
import type { Dot, Report, Roof, RooflineSection } from "../document";
import { el, type Child } from "../dom";
import { formatCount, formatFlopRate, formatHertz, formatNs, formatPercent, formatRate, formatSignificant, kNotAvailable, rateOf } from "../format";
import { flagsOf, isaName, roofName, threadsText } from "../names";
import { drawRoofline } from "../roofline_chart";
import { axesOf, groupsOf, type Ridge, type ThreadGroup } from "../roofline_view";
import { emptyPanel, verdictMark } from "../section";
import { foldedTable, table, type Column } from "../table";

/** The chart in words, for who cannot see it. */
function chartText(group: ThreadGroup): string {
  const roofs = [...group.compute, ...group.bandwidth].map((roof) => `${roofName(roof)} ${formatRate(roof.kind, rateOf(roof).best)}`);
  const dots = group.dots.map((dot) => `${dot.kernel} ${formatFlopRate(dot.rate_flop_per_s.best)} at ${formatSignificant(dot.intensity_flop_per_byte)} flop per byte`);
  return `Roofline with ${threadsText(group.threads)}. Roofs: ${roofs.join("; ") || "none"}. Kernels: ${dots.join("; ") || "none"}.`;
}

function key(): HTMLElement {
  const entry = (kind: string, words: string): HTMLElement => el("span", { class: "key" }, el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), words);
  return el(
    "p",
    { class: "keys" },
    entry("solid", "best of the windows"),
    entry("dashed", "their median"),
    entry("full", "kernel, best"),
    entry("ring", "kernel, median"),
    entry("diamond", "ridge point: right of it arithmetic binds, left of it memory"),
  );
}

function charts(section: RooflineSection): Child[] {
  const groups = groupsOf(section);
  const axes = axesOf(groups);
  if (!axes) return [emptyPanel("No roof and no kernel was measured.")];
  const figures = groups.map((group) =>
    el(
      "figure",
      {},
      el("figcaption", {}, el("h3", {}, threadsText(group.threads))),
      responsiveChart(chartText(group), (root, width) => drawRoofline(root, width, group, axes)),
    ),
  );
  return [el("div", { class: "figures" }, ...figures), key()];
}

function limitCell(roof: Roof): Child {
  if (roof.limit_per_core_cycle === null) return el("span", { class: "absent" }, `none known: ${roof.limit_unavailable ?? "no reason recorded"}`);
  return `${formatSignificant(roof.limit_per_core_cycle)} (${roof.limit_source ?? ""})`;
}

function clockCell(roof: Roof): Child {
  if (roof.clock_hz === null) return el("span", { class: "absent" }, `${kNotAvailable}: ${roof.clock_unavailable ?? "no reason recorded"}`);
  return `${formatHertz(roof.clock_hz)} \u00b1 ${formatPercent(roof.clock_relative_uncertainty)}`;
}

function verdictCell(figure: Roof | Dot): HTMLElement {
  const rest = flagsOf(figure).filter((flag) => flag !== figure.verdict);
  const because = "lower_bound_reason" in figure && figure.lower_bound ? ` (${figure.lower_bound_reason})` : "";
  return el("span", {}, verdictMark(figure.verdict), rest.length > 0 ? ` ${rest.join(", ")}${because}` : null);
}

/** "63.6 of 64.0 flop": what was reached, and the documented limit where one is known. */
function perCoreCycleCell(roof: Roof): Child {
  if (roof.kind === "latency") return "\u2013";
  if (roof.per_core_cycle === null) return el("span", { class: "absent" }, kNotAvailable);
  const limit = roof.limit_per_core_cycle === null ? "" : ` of ${formatSignificant(roof.limit_per_core_cycle)}`;
  return `${formatSignificant(roof.per_core_cycle)}${limit}\u00a0${roof.kind === "compute" ? "flop" : "B"}`;
}

const kRoofColumns: Column<Roof>[] = [
  { header: "Roof", cell: (roof) => `${roofName(roof)}, ${isaName(roof.isa)}, ${threadsText(roof.threads)}` },
  { header: "Best", numeric: true, cell: (roof) => el("strong", {}, formatRate(roof.kind, rateOf(roof).best)) },
  { header: "P90", numeric: true, cell: (roof) => formatRate(roof.kind, rateOf(roof).p90) },
  { header: "Median", numeric: true, cell: (roof) => formatRate(roof.kind, rateOf(roof).median) },
  { header: "Spread (MAD)", numeric: true, cell: (roof) => `\u00b1 ${formatPercent(rateOf(roof).relative_mad)}` },
  { header: "Per core and cycle", numeric: true, cell: perCoreCycleCell },
  { header: "Of the limit", numeric: true, cell: (roof) => (roof.fraction_of_limit === null ? "none known" : formatPercent(roof.fraction_of_limit)) },
  { header: "Verdict", cell: verdictCell },
];

const kRoofDetailColumns: Column<Roof>[] = [
  { header: "Roof", cell: (roof) => `${roofName(roof)}, ${threadsText(roof.threads)}` },
  { header: "Where", cell: (roof) => roof.placement },
  { header: "Windows", numeric: true, cell: (roof) => formatCount(roof.windows) },
  { header: "Clock", cell: clockCell },
  { header: "Documented limit per core and cycle", cell: limitCell },
  {
    header: "Traffic per counted byte",
    numeric: true,
    cell: (roof) => (roof.moved_bytes_per_1000_counted > 0 ? formatSignificant(roof.moved_bytes_per_1000_counted / 1000) : "\u2013"),
  },
];

const kDotColumns: Column<Dot>[] = [
  { header: "Kernel", cell: (dot) => `${dot.kernel}, ${threadsText(dot.threads)}` },
  { header: "Runs", cell: (dot) => dot.implementation },
  { header: "Best", numeric: true, cell: (dot) => el("strong", {}, formatFlopRate(dot.rate_flop_per_s.best)) },
  { header: "Median", numeric: true, cell: (dot) => formatFlopRate(dot.rate_flop_per_s.median) },
  { header: "Spread (MAD)", numeric: true, cell: (dot) => `\u00b1 ${formatPercent(dot.rate_flop_per_s.relative_mad)}` },
  { header: "Flop per byte", numeric: true, cell: (dot) => el("span", {}, formatSignificant(dot.intensity_flop_per_byte), " ", el("span", { class: "free" }, `(${dot.class})`)) },
  { header: "Of its roof", numeric: true, cell: (dot) => (dot.roof_fraction === null ? "\u2013" : formatPercent(dot.roof_fraction)) },
  { header: "Verdict", cell: verdictCell },
];

const kRidgeColumns: Column<Ridge & { threads: number }>[] = [
  { header: "Compute roof", cell: (ridge) => `${roofName(ridge.compute)}, ${threadsText(ridge.threads)}` },
  { header: "Bandwidth roof", cell: (ridge) => roofName(ridge.bandwidth) },
  { header: "Ridge, flop per byte", numeric: true, cell: (ridge) => formatSignificant(ridge.intensity) },
];

export function roofline(report: Report): Child[] {
  const section = report.sections.roofline;
  if (!section) return [emptyPanel("This report holds no roofline: that part was not asked for, or the run ended before it.")];
  const ridges = groupsOf(section).flatMap((group) => group.ridges.map((ridge) => ({ ...ridge, threads: group.threads })));
  const crossings = section.core_to_core.map((pair) => `cpu ${pair.cpu_a} to cpu ${pair.cpu_b}: ${formatNs(pair.one_way_ns)}`);
  return [
    ...charts(section),
    ...section.notes.map((note) => el("p", { class: "note" }, note)),
    section.roofs.length > 0 ? table("Roofs", kRoofColumns, section.roofs) : emptyPanel("No roof was measured."),
    section.dots.length > 0 ? table("Kernels under the roofs", kDotColumns, section.dots) : emptyPanel("No kernel was measured under the roofs."),
    ridges.length > 0 ? foldedTable("Ridge points, best over best", kRidgeColumns, ridges) : null,
    section.roofs.length > 0 ? foldedTable("How each roof was measured", kRoofDetailColumns, section.roofs) : null,
    el("p", { class: "note" }, crossings.length > 0 ? `A cache line from core to core, one way, best: ${crossings.join("; ")}.` : "Core-to-core latency was not measured."),
  ];
}
