import { line } from "d3-shape";
import { axisBottom } from "d3-axis";
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { drawYAxis, startFrame, textWidth } from "./chart_frame";
import { svg } from "./dom";
import { formatSignificant } from "./format";
import { spread } from "./label_column";
import { scaledAt, type Measure } from "./scaling";
import { logScale, padded } from "./scales";
import { teamWords, type Place } from "./teams";
import { shortened } from "./text";

interface Curve {
  measure: Measure;
  points: { at: number; times: number }[];
}

/** Over the first place; only figures that it has and one other at least. */
export function curvesOf(measures: readonly Measure[], places: readonly Place[]): Curve[] {
  const [first] = places;
  if (!first) return [];
  return measures.flatMap((measure) => {
    const points = places.flatMap((place, at) => {
      const scaled = scaledAt(measure, place, first);
      return scaled ? [{ at, times: scaled.times ?? 1 }] : [];
    });
    return points.length > 1 && points[0]?.at === 0 ? [{ measure, points }] : [];
  });
}

export function scalingText(curves: readonly Curve[], places: readonly Place[]): string {
  const parts = curves.map(({ measure, points }) => `${measure.name}: ${points.map(({ at, times }) => `${formatSignificant(times)} with ${places[at]?.words ?? ""}`).join(", ")}`);
  return `Times the figure with ${places[0]?.words ?? ""}. ${parts.join("; ")}.`;
}

/** Places stand side by side in the order of their threads; the ideal is the number of cores. */
export function drawScaling(root: SVGSVGElement, width: number, curves: readonly Curve[], places: readonly Place[]): void {
  const texts = curves.map(({ measure, points }) => `${measure.name} ${formatSignificant(points[points.length - 1]?.times ?? 1)}\u00d7`);
  const column = Math.ceil(Math.max(0, ...texts.map((text) => textWidth(root, text, "label compute"))));
  const frame = startFrame(root, width, width < 560 ? 300 : 340, { top: 28, right: column + 22, bottom: 44, left: 44 });
  const { plot } = frame;
  const ideal = places.flatMap((place, at) => (place.cores === null ? [] : [{ at, times: place.cores / (places[0]?.cores ?? 1) }]));
  const range = padded([...curves.flatMap((curve) => curve.points.map((point) => point.times)), ...ideal.map((point) => point.times)], 1.15, 1.15) ?? ([1, 2] as const);
  const y = logScale(range, [plot.bottom, plot.top]);
  const x = scaleLinear().domain([0, Math.max(1, places.length - 1)]).range([plot.left + 14, plot.right - 8]);
  const names = places.map((place) => shortened(place.team, 8));
  const axis = axisBottom<number>(x).tickValues(places.map((_, at) => at)).tickFormat((at) => names[Number(at)] ?? "").tickSize(plot.top - plot.bottom).tickPadding(8);
  select(root).append("g").attr("class", "axis").attr("transform", `translate(0,${plot.bottom})`).call(axis);
  root.append(svg("text", { class: "axis-title", x: plot.right, y: plot.bottom + 36, "text-anchor": "end" }, "team"));
  const powers = Array.from({ length: 16 }, (_, k) => 2 ** (k - 3)).filter((tick) => tick >= range[0] && tick <= range[1]);
  drawYAxis(frame, y, powers, (value) => `${value}\u00d7`, `times ${teamWords(places[0]?.team ?? "")}`);
  const at = (point: { at: number; times: number }): [number, number] => [Number(x(point.at)), y.at(point.times)];
  if (ideal.length > 1) root.append(svg("path", { class: "ideal", d: line()(ideal.map(at)) ?? "" }, svg("title", {}, "as many times as there are cores")));
  const ends = curves.map(({ points }) => y.at(points[points.length - 1]?.times ?? 1));
  const heights = spread(ends, 15, plot.top, plot.bottom);
  curves.forEach(({ measure, points }, k) => {
    root.append(svg("path", { class: `curve ${measure.kind}`, d: line()(points.map(at)) ?? "" }));
    for (const point of points) {
      const [cx, cy] = at(point);
      root.append(svg("circle", { class: `point ${measure.kind}`, cx, cy, r: 3.5 }));
    }
    const last = points[points.length - 1];
    const [endX, endY] = last ? at(last) : [plot.right, plot.bottom];
    const height = heights[k] ?? endY;
    root.append(
      svg("path", { class: "leader", d: `M${endX + 4},${endY}L${plot.right + 12},${height}h3` }),
      svg("text", { class: `label ${measure.kind}`, x: plot.right + 18, y: height + 4 }, texts[k] ?? ""),
    );
  });
}
