// Curves over an axis with intervals at their points, lines that mark a value of either axis, and every name in a column
// at the right or in rows above: what the charts of scenarios, searches and tracks have in common.
import { line } from "d3-shape";
import { drawXAxis, drawYAxis, startFrame, textWidth, type Frame } from "./chart_frame";
import { svg } from "./dom";
import { spread } from "./label_column";
import type { Scale, Span } from "./scales";
import { shortened } from "./text";

/** The page's colours of curves, with a dash of their own: colour is never the only sign. */
export type Kind = "compute" | "bandwidth" | "latency" | "kernel";

export interface SeriesPoint {
  x: number;
  y: number;
  low?: number | null;
  high?: number | null;
  /** What a pointer is told. */
  words: string;
  /** A figure whose verdict is not VALID. */
  hollow?: boolean;
}

export interface Series {
  name: string;
  kind: Kind;
  points: readonly SeriesPoint[];
  /** A curve of hundreds of points has no marks. */
  plain?: boolean;
}

/** A value of one axis, as a line across the plot. */
export interface Rule {
  at: number;
  words: string;
  dashed?: boolean;
}

export interface Axis {
  title: string;
  domain: Span;
  scale(domain: Span, range: Span): Scale;
  ticks(domain: Span, room: number): number[];
  format(value: number): string;
}

export interface Plot {
  x: Axis;
  y: Axis;
  series: readonly Series[];
  /** Values of x, named in rows above the plot. */
  upright?: readonly Rule[];
  /** Values of y, named at the right. */
  level?: readonly Rule[];
}

const kRow = 18;
const kLongestName = 34;

export function drawSeries(root: SVGSVGElement, width: number, plot: Plot): void {
  const narrow = width < 520;
  const longest = narrow ? 16 : kLongestName;
  const upright = (plot.upright ?? []).filter((rule) => inside(rule.at, plot.x.domain)).sort((a, b) => a.at - b.at);
  const level = (plot.level ?? []).filter((rule) => inside(rule.at, plot.y.domain));
  const names = [...plot.series.map((one) => one.name), ...level.map((rule) => rule.words)].map((name) => shortened(name, longest));
  const column = Math.ceil(Math.max(0, ...names.map((name) => textWidth(root, name, "label compute"))));
  const top = 30 + kRow * upright.length;
  const height = Math.round(Math.min(320, Math.max(240, width * 0.5))) + kRow * upright.length;
  const frame = startFrame(root, width, height, { top, right: column + 24, bottom: 44, left: 50 });
  const { left, right, bottom } = frame.plot;
  const x = plot.x.scale(plot.x.domain, [left, right]);
  const y = plot.y.scale(plot.y.domain, [bottom, top]);
  drawXAxis(frame, x, plot.x.ticks(plot.x.domain, (right - left) / 58), plot.x.format, plot.x.title);
  drawYAxis(frame, y, plot.y.ticks(plot.y.domain, 7), plot.y.format, plot.y.title);
  upright.forEach((rule, row) => drawUpright(frame, x.at(rule.at), rule, 24 + kRow * row, longest));
  for (const rule of level) {
    root.append(svg("path", { class: rule.dashed ? "edge told" : "edge found", d: `M${left},${y.at(rule.at)}H${right}` }));
  }
  for (const series of plot.series) drawCurve(root, x, y, series);
  nameAtRight(frame, y, plot.series, level, names);
}

const inside = (value: number, [low, high]: Span): boolean => value >= low && value <= high;

/** An attribute is text of at most kLongestText characters: a long curve is drawn in pieces. */
const kPiece = 100;

const tenth = (pixels: number): number => Math.round(pixels * 10) / 10;

function drawCurve(root: SVGSVGElement, x: Scale, y: Scale, series: Series): void {
  const { kind, points } = series;
  const places = points.map((point): [number, number] => [tenth(x.at(point.x)), tenth(y.at(point.y))]);
  for (let from = 0; from === 0 || from + 1 < places.length; from += kPiece - 1) {
    root.append(svg("path", { class: `curve ${kind}`, d: line()(places.slice(from, from + kPiece)) ?? "" }));
  }
  if (series.plain) return;
  for (const point of points) {
    const at = x.at(point.x);
    if (typeof point.low === "number" && typeof point.high === "number") {
      const ends = `M${at - 3},${y.at(point.low)}h6M${at},${y.at(point.low)}V${y.at(point.high)}M${at - 3},${y.at(point.high)}h6`;
      root.append(svg("path", { class: `spread ${kind}`, d: ends }));
    }
    root.append(svg("circle", { class: `point ${kind}${point.hollow ? " hollow" : ""}`, cx: at, cy: y.at(point.y), r: 3.5 }, svg("title", {}, point.words)));
  }
}

/** The line from its name in a row above the plot down to the axis; the name stands where it has room. */
function drawUpright(frame: Frame, at: number, rule: Rule, row: number, longest: number): void {
  const { root, plot } = frame;
  root.append(svg("path", { class: rule.dashed ? "edge told" : "edge found", d: `M${at},${row}V${plot.bottom}` }));
  const kind = rule.dashed ? "label level told" : "label level";
  const end = Number(root.getAttribute("width"));
  const fits = [rule.words, shortened(rule.words, longest)].find((words) => at + 5 + textWidth(root, words, kind) <= end || at - 5 - textWidth(root, words, kind) >= 0);
  const words = fits ?? shortened(rule.words, longest);
  const onRight = at + 5 + textWidth(root, words, kind) <= end;
  root.append(svg("text", { class: kind, x: onRight ? at + 5 : at - 5, y: row + 9, "text-anchor": onRight ? "start" : "end" }, words));
}

/** Names of curves at their ends and of level lines at theirs, none over another. */
function nameAtRight(frame: Frame, y: Scale, series: readonly Series[], level: readonly Rule[], names: readonly string[]): void {
  const { root, plot } = frame;
  const ends = [
    ...series.map((one) => y.at(one.points[one.points.length - 1]?.y ?? y.domain[0])),
    ...level.map((rule) => y.at(rule.at)),
  ];
  const heights = spread(ends, 15, plot.top, plot.bottom);
  names.forEach((name, k) => {
    const kind = series[k] ? `label ${series[k].kind}` : `label level${level[k - series.length]?.dashed ? " told" : ""}`;
    const height = heights[k] ?? plot.top;
    root.append(
      svg("path", { class: "leader", d: `M${plot.right + 3},${ends[k] ?? height}L${plot.right + 12},${height}h3` }),
      svg("text", { class: kind, x: plot.right + 18, y: height + 4 }, name),
    );
  });
}
