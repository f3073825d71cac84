import { chart, kPaperWidth } from "../chart_frame";
import { chooser } from "../chooser";
import type { Report, Roof, RooflineSection } from "../document";
import { el, type Child } from "../dom";
import { familyOf, kFamilyNames, type Family } from "../dot_marks";
import { formatCount, formatFlopRate, formatPercent, formatRate, formatSignificant, rateOf } from "../format";
import { isaName, roofName } from "../names";
import { bestCell, clockCell, kNone, limitCell, perCoreCycleCell, shapeCell, twoLines, verdictCell } from "../roof_cells";
import { drawRoofline } from "../roofline_chart";
import { axesOf, defaultPrecision, isMix, numbered, precisionsOf, viewOf, type NumberedDot, type Ridge, type View } from "../roofline_view";
import { emptyPanel, reasonList, verdictMark } from "../section";
import { foldedTable, table, type Column } from "../table";
import { placesOf, placeWords, type Place } from "../teams";

function titleOf(view: View): string {
  return `${view.place.words}, ${view.precision ?? "highest roof of every precision"}`;
}

/** The chart in words, for who cannot see it. */
function chartText(view: View): string {
  const roofs = [...view.compute, ...view.bandwidth].map((roof) => `${roofName(roof)}, ${isaName(roof.isa)}, ${formatRate(roof.kind, rateOf(roof).best)}`);
  const dots = view.dots.map(({ number, dot }) => `${number} ${dot.kernel} ${formatFlopRate(dot.rate_flop_per_s.best)} at ${formatSignificant(dot.intensity_flop_per_byte)} flop per byte`);
  return `Roofline of ${titleOf(view)}. Roofs: ${roofs.join("; ") || "none"}. Kernels, the arrow keys go through them: ${dots.join("; ") || "none"}.`;
}

function entry(kind: string, words: string): HTMLElement {
  return el("span", { class: "key" }, el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), words);
}

function keys(section: RooflineSection): HTMLElement {
  const families = (["openblas", "packed", "onednn", "other"] as const).filter((family: Family) => section.dots.some((dot) => familyOf(dot) === family));
  return el(
    "p",
    { class: "keys" },
    entry("solid", "best of the windows (burst)"),
    entry("thin", "their median (typical)"),
    section.roofs.some((roof) => roof.sustained) ? entry("down", "sustained") : null,
    section.roofs.some((roof) => roof.fraction_of_limit !== null) ? entry("dashed", "documented limit at the measured clock") : null,
    section.roofs.some((roof) => roof.lower_bound) ? el("span", { class: "key" }, "\u2265 a lower bound: the machine can do more") : null,
    section.roofs.some(isMix) ? el("span", { class: "key" }, "+ADD: an addition beside each multiply-add; GEMM has none") : null,
    entry("diamond", "ridge point: right of it arithmetic binds, left of it memory"),
    ...families.map((family) => entry(`mark ${family}`, kFamilyNames[family])),
    section.dots.length > 0 ? el("span", { class: "key" }, "filled: best, hollow: median") : null,
  );
}

const kDotColumns: Column<NumberedDot>[] = [
  { header: "Kernel", cell: ({ number, dot }) => twoLines(`${number} ${dot.kernel}`, dot.implementation) },
  { header: "Best", numeric: true, cell: ({ dot }) => el("strong", {}, formatFlopRate(dot.rate_flop_per_s.best)) },
  { header: "Median", numeric: true, cell: ({ dot }) => formatFlopRate(dot.rate_flop_per_s.median) },
  { header: "Flop per byte", numeric: true, cell: ({ dot }) => twoLines(formatSignificant(dot.intensity_flop_per_byte), dot.class) },
  { header: "Of its roof", numeric: true, cell: ({ dot }) => (dot.roof_fraction === null ? kNone : formatPercent(dot.roof_fraction)) },
  { header: "What binds it", cell: ({ dot }) => dot.zone || kNone },
  { header: "Verdict", cell: ({ dot }) => verdictCell(dot) },
];

function allDotColumns(places: readonly Place[]): Column<NumberedDot>[] {
  return [
    { header: "Kernel", cell: ({ number, dot }) => twoLines(`${number} ${dot.kernel}`, dot.implementation) },
    { header: "With", cell: ({ dot }) => placeWords(dot, places) },
    { header: "m\u00d7n\u00d7k", cell: ({ dot }) => twoLines(shapeCell(dot.shape), dot.precision ?? "") },
    { header: "Best", numeric: true, cell: ({ dot }) => el("strong", {}, formatFlopRate(dot.rate_flop_per_s.best)) },
    { header: "P90 and spread (MAD)", numeric: true, cell: ({ dot }) => `${formatFlopRate(dot.rate_flop_per_s.p90)} \u00b1 ${formatPercent(dot.rate_flop_per_s.relative_mad)}` },
    { header: "Windows", numeric: true, cell: ({ dot }) => formatCount(dot.windows) },
    { header: "Its roof", cell: ({ dot }) => dot.roof || kNone },
  ];
}

/** Above a documented limit a figure is no roof: it is a verdict, and stands here instead of in the chart. */
function refusedList(view: View): Child {
  if (view.refused.length === 0) return null;
  const items = view.refused.map((roof) => el("li", {}, verdictMark(roof.verdict), ` ${roofName(roof)}, ${isaName(roof.isa)}: ${formatRate(roof.kind, rateOf(roof).best)}`, reasonList(roof.reasons)));
  return el("div", {}, el("p", { class: "note" }, "Measured, and not drawn as a roof:"), el("ul", { class: "doubts" }, ...items));
}

function dotsTable(view: View): Child {
  if (view.dots.length === 0) return emptyPanel("No kernel was measured under these roofs.");
  return table(`Kernels under these roofs: ${titleOf(view)}`, kDotColumns, view.dots);
}

const kPointAtOne = "Point at a kernel, or go through them with the Tab and arrow keys: what is known about it is said here.";

/** What is seen of one view: the figure, and what belongs to it below; both change with the choice. */
function viewer(section: RooflineSection, places: readonly Place[]): Child[] {
  const [firstPlace] = places;
  if (!firstPlace) return [emptyPanel("No roof and no kernel was measured.")];
  const precisions = precisionsOf(section);
  let view = viewOf(section, firstPlace, defaultPrecision(section));
  const caption = el("h3", {});
  const below = el("div", {});
  const detail = el("p", { class: "detail" });
  const nothing = el("div", {});
  const drawing = chart(chartText(view), (root, width) => {
    const axes = axesOf(view);
    root.replaceChildren();
    if (axes) drawRoofline(root, width, view, axes, (text) => detail.replaceChildren(text));
  }, { role: "group", paperWidth: kPaperWidth });
  const show = (): void => {
    caption.textContent = titleOf(view);
    detail.textContent = kPointAtOne;
    detail.hidden = view.dots.length === 0;
    const empty = axesOf(view) === null;
    drawing.holder.hidden = empty;
    nothing.replaceChildren(...(empty ? [emptyPanel("No roof and no kernel was measured there.")] : []));
    below.replaceChildren(...[refusedList(view), dotsTable(view)].filter((child): child is HTMLElement => child instanceof HTMLElement));
    drawing.redraw(chartText(view));
  };
  const choose = (place: Place, precision: string | null): void => {
    view = viewOf(section, place, precision);
    show();
  };
  show();
  const placeChoices = places.map((place) => ({ words: place.words, value: place }));
  const precisionChoices = [...precisions.map((name) => ({ words: name, value: name as string | null })), { words: "all precisions", value: null }];
  const start = Math.max(0, precisions.indexOf(view.precision ?? ""));
  return [
    el(
      "div",
      { class: "choosers" },
      places.length > 1 ? chooser("place", "Measured with", placeChoices, 0, (place) => choose(place, view.precision)) : null,
      precisions.length > 1 ? chooser("precision", "Precision", precisionChoices, start, (precision) => choose(view.place, precision)) : null,
    ),
    el("figure", { class: "wide" }, el("figcaption", {}, caption), drawing.holder, nothing, detail),
    keys(section),
    below,
  ];
}

function ridgeColumns(places: readonly Place[]): Column<Ridge>[] {
  return [
    { header: "Compute roof", cell: (ridge) => `${roofName(ridge.compute)}, ${isaName(ridge.compute.isa)}, ${placeWords(ridge.compute, places)}` },
    { header: "Bandwidth roof", cell: (ridge) => roofName(ridge.bandwidth) },
    { header: "Ridge, flop per byte", numeric: true, cell: (ridge) => formatSignificant(ridge.intensity) },
  ];
}

function detailColumns(places: readonly Place[]): Column<Roof>[] {
  return [
    { header: "Roof", cell: (roof) => `${roofName(roof)}, ${isaName(roof.isa)}, ${placeWords(roof, places)}` },
    { header: "Where", cell: (roof) => roof.placement },
    { header: "Best", numeric: true, cell: bestCell },
    { header: "P90, median and spread (MAD)", cell: (roof) => `${formatRate(roof.kind, rateOf(roof).p90)}, ${formatRate(roof.kind, rateOf(roof).median)} \u00b1 ${formatPercent(rateOf(roof).relative_mad)}` },
    { header: "Windows", numeric: true, cell: (roof) => formatCount(roof.windows) },
    { header: "Clock", cell: clockCell },
    { header: "Per core and cycle", numeric: true, cell: perCoreCycleCell },
    { header: "Documented limit per core and cycle", cell: limitCell },
  ];
}

export function roofline(report: Report): Child[] {
  const section = report.sections.roofline;
  if (!section) return [emptyPanel("This report holds no roofline: that part was not asked for, or the run ended before it.")];
  const places = placesOf(section);
  const precisions = precisionsOf(section);
  const ridges = places.flatMap((place) => precisions.flatMap((precision) => viewOf(section, place, precision).ridges));
  return [
    ...viewer(section, places),
    ...section.notes.map((note) => el("p", { class: "note" }, note)),
    section.dots.length > 0 ? foldedTable("Every kernel, with every number of cores", allDotColumns(places), numbered(section)) : null,
    ridges.length > 0 ? foldedTable("Ridge points, best over best", ridgeColumns(places), ridges) : null,
    section.roofs.length > 0 ? foldedTable("How each roof was measured", detailColumns(places), section.roofs) : null,
  ];
}
