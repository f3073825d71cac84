// The words in the roofline chart: a column of ceilings at the right end, slopes on their own lines, ridge points and
// kernels where there is room.
import { textWidth, type Frame } from "./chart_frame";
import type { Roof } from "./document";
import { svg } from "./dom";
import { formatFlopRate, formatRate, formatSignificant, rateOf } from "./format";
import { spread } from "./label_column";
import type { Candidate, LabelField, Wording } from "./label_layout";
import { flagsOf, roofShortName } from "./names";
import { markedRidges, type NumberedDot, type View } from "./roofline_view";
import type { Scale } from "./scales";
import { shortened } from "./text";

export type Point = readonly [number, number];

export interface Drawing {
  frame: Frame;
  x: Scale;
  y: Scale;
  field: LabelField;
  view: View;
}

const kTextHeight = 13;
const kLineGap = 15;
/** A slope's figure is worth crossing a ceiling or two, but no kernel and no other label. */
const kSlopeEnough = 8;

/** A lower bound is marked at the figure: the machine can do that much or more. */
function figureText(roof: Roof): string {
  return (roof.lower_bound ? "\u2265\u00a0" : "") + formatRate(roof.kind, rateOf(roof).best);
}

/** What is to be said at the line; "lower bound" is said by the sign before the figure. */
function flagText(roof: Roof): string {
  return flagsOf(roof).filter((flag) => flag !== "lower bound").map((flag) => `, ${flag}`).join("");
}

function wordingsOf(roof: Roof, withPrecision: boolean): string[] {
  const name = roofShortName(roof, withPrecision);
  const figure = figureText(roof);
  return [`${name} ${figure}${flagText(roof)}`, `${name} ${figure}`, `${name} ${figure.replace(/\u00a0[A-Z]?FLOP\/s$|\u00a0[A-Za-z]+\/s$/, "")}`, name, shortened(name, 12)];
}

/** How wide the column of ceilings wants to be, at most `most`. */
export function columnWidth(root: SVGSVGElement, view: View, most: number): number {
  const widths = view.compute.map((roof) => {
    const fitting = wordingsOf(roof, view.precision === null).map((text) => textWidth(root, text, "label compute"));
    return fitting.find((width) => width <= most) ?? most;
  });
  return Math.ceil(Math.max(0, ...widths));
}

/** Ceilings, highest first, each with a line that leads to its label. */
export function labelCeilings(drawing: Drawing, width: number): void {
  const { frame, y, view } = drawing;
  const { root, plot } = frame;
  const levels = view.compute.map((roof) => y.at(rateOf(roof).best));
  const heights = spread(levels, kLineGap, plot.top - 6, plot.bottom);
  view.compute.forEach((roof, at) => {
    const texts = wordingsOf(roof, view.precision === null);
    const text = texts.find((words) => textWidth(root, words, "label compute") <= width) ?? texts[texts.length - 1] ?? "";
    const level = levels[at] ?? plot.top;
    const height = heights[at] ?? level;
    const start = plot.right;
    root.append(
      svg("path", { class: "leader", d: `M${start},${level}L${start + 12},${height}h3` }),
      svg("text", { class: "label compute", x: start + 18, y: height + 4 }, text),
    );
  });
}

function put(drawing: Drawing, kind: string, texts: readonly string[], candidatesOf: (width: number) => Candidate[], enough?: number): void {
  const { root } = drawing.frame;
  const wordings = texts.map((text): Wording => {
    const width = textWidth(root, text, kind);
    return { text, width, candidates: candidatesOf(width) };
  });
  const at = drawing.field.place(wordings, kTextHeight, enough);
  const label = svg("text", { class: kind, x: at.x, y: at.y, "text-anchor": at.anchor }, at.text);
  if (at.angle !== 0) {
    // The line that it stands on is covered, between the words as well.
    const turned = { transform: `rotate(${at.angle.toFixed(2)} ${at.x} ${at.y})` };
    root.append(svg("rect", { class: "patch", x: at.x - at.width / 2 - 3, y: at.y - 10, width: at.width + 6, height: kTextHeight, ...turned }));
    label.setAttribute("transform", turned.transform);
  }
  root.append(label);
}

/** On its own line, as heights are written on the lines of a map: nothing else shows whose label it is. */
export function labelSlope(drawing: Drawing, roof: Roof, [from, to]: readonly [Point, Point]): void {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const angle = (Math.atan2(to[1] - from[1], to[0] - from[0]) * 180) / Math.PI;
  const turn = (angle * Math.PI) / 180;
  const lift = 0.35 * kTextHeight;
  put(drawing, "label bandwidth", wordingsOf(roof, false), (width) => {
    const slack = Math.max(0, (length - width - 16) / 2 / length);
    return [-0.2, 0, 0.2, -0.4, 0.4, -0.6, 0.6, -0.8, 0.8, -1, 1].map((part): Candidate => {
      const t = 0.5 + part * slack;
      return {
        x: from[0] + (to[0] - from[0]) * t - lift * Math.sin(turn),
        y: from[1] + (to[1] - from[1]) * t + lift * Math.cos(turn),
        angle,
        anchor: "middle",
      };
    });
  }, kSlopeEnough);
}

export function labelRidges(drawing: Drawing): void {
  const { plot } = drawing.frame;
  for (const ridge of [...markedRidges(drawing.view)].reverse()) {
    const x = drawing.x.at(ridge.intensity);
    const figure = formatSignificant(ridge.intensity);
    put(drawing, "label ridge-label", [`ridge ${figure}`, figure], () =>
      [6, 21, 36].flatMap((up): Candidate[] => [
        { x: x + 4, y: plot.bottom - up, angle: 0, anchor: "start" },
        { x: x - 4, y: plot.bottom - up, angle: 0, anchor: "end" },
      ]),
    );
  }
}

/** With its figure, with its name, or with the number alone that the table below has. */
export function labelDot(drawing: Drawing, { number, dot }: NumberedDot, narrow: boolean): void {
  const { best, median } = dot.rate_flop_per_s;
  const at = drawing.x.at(dot.intensity_flop_per_byte);
  const upper = Math.min(drawing.y.at(best), drawing.y.at(median));
  const lower = Math.max(drawing.y.at(best), drawing.y.at(median));
  const name = shortened(dot.kernel.replace(/ .*$/, ""), 16);
  const flags = flagsOf(dot).map((flag) => `, ${flag}`).join("");
  const texts = [...(narrow ? [] : [`${number} ${name} ${formatFlopRate(best)}${flags}`]), `${number} ${name}`, String(number)];
  put(drawing, "label kernel", texts, () => [
    { x: at + 14, y: upper + 4, angle: 0, anchor: "start" },
    { x: at - 14, y: upper + 4, angle: 0, anchor: "end" },
    ...[18, 31].map((step): Candidate => ({ x: at, y: lower + step, angle: 0, anchor: "middle" })),
    ...[-10, -23].map((step): Candidate => ({ x: at, y: upper + step, angle: 0, anchor: "middle" })),
    ...[13, 26, 39, 52].flatMap((step): Candidate[] => [
      { x: at + 7, y: lower + step, angle: 0, anchor: "start" },
      { x: at - 7, y: lower + step, angle: 0, anchor: "end" },
      { x: at + 7, y: upper - step + 8, angle: 0, anchor: "start" },
      { x: at - 7, y: upper - step + 8, angle: 0, anchor: "end" },
    ]),
  ]);
}
