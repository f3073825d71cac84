import { axisBottom, axisLeft } from "d3-axis";
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { el, svg } from "./dom";
import type { Box } from "./label_layout";
import type { Scale } from "./scales";
import { shown } from "./text";

export interface Frame {
  root: SVGSVGElement;
  plot: Box;
}

export interface Margins {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** Sets the drawing's size and empties it. Labels are laid out for this width, so a new width is a new drawing. */
export function startFrame(root: SVGSVGElement, width: number, height: number, margins: Margins): Frame {
  root.replaceChildren();
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  return {
    root,
    plot: { left: margins.left, top: margins.top, right: width - margins.right, bottom: height - margins.bottom },
  };
}

type TickFormat = (value: number) => string;

export function drawXAxis(frame: Frame, scale: Scale, ticks: readonly number[], format: TickFormat, title: string): void {
  const { plot, root } = frame;
  const axis = axisBottom<number>(scale.axis)
    .tickValues([...ticks])
    .tickFormat((value) => shown(format(Number(value))))
    .tickSize(plot.top - plot.bottom)
    .tickPadding(8);
  select(root).append("g").attr("class", "axis").attr("transform", `translate(0,${plot.bottom})`).call(axis);
  root.append(svg("text", { class: "axis-title", x: plot.right, y: plot.bottom + 36, "text-anchor": "end" }, title));
}

export function drawYAxis(frame: Frame, scale: Scale, ticks: readonly number[], format: TickFormat, title: string): void {
  drawLeft(frame, axisLeft<number>(scale.axis).tickValues([...ticks]), format, title);
}

/** A linear axis from 0; returns where a value stands. */
export function drawCountAxis(frame: Frame, most: number, format: TickFormat, title: string): (value: number) => number {
  const { plot } = frame;
  const scale = scaleLinear().domain([0, most]).range([plot.bottom, plot.top]);
  const whole = scale.ticks(4).filter((tick) => Number.isInteger(tick));
  drawLeft(frame, axisLeft<number>(scale).tickValues(whole), format, title);
  return (value) => Number(scale(value));
}

function drawLeft(frame: Frame, axis: ReturnType<typeof axisLeft<number>>, format: TickFormat, title: string): void {
  const { plot, root } = frame;
  axis
    .tickFormat((value) => shown(format(Number(value))))
    .tickSize(plot.left - plot.right)
    .tickPadding(7);
  select(root).append("g").attr("class", "axis").attr("transform", `translate(${plot.left},0)`).call(axis);
  root.append(svg("text", { class: "axis-title", x: 0, y: 11 }, title));
}

/** Width of a text as the page would set it; the drawing must be in the document. */
export function textWidth(root: SVGSVGElement, text: string, kind: string): number {
  const probe = svg("text", { class: kind, x: 0, y: 0 }, text);
  root.append(probe);
  const width = probe.getComputedTextLength();
  probe.remove();
  return width;
}

/** Pixels of a chart on paper, where it takes the whole width or half of it: A4 with margins, at 96 px an inch. */
export const kPaperWidth = 670;
const kHalfPaperWidth = 320;

export interface Chart {
  holder: HTMLElement;
  /** Draws again: what is to be seen has changed, and the label that says it in words. */
  redraw(label: string): void;
}

export interface ChartOptions {
  /** "img" where nothing inside can be reached, "group" where something can. */
  role?: "img" | "group";
  paperWidth?: number;
}

type Draw = (root: SVGSVGElement, width: number) => void;

/**
 * A drawing that is made anew when its room changes: text keeps its size on a telephone and on paper. `draw` gets the
 * drawing, which is in the document then, and the width it has.
 */
export function chart(label: string, draw: Draw, options: ChartOptions = {}): Chart {
  const root = svg("svg", { role: options.role ?? "img", "aria-label": label });
  const holder = el("div", { class: "chart" }, root);
  let drawn = 0;
  const drawAt = (width: number): void => {
    if (width < 120) return;
    drawn = width;
    try {
      draw(root, width);
      if (!root.isConnected) holder.replaceChildren(root);
    } catch (error) {
      holder.replaceChildren(el("p", { class: "empty" }, `This chart cannot be drawn: ${(error as Error).message}`));
    }
  };
  const fit = (): void => {
    const width = Math.floor(holder.clientWidth);
    if (width !== drawn) drawAt(width);
  };
  // In the next frame: a drawing changes its own height, which must not happen while sizes are being observed.
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(holder);
  addEventListener("beforeprint", () => drawAt(options.paperWidth ?? kHalfPaperWidth));
  addEventListener("afterprint", fit);
  return {
    holder,
    redraw: (words) => {
      root.setAttribute("aria-label", shown(words));
      if (drawn > 0) drawAt(drawn);
    },
  };
}

export function responsiveChart(label: string, draw: Draw, options: ChartOptions = {}): HTMLElement {
  return chart(label, draw, options).holder;
}
