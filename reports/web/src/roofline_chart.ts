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
  const height = Math.round(Math.min(430, Math.max(370, width * 0.72)));
  const frame = startFrame(root, width, height, { top: 26, right: 14, bottom: 44, left: 48 });
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
  // Those with least choice of place come first.
  for (const dot of group.dots) labelDot(drawing, dot);
  for (const { roof, ends } of flats) labelFlat(drawing, roof, ends);
  for (const { roof, ends } of slopes) labelSlope(drawing, roof, ends, roof === group.bandwidth[0]);
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
    drawing.field.addLine(at, [at[0], frame.plot.bottom], 0.05);
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

function putLabel(drawing: Drawing, kind: string, texts: readonly string[], candidatesOf: (width: number) => Candidate[]): void {
  const { root } = drawing.frame;
  const wordings = texts.map((text) => {
    const width = textWidth(root, text, kind);
    return { text, width, candidates: candidatesOf(width) };
  });
  const at = drawing.field.place(wordings, kTextHeight);
  const label = svg("text", { class: kind, x: at.x, y: at.y, "text-anchor": at.anchor }, at.text);
  if (at.angle !== 0) label.setAttribute("transform", `rotate(${at.angle.toFixed(2)} ${at.x} ${at.y})`);
  root.append(label);
}

function roofWordings(roof: Roof): string[] {
  const rate = rateOf(roof);
  const top = formatRate(roof.kind, rate.best);
  const middle = withoutUnitOf(formatRate(roof.kind, rate.median), top);
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
function withoutUnitOf(text: string, reference: string): string {
  const [value = text, unit] = text.split("\u00a0");
  return unit === reference.split("\u00a0")[1] ? value : text;
}

function labelFlat(drawing: Drawing, roof: Roof, [from, to]: [Point, Point]): void {
  const level = from[1];
  const middle = (from[0] + to[0]) / 2;
  putLabel(drawing, "label compute", roofWordings(roof), () => {
    const at = (x: number, y: number, anchor: Candidate["anchor"]): Candidate => ({ x, y, angle: 0, anchor });
    return [-6, 16, -20, 30].flatMap((off) => [
      at(to[0] - 2, level + off, "end"),
      at(middle, level + off, "middle"),
      at(from[0] + 10, level + off, "start"),
    ]);
  });
}

function labelSlope(drawing: Drawing, roof: Roof, [from, to]: [Point, Point], isTop: boolean): void {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const angle = (Math.atan2(to[1] - from[1], to[0] - from[0]) * 180) / Math.PI;
  const turn = (angle * Math.PI) / 180;
  putLabel(drawing, "label bandwidth", roofWordings(roof), (width) => {
    // The text stays beside its line, more to the middle first. Above the steepest there is nothing else; a label above
    // another slope would be read as the label of the one over it.
    const slack = Math.max(0, (length - width - 12) / 2 / length);
    return (isTop ? [-6, -21] : [16, -6, 31]).flatMap((off) =>
      [0, -0.4, 0.4, -0.8, 0.8].map((part): Candidate => {
        const t = 0.5 + part * slack;
        return {
          x: from[0] + (to[0] - from[0]) * t - off * Math.sin(turn),
          y: from[1] + (to[1] - from[1]) * t + off * Math.cos(turn),
          angle,
          anchor: "middle",
        };
      }),
    );
  });
}

function dotWordings(dot: Dot): string[] {
  const { best: top, median } = dot.rate_flop_per_s;
  const figures = `${formatFlopRate(top)} best, ${withoutUnitOf(formatFlopRate(median), formatFlopRate(top))} median`;
  const flags = flagsOf(dot).map((flag) => `, ${flag}`).join("");
  const share = dot.roof_fraction === null ? "" : `, ${formatPercent(dot.roof_fraction)} of its roof`;
  const name = shortened(dot.kernel, 24);
  return [`${name}: ${figures}${share}${flags}`, `${name}: ${figures}${flags}`, `${name}: ${formatFlopRate(top)}${flags}`, `${name}${flags}`];
}

function labelDot(drawing: Drawing, dot: Dot): void {
  const { x, y } = drawing;
  const { best: top, median } = dot.rate_flop_per_s;
  const at = x.at(dot.intensity_flop_per_byte);
  const upper = Math.min(y.at(top), y.at(median));
  const lower = Math.max(y.at(top), y.at(median));
  putLabel(drawing, "label kernel", dotWordings(dot), (width) => {
    const candidates: Candidate[] = [];
    for (const step of [20, 34, 48, 62]) {
      for (const [dx, anchor] of [[0, "middle"], [width / 4, "end"], [8, "end"], [-8, "start"]] as const) {
        candidates.push({ x: at + dx, y: lower + step, angle: 0, anchor });
      }
    }
    candidates.push(
      { x: at + 10, y: upper + 4, angle: 0, anchor: "start" },
      { x: at - 10, y: upper + 4, angle: 0, anchor: "end" },
      { x: at, y: upper - 11, angle: 0, anchor: "middle" },
    );
    return candidates;
  });
}

function labelRidges(drawing: Drawing): void {
  const { plot } = drawing.frame;
  for (const ridge of markedRidges(drawing.group)) {
    const x = drawing.x.at(ridge.intensity);
    putLabel(drawing, "label ridge-label", [`ridge ${formatSignificant(ridge.intensity)}`], () =>
      [7, 22, 37].flatMap((up): Candidate[] => [
        { x: x + 5, y: plot.bottom - up, angle: 0, anchor: "start" },
        { x: x - 5, y: plot.bottom - up, angle: 0, anchor: "end" },
      ]),
    );
  }
}
