import { chart, kPaperWidth } from "../chart_frame";
import type { CacheLevel, NumberReading, Report, Roof, RooflineSection } from "../document";
import { el, type Child } from "../dom";
import { formatByteRate, formatBytes, formatNs, formatPercent, formatSignificant, kNotAvailable, rateOf } from "../format";
import { flagsOf, kernelName } from "../names";
import { absent, bestCell, kNone, twoLines, verdictCell } from "../roof_cells";
import { best, kLevels } from "../roofline_view";
import { emptyPanel } from "../section";
import { drawSweep, sweepText } from "../sweep_chart";
import { foldedTable, matrix, table, type Column } from "../table";
import { placeKey, placesOf, placeWords, type Place } from "../teams";
import { listed, shortened } from "../text";

const kGiga = 1e9;

/** One kernel over the levels. */
interface Row {
  kernel: string;
  roofs: Roof[];
}

function levelsOf(roofs: readonly Roof[]): string[] {
  const found = new Set(roofs.map((roof) => roof.level ?? ""));
  const known: readonly string[] = kLevels;
  return [...known.filter((level) => found.has(level)), ...[...found].filter((level) => !known.includes(level))];
}

function rowsOf(roofs: readonly Roof[]): Row[] {
  return [...new Set(roofs.map((roof) => roof.kernel))].map((kernel) => ({ kernel, roofs: roofs.filter((roof) => roof.kernel === kernel) }));
}

function columns(levels: readonly string[], cell: (roof: Roof) => Child): Column<Row>[] {
  return [
    { header: "Kernel", cell: (row) => kernelName(row.kernel) },
    ...levels.map((level): Column<Row> => ({
      header: shortened(level, 12),
      numeric: true,
      cell: (row) => {
        const roof = row.roofs.find((candidate) => (candidate.level ?? "") === level);
        return roof ? cell(roof) : kNone;
      },
    })),
  ];
}

function countedCell(roof: Roof): Child {
  const share = roof.fraction_of_limit === null ? [] : [`${formatPercent(roof.fraction_of_limit)} of limit`];
  const figure = el("strong", {}, (roof.lower_bound ? "\u2265\u00a0" : "") + formatSignificant(best(roof) / kGiga));
  return twoLines(figure, [...share, ...flagsOf(roof)].join(", "));
}

/** Bytes that crossed to the level for each byte that the kernel counts: 1 where stores fetch nothing first. */
function trafficFactor(roof: Roof): number {
  return (roof.moved_bytes_per_1000_counted ?? 0) / 1000;
}

function trueCell(roof: Roof): Child {
  const factor = trafficFactor(roof);
  return factor > 0 ? twoLines(formatSignificant((best(roof) * factor) / kGiga), `${formatSignificant(factor)}\u00d7`) : absent("not told");
}

/** Side by side and never in one column: what STREAM counts, and what crosses the wires. */
function bandwidthTables(roofs: readonly Roof[]): HTMLElement {
  const levels = levelsOf(roofs);
  const rows = rowsOf(roofs);
  const told = rows.some((row) => row.roofs.some((roof) => trafficFactor(roof) > 0));
  return el(
    "div",
    { class: "figures" },
    matrix("GB/s, bytes as the kernels count them (STREAM's way), best", columns(levels, countedCell), rows),
    told ? matrix("GB/s, true traffic: with the lines that a store fetches first", columns(levels, trueCell), rows) : null,
  );
}

function readSentence(place: Place, roofs: readonly Roof[]): Child {
  const parts = levelsOf(roofs).flatMap((level) => {
    const read = roofs.find((roof) => roof.level === level && roof.kernel === "read" && roof.verdict !== "INVALID");
    return read ? [`${formatByteRate(best(read))} from ${level}`] : [];
  });
  return parts.length > 0 ? el("p", {}, `With ${place.words} it reads ${listed(parts)}.`) : null;
}

function bandwidth(section: RooflineSection, places: readonly Place[]): Child[] {
  const groups = places
    .map((place) => ({ place, roofs: section.roofs.filter((roof) => roof.kind === "bandwidth" && placeKey(roof) === place.key) }))
    .filter(({ roofs }) => roofs.length > 0);
  const [first] = groups;
  if (!first) return [emptyPanel("No bandwidth was measured.")];
  return [
    readSentence(first.place, first.roofs),
    el("h3", {}, `With ${first.place.words}`),
    bandwidthTables(first.roofs),
    ...groups.slice(1).map(({ place, roofs }) => el("details", {}, el("summary", {}, `With ${place.words}`), bandwidthTables(roofs))),
  ];
}

function latencyColumns(places: readonly Place[]): Column<Roof>[] {
  return [
    { header: "Level", cell: (roof) => roof.level ?? kNone },
    { header: "With", cell: (roof) => placeWords(roof, places) },
    { header: "Best", numeric: true, cell: bestCell },
    { header: "Median", numeric: true, cell: (roof) => formatNs(rateOf(roof).median) },
    { header: "Core cycles", numeric: true, cell: (roof) => (roof.clock_hz === null ? absent(kNotAvailable) : formatSignificant((rateOf(roof).best * roof.clock_hz) / 1e9)) },
    { header: "Working set", numeric: true, cell: (roof) => (roof.working_set_bytes ? formatBytes(roof.working_set_bytes) : kNone) },
    { header: "Verdict", cell: verdictCell },
  ];
}

function latency(section: RooflineSection, places: readonly Place[]): Child {
  const roofs = section.roofs.filter((roof) => roof.kind === "latency");
  if (roofs.length === 0) return emptyPanel("No latency was measured.");
  return table("Latency of one dependent load, by a pointer chase", latencyColumns(places), roofs);
}

function bytesCell(reading: NumberReading): Child {
  return "value" in reading
    ? el("span", {}, formatBytes(reading.value), " ", el("span", { class: "free source" }, `(${reading.source})`))
    : absent(`${kNotAvailable}: ${reading.unavailable}`);
}

const kLevelColumns: Column<CacheLevel>[] = [
  { header: "Level", cell: (level) => level.level },
  { header: "The machine says", cell: (level) => bytesCell(level.told_bytes) },
  { header: "Found by the sweep", cell: (level) => bytesCell(level.found_bytes) },
  { header: "Used for the roofs", numeric: true, cell: (level) => (level.working_set_bytes ? formatBytes(level.working_set_bytes) : kNone) },
  { header: "Latency there", numeric: true, cell: (level) => (level.latency_ns ? formatNs(level.latency_ns) : kNone) },
];

function sweep(section: RooflineSection): Child[] {
  const points = section.sweep ?? [];
  const levels = section.cache_levels ?? [];
  const drawing = (): HTMLElement =>
    el(
      "figure",
      { class: "wide" },
      el("figcaption", {}, el("h3", {}, "Where the caches end: one core over growing working sets")),
      chart(sweepText(points, levels), (root, width) => drawSweep(root, width, points, levels), { paperWidth: kPaperWidth }).holder,
    );
  return [
    points.length > 1 ? drawing() : null,
    levels.length > 0 ? table("Levels, as the machine says and as they were found", kLevelColumns, levels) : null,
    points.length > 1
      ? foldedTable(
          "The sweep's figures",
          [
            { header: "Working set", cell: (point) => formatBytes(point.working_set_bytes) },
            { header: "Latency", numeric: true, cell: (point) => (point.latency_ns === null ? kNone : formatNs(point.latency_ns)) },
            { header: "Read", numeric: true, cell: (point) => (point.read_byte_per_s === null ? kNone : formatByteRate(point.read_byte_per_s)) },
          ],
          points,
        )
      : null,
  ];
}

export function memory(report: Report): Child[] {
  const section = report.sections.roofline;
  if (!section) return [emptyPanel("This report holds no roofline, so no memory was measured.")];
  const places = placesOf(section);
  return [...bandwidth(section, places), ...sweep(section), latency(section, places)];
}
