import { line } from "d3-shape";
import { drawXAxis, drawYAxis, startFrame, textWidth, type Frame } from "./chart_frame";
import type { Dot, Roof } from "./document";
import { svg } from "./dom";
import { formatFlopRate, formatPercent, formatRate, formatSignificant, rateOf } from "./format";
import { LabelField, type Candidate } from "./label_layout";
import { flagsOf, isaName, roofName, roofShortName, threadsText } from "./names";
import { best, markedRidges, type ThreadGroup } from "./roofline_view";
import { logScale, logTicks, type LogScale, type Span } from "./scales";
import { shortened } from "./text";

type Point = [number, number];

interface Drawing {
  frame: Frame;
  x: LogScale;
  y: LogScale;
  field: LabelField;
  group: ThreadGroup;
}

const kTextHeight = 13;

export function drawRoofline(root: SVGSVGElement, width: number, group: ThreadGroup, axes: { x: Span; y: Span }): void {
  const height = Math.round(Math.min(430, Math.max(320, width * 0.72)));
  const frame = startFrame(root, width, height, { top: 26, right: 6, bottom: 44, left: 48 });
  const { plot } = frame;
  const x = logScale(axes.x, [plot.left, plot.right]);
  const y = logScale(axes.y, [plot.bottom, plot.top]);
  const decimal = (value: number): string => (value < 1000 ? String(value) : formatSignificant(value));
  drawXAxis(frame, x, logTicks(axes.x, width / 58), decimal, "arithmetic intensity, flop per byte");
  drawYAxis(frame, y, logTicks(axes.y, 8), (value) => decimal(Number((value / 1e9).toPrecision(6))), "GFLOP/s");

  const drawing: Drawing = { frame, x, y, field: new LabelField(plot), group };
  const slopes = group.bandwidth.map((roof) => ({ roof, ends: drawSlope(drawing, roof) }));
  const flats = group.compute.map((roof) => ({ roof, ends: drawFlat(drawing, roof) }));
  drawRidgeLines(drawing);
  for (const dot of group.dots) drawDot(drawing, dot);
  for (const { roof, ends } of flats) labelFlat(drawing, roof, ends);
  for (const { roof, ends } of slopes) labelSlope(drawing, roof, ends);
  for (const dot of group.dots) labelDot(drawing, dot);
  labelRidges(drawing);
}

function path(drawing: Drawing, ends: readonly Point[], kind: string, title: string): void {
  drawing.frame.root.append(svg("path", { class: kind, d: line()([...ends]) ?? "" }, svg("title", {}, title)));
}

function roofTitle(roof: Roof): string {
  const rate = rateOf(roof);
  const figures = `${formatRate(roof.kind, rate.best)} best, ${formatRate(roof.kind, rate.median)} median of ${roof.windows} windows`;
  return [`${roofName(roof)}, ${isaName(roof.isa)}, ${threadsText(roof.threads)}: ${figures}`, ...flagsOf(roof)].join(", ");
}

/** A bandwidth roof is a slope that ends where it meets the highest compute roof. */
function drawSlope(drawing: Drawing, roof: Roof): [Point, Point] {
  const { x, y, group, field } = drawing;
  const ends = (rate: number): [Point, Point] => {
    const top = group.compute[0] ? best(group.compute[0]) : Infinity;
    const from = Math.max(x.domain[0], y.domain[0] / rate);
    const to = Math.min(x.domain[1], y.domain[1] / rate, top / rate);
    return [
      [x.at(from), y.at(from * rate)],
      [x.at(to), y.at(to * rate)],
    ];
  };
  const rate = rateOf(roof);
  const drawn = ends(rate.best);
  if (rate.median > 0) path(drawing, ends(rate.median), "roof bandwidth median", roofTitle(roof));
  path(drawing, drawn, "roof bandwidth", roofTitle(roof));
  field.addLine(drawn[0], drawn[1]);
  return drawn;
}

/** A compute roof is flat from where the steepest slope meets it. */
function drawFlat(drawing: Drawing, roof: Roof): [Point, Point] {
  const { x, y, group, field } = drawing;
  const ends = (rate: number): [Point, Point] => {
    const slope = group.bandwidth[0] ? best(group.bandwidth[0]) : Infinity;
    return [
      [x.at(Math.max(x.domain[0], rate / slope)), y.at(rate)],
      [x.at(x.domain[1]), y.at(rate)],
    ];
  };
  const rate = rateOf(roof);
  const drawn = ends(rate.best);
  if (rate.median > 0) path(drawing, ends(rate.median), "roof compute median", roofTitle(roof));
  path(drawing, drawn, "roof compute", roofTitle(roof));
  field.addLine(drawn[0], drawn[1]);
  return drawn;
}

function drawRidgeLines(drawing: Drawing): void {
  const { x, y, frame } = drawing;
  for (const ridge of markedRidges(drawing.group)) {
    const at: Point = [x.at(ridge.intensity), y.at(best(ridge.compute))];
    const title = `ridge point of ${roofName(ridge.compute)} and ${roofName(ridge.bandwidth)}: ${formatSignificant(ridge.intensity)} flop per byte`;
    path(drawing, [at, [at[0], frame.plot.bottom]], "ridge", title);
    frame.root.append(svg("path", { class: "ridge-mark", d: `M${at[0]},${at[1] - 4}l4,4l-4,4l-4,-4z` }, svg("title", {}, title)));
    drawing.field.addLine(at, [at[0], frame.plot.bottom]);
  }
}

function drawDot(drawing: Drawing, dot: Dot): void {
  const { x, y, frame, field } = drawing;
  const { best: top, median } = dot.rate_flop_per_s;
  const at = x.at(dot.intensity_flop_per_byte);
  const title = `${dot.kernel}, ${dot.implementation}, ${threadsText(dot.threads)}: ${formatFlopRate(top)} best, ${formatFlopRate(median)} median of ${dot.windows} windows`;
  const marks = svg("g", { class: "dot" }, svg("title", {}, title));
  if (median > 0) {
    marks.append(
      svg("line", { x1: at, x2: at, y1: y.at(top), y2: y.at(median) }),
      svg("circle", { class: "median", cx: at, cy: y.at(median), r: 5.5 }),
    );
  }
  marks.append(svg("circle", { class: "best", cx: at, cy: y.at(top), r: 3.5 }));
  frame.root.append(marks);
  field.addPoint(at, y.at(top), 6);
  field.addPoint(at, y.at(median), 6);
}

/** The longest wording that has room. */
function wording(drawing: Drawing, variants: readonly string[], kind: string, room: number): { text: string; width: number } {
  let text = "";
  let width = 0;
  for (text of variants) {
    width = textWidth(drawing.frame.root, text, kind);
    if (width <= room) break;
  }
  return { text, width };
}

function putLabel(drawing: Drawing, kind: string, text: string, width: number, candidates: readonly Candidate[]): void {
  const at = drawing.field.place(candidates, width, kTextHeight);
  const turn = at.angle === 0 ? "" : `rotate(${at.angle.toFixed(2)} ${at.x} ${at.y})`;
  const label = svg("text", { class: kind, x: at.x, y: at.y, "text-anchor": at.anchor }, text);
  if (turn) label.setAttribute("transform", turn);
  drawing.frame.root.append(label);
}

function roofWordings(roof: Roof): string[] {
  const rate = rateOf(roof);
  const top = formatRate(roof.kind, rate.best);
  const middle = formatSignificantOf(formatRate(roof.kind, rate.median), top);
  const flags = flagsOf(roof).map((flag) => `, ${flag}`).join("");
  const short = shortened(roofShortName(roof), 18);
  return [
    `${shortened(roofName(roof), 40)}, ${shortened(isaName(roof.isa), 12)}: ${top} best, ${middle} median${flags}`,
    `${short}: ${top} best, ${middle} median${flags}`,
    `${short} ${top}${flags}`,
    `${short} ${top}`,
  ];
}

/** The second figure without its unit where the first one has the same: "274 GFLOP/s best, 271 median". */
function formatSignificantOf(text: string, reference: string): string {
  const [value = text, unit] = text.split("\u00a0");
  return unit === reference.split("\u00a0")[1] ? value : text;
}

function labelFlat(drawing: Drawing, roof: Roof, [from, to]: [Point, Point]): void {
  const kind = "label compute";
  const { text, width } = wording(drawing, roofWordings(roof), kind, to[0] - from[0] - 12);
  const level = from[1];
  const middle = (from[0] + to[0]) / 2;
  const at = (x: number, y: number, anchor: Candidate["anchor"]): Candidate => ({ x, y, angle: 0, anchor });
  putLabel(drawing, kind, text, width, [
    at(to[0] - 2, level - 6, "end"),
    at(middle, level - 6, "middle"),
    at(from[0] + 10, level - 6, "start"),
    at(to[0] - 2, level + 15, "end"),
    at(from[0] + 10, level + 15, "start"),
    at(to[0] - 2, level - 20, "end"),
    at(from[0] + 10, level - 20, "start"),
  ]);
}

function labelSlope(drawing: Drawing, roof: Roof, [from, to]: [Point, Point]): void {
  const kind = "label bandwidth";
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const { text, width } = wording(drawing, roofWordings(roof), kind, length - 16);
  const angle = (Math.atan2(to[1] - from[1], to[0] - from[0]) * 180) / Math.PI;
  const turn = (angle * Math.PI) / 180;
  const candidates: Candidate[] = [];
  // Above the line, then below; more to the middle first. A label beside its own line is 6 px off it.
  for (const off of [-6, 16, -21, 31]) {
    for (const t of [0.5, 0.4, 0.6, 0.3, 0.7]) {
      candidates.push({
        x: from[0] + (to[0] - from[0]) * t - off * Math.sin(turn),
        y: from[1] + (to[1] - from[1]) * t + off * Math.cos(turn),
        angle,
        anchor: "middle",
      });
    }
  }
  putLabel(drawing, kind, text, width, candidates);
}

function labelDot(drawing: Drawing, dot: Dot): void {
  const { x, y } = drawing;
  const kind = "label kernel";
  const { best: top, median } = dot.rate_flop_per_s;
  const figures = `${formatFlopRate(top)} best, ${formatSignificantOf(formatFlopRate(median), formatFlopRate(top))} median`;
  const flags = flagsOf(dot).map((flag) => `, ${flag}`).join("");
  const share = dot.roof_fraction === null ? "" : `, ${formatPercent(dot.roof_fraction)} of its roof`;
  const name = shortened(dot.kernel, 24);
  const room = drawing.frame.plot.right - drawing.frame.plot.left;
  const { text, width } = wording(drawing, [`${name}: ${figures}${share}${flags}`, `${name}: ${figures}${flags}`, `${name}${flags}`, name], kind, room * 0.62);
  const at = x.at(dot.intensity_flop_per_byte);
  const upper = Math.min(y.at(top), y.at(median));
  const lower = Math.max(y.at(top), y.at(median));
  const candidates: Candidate[] = [];
  for (const step of [0, 14, 28, 42]) {
    for (const [dx, anchor] of [[0, "middle"], [6, "end"], [-6, "start"]] as const) {
      candidates.push({ x: at + dx, y: lower + 20 + step, angle: 0, anchor });
    }
  }
  candidates.push(
    { x: at + 10, y: upper + 4, angle: 0, anchor: "start" },
    { x: at - 10, y: upper + 4, angle: 0, anchor: "end" },
    { x: at, y: upper - 11, angle: 0, anchor: "middle" },
  );
  putLabel(drawing, kind, text, width, candidates);
}

function labelRidges(drawing: Drawing): void {
  const { plot, root } = drawing.frame;
  for (const ridge of markedRidges(drawing.group)) {
    const text = `ridge ${formatSignificant(ridge.intensity)}`;
    const width = textWidth(root, text, "label ridge-label");
    const x = drawing.x.at(ridge.intensity);
    const candidates: Candidate[] = [];
    for (const up of [7, 22, 37]) {
      candidates.push({ x: x + 5, y: plot.bottom - up, angle: 0, anchor: "start" });
      candidates.push({ x: x - 5, y: plot.bottom - up, angle: 0, anchor: "end" });
    }
    putLabel(drawing, "label ridge-label", text, width, candidates);
  }
}
