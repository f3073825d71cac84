import { chart, kPaperWidth } from "../chart_frame";
import type { CoreToCore, Report, RooflineSection } from "../document";
import { el, type Child } from "../dom";
import { formatCount, formatNs, formatPercent, formatRate, formatSignificant } from "../format";
import { absent, bestCell, kNone, twoLines } from "../roof_cells";
import { best } from "../roofline_view";
import { measuresOf, scaledAt, type Measure } from "../scaling";
import { curvesOf, drawScaling, scalingText } from "../scaling_chart";
import { emptyPanel } from "../section";
import { foldedMatrix, foldedTable, matrix, table, type Column } from "../table";
import { shortened } from "../text";
import { placesOf, scalePlaces, teamParts, teamWords, type Place } from "../teams";

/** More CPUs than this, and the matrix of their pairs is no longer read. */
const kMostMatrixCpus = 12;

function scaledCell(measure: Measure, place: Place, first: Place): Child {
  const scaled = scaledAt(measure, place, first);
  if (!scaled) return kNone;
  const below = scaled.times === null ? "" : `${formatSignificant(scaled.times)}\u00d7${scaled.perCore === null ? "" : `, ${formatPercent(scaled.perCore)}\u00a0a\u00a0core`}`;
  return twoLines(bestCell(scaled.roof), below);
}

function scalingTable(section: RooflineSection, all: readonly Place[], kind: Measure["kind"]): Child {
  const of = measuresOf(section).filter((measure) => measure.kind === kind);
  const measures = of.filter((measure) => all.some((place) => measure.roofAt(place) !== null));
  const places = all.filter((place) => measures.some((measure) => measure.roofAt(place) !== null));
  const [first] = places;
  if (!first) return null;
  const columns: Column<Place>[] = [
    { header: "With", cell: (place) => place.words },
    { header: "Core to core", numeric: true, cell: (place) => (place.coreToCoreNs === null ? kNone : formatNs(place.coreToCoreNs)) },
    ...measures.map((measure): Column<Place> => ({ header: shortened(measure.name, 12), numeric: true, cell: (place) => scaledCell(measure, place, first) })),
  ];
  const what = kind === "compute" ? "Highest multiply-add of each precision" : "Reads of each level";
  return table(`${what}, best, and how often it holds the figure of ${first.words}`, columns, places);
}

/** Teams on the cores of one node that differ in whose memory they touch. */
function nodeMatrix(section: RooflineSection, places: readonly Place[]): Child {
  const read = measuresOf(section).find((measure) => measure.name === "DRAM read");
  const nodes = places.flatMap((place) => {
    const parts = teamParts(place.team);
    const roof = read?.roofAt(place);
    return parts && parts.node !== null && roof ? [{ place, node: parts.node, memory: parts.memory ?? parts.node, rate: best(roof) }] : [];
  });
  if (nodes.length < 2) return null;
  const memories = [...new Set(nodes.map((cell) => cell.memory))].sort((a, b) => a - b);
  const rows = [...new Set(nodes.map((cell) => cell.node))].sort((a, b) => a - b);
  const columns: Column<number>[] = [
    { header: "Cores of", cell: (node) => `node ${node}` },
    ...memories.map((memory): Column<number> => ({
      header: `memory of node ${memory}`,
      numeric: true,
      cell: (node) => {
        const cell = nodes.filter((candidate) => candidate.node === node && candidate.memory === memory).sort((a, b) => b.rate - a.rate)[0];
        return cell ? twoLines(el("strong", {}, formatRate("bandwidth", cell.rate)), teamWords(cell.place.team)) : kNone;
      },
    })),
  ];
  return matrix("DRAM read, local and remote", columns, rows);
}

function pairTable(pairs: readonly CoreToCore[]): Child {
  if (pairs.length === 0) return el("p", { class: "note" }, "Core-to-core latency was not measured.");
  const cpus = [...new Set(pairs.flatMap((pair) => [pair.cpu_a, pair.cpu_b]))].sort((a, b) => a - b);
  const times = pairs.map((pair) => pair.one_way_ns);
  const [least = 0, most = 0] = [Math.min(...times), Math.max(...times)];
  const words = pairs.length === 1 ? `cpu ${pairs[0]?.cpu_a ?? ""} to cpu ${pairs[0]?.cpu_b ?? ""}: ${formatNs(least)}` : `${formatNs(least)} to ${formatNs(most)} over ${formatCount(pairs.length)} pairs`;
  const sentence = el("p", {}, `A cache line from core to core, one way, best: ${words}.`);
  if (pairs.length === 1) return sentence;
  const between = (a: number, b: number): CoreToCore | undefined =>
    pairs.find((pair) => (pair.cpu_a === a && pair.cpu_b === b) || (pair.cpu_a === b && pair.cpu_b === a));
  const caption = "Core to core, one way, best";
  const square = (): HTMLElement =>
    foldedMatrix<number>(
      caption,
      [
        { header: "From", cell: (cpu) => `cpu ${cpu}` },
        ...cpus.map((to): Column<number> => ({
          header: `cpu ${to}`,
          numeric: true,
          cell: (from) => {
            const pair = between(from, to);
            return pair ? formatNs(pair.one_way_ns) : from === to ? kNone : absent("not measured");
          },
        })),
      ],
      cpus,
    );
  const list = (): HTMLElement =>
    foldedTable<CoreToCore>(
      caption,
      [
        { header: "Pair", cell: (pair) => `cpu ${pair.cpu_a} to cpu ${pair.cpu_b}` },
        { header: "One way", numeric: true, cell: (pair) => formatNs(pair.one_way_ns) },
      ],
      pairs,
    );
  return el("div", {}, sentence, cpus.length <= kMostMatrixCpus ? square() : list());
}

function scalingChart(section: RooflineSection, places: readonly Place[]): Child {
  // One place a team: of its epochs the one with most figures, the earlier of two.
  const measures = measuresOf(section);
  const figures = (place: Place): number => measures.filter((measure) => measure.roofAt(place) !== null).length;
  const teams = [...new Set(places.map((place) => place.team))];
  const chosen = teams.flatMap((team) => places.filter((place) => place.team === team).sort((a, b) => figures(b) - figures(a)).slice(0, 1));
  const curves = curvesOf(measures, chosen);
  if (chosen.length < 3 || curves.length === 0) return null;
  return el(
    "figure",
    { class: "wide" },
    el("figcaption", {}, el("h3", {}, `How the roofs grow: times the figure with ${chosen[0]?.words ?? ""}`)),
    chart(scalingText(curves, chosen), (root, width) => drawScaling(root, width, curves, chosen), { paperWidth: kPaperWidth }).holder,
    el("p", { class: "note" }, "Dotted: as many times as there are cores."),
  );
}

export function cores(report: Report): Child[] {
  const section = report.sections.roofline;
  if (!section) return [emptyPanel("This report holds no roofline, so nothing was measured with several cores.")];
  const places = placesOf(section);
  if (places.length === 0) return [emptyPanel("No roof was measured."), pairTable(section.core_to_core)];
  return [scalingChart(section, scalePlaces(places)), scalingTable(section, places, "compute"), scalingTable(section, places, "bandwidth"), nodeMatrix(section, places), pairTable(section.core_to_core)];
}
