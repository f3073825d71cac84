// Frames missed in each tenth of a burst: whether it comes with time.
import { axisBottom } from "d3-axis";
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { drawCountAxis, startFrame } from "./chart_frame";
import { svg } from "./dom";
import { formatCount } from "./format";

export function tenthsText(missed: readonly number[]): string {
  return `Late frames in each part of the burst, in order: ${missed.map(formatCount).join(", ")}.`;
}

export function drawTenths(root: SVGSVGElement, width: number, missed: readonly number[]): void {
  const frame = startFrame(root, width, 220, { top: 26, right: 14, bottom: 44, left: 44 });
  const { plot } = frame;
  const y = drawCountAxis(frame, Math.max(1, ...missed), formatCount, "late frames");
  const x = scaleLinear().domain([0.5, missed.length + 0.5]).range([plot.left, plot.right]);
  const ticks = missed.map((_, at) => at + 1);
  const axis = axisBottom<number>(x).tickValues(ticks).tickFormat(String).tickSize(0).tickPadding(8);
  select(root).append("g").attr("class", "axis").attr("transform", `translate(0,${plot.bottom})`).call(axis);
  root.append(svg("text", { class: "axis-title", x: plot.right, y: plot.bottom + 36, "text-anchor": "end" }, "tenth of the burst"));
  missed.forEach((count, at) => {
    if (count === 0) return;
    const left = Number(x(at + 0.6));
    // A single late frame is what one looks for: it is never less than 2 px high.
    const top = Math.min(y(count), plot.bottom - 2);
    root.append(
      svg("rect", { class: "bar", x: left, y: top, width: Math.max(1, Number(x(at + 1.4)) - left), height: plot.bottom - top }, svg("title", {}, `part ${at + 1}: ${formatCount(count)}`)),
    );
  });
}
