// The marks of kernels in a chart, one way to walk through them with the keyboard, and what they say.
import type { Dot } from "./document";
import { svg } from "./dom";
import { formatFlopRate, formatPercent, formatSignificant } from "./format";
import { flagsOf, shapeText } from "./names";
import type { NumberedDot } from "./roofline_view";

export type Family = "openblas" | "packed" | "onednn" | "other";

/** Whose code it is: the first word of what runs. */
export function familyOf(dot: Dot): Family {
  const first = dot.implementation.toLowerCase();
  for (const family of ["openblas", "packed", "onednn"] as const) if (first.startsWith(family)) return family;
  return "other";
}

export const kFamilyNames: Record<Family, string> = { openblas: "OpenBLAS", packed: "packed (our own)", onednn: "oneDNN", other: "other code" };

/** A shape for each family, so that colour is not needed to tell them apart. */
export function markPath(family: Family, x: number, y: number, size: number): string {
  const s = size;
  switch (family) {
    case "packed":
      return `M${x - s},${y - s}h${2 * s}v${2 * s}h${-2 * s}z`;
    case "onednn":
      return `M${x},${y - 1.25 * s}l${1.2 * s},${2.1 * s}h${-2.4 * s}z`;
    case "other":
      return `M${x - s},${y}h${2 * s}M${x},${y - s}v${2 * s}`;
    case "openblas":
      return `M${x - s},${y}a${s},${s} 0 1 0 ${2 * s},0a${s},${s} 0 1 0 ${-2 * s},0z`;
  }
}

/** Everything that the report says about one kernel, in one line. */
export function dotDetail({ number, dot }: NumberedDot): string {
  const { best, median } = dot.rate_flop_per_s;
  const parts = [
    `${number}: ${dot.kernel}, ${dot.implementation}`,
    dot.shape ? `m\u00d7n\u00d7k ${shapeText(dot.shape)}` : null,
    dot.precision ?? null,
    `${formatFlopRate(best)} best, ${formatFlopRate(median)} median at ${formatSignificant(dot.intensity_flop_per_byte)} flop per byte`,
    dot.roof_fraction === null ? null : `${formatPercent(dot.roof_fraction)} of its roof`,
    dot.zone ? dot.zone : null,
    ...flagsOf(dot),
  ];
  return parts.filter((part) => part).join("; ");
}

/** A mark that can be pointed at and reached; `tell` gets what it has to say. */
export function dotMark(numberedDot: NumberedDot, x: number, top: number, middle: number | null, tell: (text: string) => void): SVGGElement {
  const family = familyOf(numberedDot.dot);
  const detail = dotDetail(numberedDot);
  const mark = svg("g", { class: `dot ${family}`, role: "img", "aria-label": detail, tabindex: -1 });
  if (middle !== null) {
    mark.append(svg("line", { x1: x, x2: x, y1: top, y2: middle }), svg("path", { class: "median", d: markPath(family, x, middle, 5) }));
  }
  // Fingers need more to hit than eyes need to see.
  mark.append(svg("path", { class: "best", d: markPath(family, x, top, 4) }), svg("circle", { class: "reach", cx: x, cy: top, r: 11 }));
  for (const event of ["pointerenter", "focus"] as const) mark.addEventListener(event, () => tell(detail));
  return mark;
}

/** One stop of the Tab key; the arrow keys go from mark to mark. */
export function walkable(marks: readonly SVGGElement[]): void {
  marks[0]?.setAttribute("tabindex", "0");
  marks.forEach((mark, at) => {
    mark.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = event.key === "Home" ? 0 : event.key === "End" ? marks.length - 1 : step === undefined ? null : at + step;
      const target = next === null ? undefined : marks[(next + marks.length) % marks.length];
      if (!target) return;
      event.preventDefault();
      mark.setAttribute("tabindex", "-1");
      target.setAttribute("tabindex", "0");
      target.focus();
    });
  });
}
