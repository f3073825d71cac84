import type { Report, Roof, RooflineSection } from "../document";
import { el, type Child } from "../dom";
import { formatRate, rateOf } from "../format";
import { isaName, kernelName } from "../names";
import { bestCell, ofLimitCell, perCoreCycleCell, sustainedCell, verdictCell } from "../roof_cells";
import { best, isMix, precisionsOf } from "../roofline_view";
import { emptyPanel } from "../section";
import type { Sentence } from "../sentences";
import { foldedTable, table, type Column } from "../table";
import { placeKey, placesOf, type Place } from "../teams";
import { listed } from "../text";

const kColumns: Column<Roof>[] = [
  { header: "Roof", cell: (roof) => `${roof.precision ?? ""} ${isaName(roof.isa)}, ${kernelName(roof.kernel)}` },
  { header: "Burst (best)", numeric: true, cell: bestCell },
  { header: "Typical (median)", numeric: true, cell: (roof) => formatRate(roof.kind, rateOf(roof).median) },
  { header: "Sustained", numeric: true, cell: sustainedCell },
  { header: "Per core and cycle", numeric: true, cell: perCoreCycleCell },
  { header: "Of the limit", numeric: true, cell: ofLimitCell },
  { header: "Verdict", cell: verdictCell },
];

/** "With one core: fp64 103 GFLOP/s (AVX-512), fp32 206 GFLOP/s (AVX-512) and int8 3.29 TFLOP/s (AMX)." */
function heightsSentence(section: RooflineSection, place: Place, roofs: readonly Roof[]): Sentence | null {
  const parts = precisionsOf(section).flatMap((precision) => {
    const top = roofs.filter((roof) => roof.precision === precision && roof.verdict !== "INVALID" && !isMix(roof)).sort((a, b) => best(b) - best(a))[0];
    return top ? [`${precision}\u00a0${formatRate(top.kind, best(top))} (${isaName(top.isa)})`] : [];
  });
  return parts.length > 0 ? [`With ${place.words} it multiplies and adds at most: ${listed(parts)}.`] : null;
}

/** By precision as the page always has them, each highest first. */
function ordered(section: RooflineSection, roofs: readonly Roof[]): Roof[] {
  const precisions = precisionsOf(section);
  return [...roofs].sort((a, b) => precisions.indexOf(a.precision ?? "") - precisions.indexOf(b.precision ?? "") || best(b) - best(a));
}

export function compute(report: Report): Child[] {
  const section = report.sections.roofline;
  const all = section?.roofs.filter((roof) => roof.kind === "compute") ?? [];
  if (!section || all.length === 0) return [emptyPanel("No compute roof was measured.")];
  const groups = placesOf(section)
    .map((place) => ({ place, roofs: ordered(section, all.filter((roof) => placeKey(roof) === place.key)) }))
    .filter(({ roofs }) => roofs.length > 0);
  const [first] = groups;
  const sentence = first ? heightsSentence(section, first.place, first.roofs) : null;
  return [
    sentence ? el("p", {}, ...sentence.map((part) => (typeof part === "string" ? part : el("strong", {}, part.strong)))) : null,
    ...groups.map(({ place, roofs }, at) => (at === 0 ? table : foldedTable)(`Compute roofs with ${place.words}`, kColumns, roofs)),
  ];
}
