import { line } from "d3-shape";
import { drawXAxis, drawYAxis, startFrame } from "./chart_frame";
import type { Roof } from "./document";
import { svg } from "./dom";
import { dotMark, walkable } from "./dot_marks";
import { formatRate, formatSignificant, rateOf } from "./format";
import { LabelField } from "./label_layout";
import { flagsOf, isaName, roofName } from "./names";
import { columnWidth, labelCeilings, labelDot, labelRidges, labelSlope, type Drawing, type Point } from "./roofline_labels";
import { best, limitOf, markedRidges, sustainedOf, type View } from "./roofline_view";
import { logScale, logTicks, type Span } from "./scales";

type Ends = readonly [Point, Point];

/** `tell` gets the details of the kernel that is pointed at or reached. */
export function drawRoofline(root: SVGSVGElement, width: number, view: View, axes: { x: Span; y: Span }, tell: (text: string) => void): void {
  const height = Math.round(Math.min(560, Math.max(430, width * 0.55)));
  const column = columnWidth(root, view, width < 560 ? 96 : 200);
  const frame = startFrame(root, width, height, { top: 28, right: column > 0 ? column + 20 : 14, bottom: 44, left: 48 });
  const { plot } = frame;
  const x = logScale(axes.x, [plot.left, plot.right]);
  const y = logScale(axes.y, [plot.bottom, plot.top]);
  const decimal = (value: number): string => (value < 1000 ? String(value) : formatSignificant(value));
  drawXAxis(frame, x, logTicks(axes.x, (plot.right - plot.left) / 50), decimal, "arithmetic intensity, flop per byte");
  drawYAxis(frame, y, logTicks(axes.y, 9), (value) => decimal(Number((value / 1e9).toPrecision(6))), "GFLOP/s");

  const drawing: Drawing = { frame, x, y, field: new LabelField(plot), view };
  const slopes = view.bandwidth.map((roof) => ({ roof, ends: drawRoof(drawing, roof, slopeEnds) }));
  for (const roof of view.compute) drawRoof(drawing, roof, flatEnds);
  drawRidges(drawing);
  const marks = svg("g", { class: "dots" }, ...drawDots(drawing, tell));
  // Those with least choice of place come first. A slope's own line is where its label belongs, and in the way of others.
  for (const { roof, ends } of slopes) labelSlope(drawing, roof, ends);
  for (const { ends } of slopes) drawing.field.addLine(ends[0], ends[1], 0.2);
  const falling = [...view.dots].sort((a, b) => b.dot.rate_flop_per_s.best - a.dot.rate_flop_per_s.best);
  for (const numberedDot of falling) labelDot(drawing, numberedDot, width < 560);
  labelRidges(drawing);
  labelCeilings(drawing, column);
  // The whole is told by the chart's own label and each kernel by its mark's; what is left are ticks and lines.
  for (const child of root.children) child.setAttribute("aria-hidden", "true");
  root.append(marks);
}

function path(drawing: Drawing, ends: readonly Point[], kind: string, title: string): void {
  const points = ends.map(([x, y]): [number, number] => [x, y]);
  drawing.frame.root.append(svg("path", { class: kind, d: line()(points) ?? "" }, svg("title", {}, title)));
}

function roofTitle(roof: Roof): string {
  const rate = rateOf(roof);
  const limit = limitOf(roof);
  const sustained = sustainedOf(roof);
  return [
    `${roofName(roof)}, ${isaName(roof.isa)}: ${formatRate(roof.kind, rate.best)} best, ${formatRate(roof.kind, rate.median)} median of ${roof.windows} windows`,
    sustained === null ? null : `${formatRate(roof.kind, sustained)} sustained`,
    limit === null ? null : `documented limit at this clock ${formatRate(roof.kind, limit)}`,
    ...flagsOf(roof),
  ].filter((part) => part).join(", ");
}

/** A bandwidth roof is a slope that ends where it meets the highest compute roof. */
function slopeEnds({ x, y, view }: Drawing, rate: number): Ends {
  const top = view.compute[0] ? best(view.compute[0]) : Infinity;
  const from = Math.max(x.domain[0], y.domain[0] / rate);
  const to = Math.max(from, Math.min(x.domain[1], y.domain[1] / rate, top / rate));
  return [[x.at(from), y.at(from * rate)], [x.at(to), y.at(to * rate)]];
}

/** A compute roof is flat from where the steepest slope meets it. */
function flatEnds({ x, y, view }: Drawing, rate: number): Ends {
  const slope = view.bandwidth[0] ? best(view.bandwidth[0]) : Infinity;
  return [[x.at(Math.max(x.domain[0], rate / slope)), y.at(rate)], [x.at(x.domain[1]), y.at(rate)]];
}

/** Three heights and the limit: best as the line, the median thinner, sustained as a mark, the limit dashed. */
function drawRoof(drawing: Drawing, roof: Roof, endsOf: (drawing: Drawing, rate: number) => Ends): Ends {
  const kind = `roof ${roof.kind}`;
  const title = roofTitle(roof);
  const rate = rateOf(roof);
  const limit = limitOf(roof);
  const sustained = sustainedOf(roof);
  const ends = endsOf(drawing, rate.best);
  if (limit !== null) path(drawing, endsOf(drawing, limit), `${kind} limit`, title);
  if (rate.median > 0) path(drawing, endsOf(drawing, rate.median), `${kind} median`, title);
  path(drawing, ends, kind, title);
  if (sustained !== null && sustained > 0) {
    const [from, to] = endsOf(drawing, sustained);
    // Far from the ends, where other lines and labels meet.
    const t = roof.kind === "compute" ? 0.82 : 0.12;
    const at: Point = [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t];
    const mark = `M${at[0] - 5},${at[1] - 5}l5,5l5,-5z`;
    drawing.frame.root.append(svg("path", { class: `sustained ${roof.kind}`, d: mark }, svg("title", {}, title)));
  }
  if (roof.kind === "compute") drawing.field.addLine(ends[0], ends[1], 0.1);
  return ends;
}

function drawRidges(drawing: Drawing): void {
  const { x, y, frame, view } = drawing;
  const marked = new Set(markedRidges(view));
  for (const ridge of view.ridges) {
    const at: Point = [x.at(ridge.intensity), y.at(best(ridge.compute))];
    const title = `ridge point of ${roofName(ridge.compute)} and ${roofName(ridge.bandwidth)}: ${formatSignificant(ridge.intensity)} flop per byte`;
    if (marked.has(ridge)) {
      path(drawing, [at, [at[0], frame.plot.bottom]], "ridge", title);
      drawing.field.addLine(at, [at[0], frame.plot.bottom], 0.05);
    }
    frame.root.append(svg("path", { class: "ridge-mark", d: `M${at[0]},${at[1] - 4}l4,4l-4,4l-4,-4z` }, svg("title", {}, title)));
  }
}

function drawDots(drawing: Drawing, tell: (text: string) => void): SVGGElement[] {
  const { x, y, field, view } = drawing;
  const marks = view.dots.map((numberedDot) => {
    const { dot } = numberedDot;
    const { best: top, median } = dot.rate_flop_per_s;
    const at = x.at(dot.intensity_flop_per_byte);
    field.addPoint(at, y.at(top), 6);
    if (median > 0) field.addPoint(at, y.at(median), 6);
    return dotMark(numberedDot, at, y.at(top), median > 0 ? y.at(median) : null, tell);
  });
  walkable(marks);
  return marks;
}
