// Latency and read rate over the working set: two plots with one axis below, and the levels as the machine tells and as
// the sweep found them.
import { line } from "d3-shape";
import { drawXAxis, drawYAxis, startFrame, textWidth, type Frame } from "./chart_frame";
import type { CacheLevel, SweepPoint } from "./document";
import { svg } from "./dom";
import { formatByteRate, formatBytes, formatNs } from "./format";
import { logScale, logTicks, padded, type Scale } from "./scales";
import { shortened } from "./text";

const kMeasure = [
  { kind: "latency", title: "latency of one load, ns", factor: 1, of: (point: SweepPoint): number | null => point.latency_ns },
  { kind: "bandwidth", title: "read, GB/s", factor: 1e9, of: (point: SweepPoint): number | null => point.read_byte_per_s },
] as const;

export function sweepText(points: readonly SweepPoint[], levels: readonly CacheLevel[]): string {
  const found = levels.flatMap(({ level, found_bytes: reading }) => ("value" in reading ? [`${level} up to ${formatBytes(reading.value)}`] : []));
  const figures = points.map((point) => {
    const parts = [point.latency_ns === null ? "" : formatNs(point.latency_ns), point.read_byte_per_s === null ? "" : formatByteRate(point.read_byte_per_s)];
    return `${formatBytes(point.working_set_bytes)} ${parts.filter((part) => part).join(" and ")}`;
  });
  return `Latency and read rate over the working set. Found: ${found.join(", ") || "no level"}. ${figures.join("; ")}.`;
}

/** Powers of 4, 16 or more of a byte, from those that the axis has room for. */
function byteTicks([low, high]: readonly [number, number], most: number): number[] {
  for (const step of [1, 2, 4, 5, 10]) {
    const ticks: number[] = [];
    for (let power = Math.ceil(Math.log2(low) / step) * step; 2 ** power <= high; power += step) ticks.push(2 ** power);
    if (ticks.length <= most) return ticks;
  }
  return [];
}

const usable = (value: number | null): value is number => value !== null && Number.isFinite(value) && value > 0;

export function drawSweep(root: SVGSVGElement, width: number, points: readonly SweepPoint[], levels: readonly CacheLevel[]): void {
  const span = padded(points.map((point) => point.working_set_bytes), 1.3, 1.3);
  if (!span) throw new Error("the sweep has no working set");
  const rows = kMeasure.filter((measure) => points.some((point) => usable(measure.of(point))));
  const told = levels.flatMap(({ level, told_bytes: reading }) => ("value" in reading ? [{ level, bytes: reading.value }] : []));
  // What lies behind the last cache has no end that a sweep could find.
  const found = levels.flatMap(({ level, found_bytes: reading }) => ("value" in reading && level !== "DRAM" ? [{ level, bytes: reading.value }] : []));
  const each = width < 560 ? 150 : 180;
  const gap = 34;
  const top = 78;
  const frame = startFrame(root, width, top + rows.length * (each + gap) + 20, { top, right: 16, bottom: 0, left: 48 });
  const x = logScale(span, [frame.plot.left, frame.plot.right]);
  const inside = (bytes: number): boolean => bytes >= span[0] && bytes <= span[1];
  const bottom = top + rows.length * (each + gap) - gap;
  markLevels(frame, x, found.filter((level) => inside(level.bytes)), "found", 16, bottom);
  markLevels(frame, x, told.filter((level) => inside(level.bytes)), "told", 36, bottom);
  rows.forEach((measure, at) => {
    const part: Frame = { root, plot: { ...frame.plot, top: top + at * (each + gap), bottom: top + at * (each + gap) + each } };
    const values = points.filter((point) => usable(measure.of(point)));
    const range = padded(values.map((point) => (measure.of(point) ?? 0) / measure.factor), 1.4, 1.4) ?? ([1, 10] as const);
    const y = logScale(range, [part.plot.bottom, part.plot.top]);
    const last = at === rows.length - 1;
    const ticks = byteTicks(span, (part.plot.right - part.plot.left) / 62);
    drawXAxis(part, x, ticks, last ? (bytes) => formatBytes(bytes) : () => "", last ? "working set" : "");
    drawYAxis(part, y, logTicks(range, 5), String, "");
    root.append(svg("text", { class: "axis-title", x: 0, y: part.plot.top - 8 }, measure.title));
    const at2 = (point: SweepPoint): [number, number] => [x.at(point.working_set_bytes), y.at((measure.of(point) ?? 0) / measure.factor)];
    root.append(svg("path", { class: `curve ${measure.kind}`, d: line()(values.map(at2)) ?? "" }));
    for (const point of values) {
      const [cx, cy] = at2(point);
      const figure = measure.kind === "latency" ? formatNs(measure.of(point) ?? 0) : formatByteRate(measure.of(point) ?? 0);
      root.append(svg("circle", { class: `point ${measure.kind}`, cx, cy, r: 3 }, svg("title", {}, `${formatBytes(point.working_set_bytes)}: ${figure}`)));
    }
  });
}

interface Edge {
  level: string;
  bytes: number;
}

/** Lines over all plots, each named in one row above them; a name that would cover its neighbour loses its size first. */
function markLevels(frame: Frame, x: Scale, edges: readonly Edge[], kind: "found" | "told", row: number, bottom: number): void {
  const { root } = frame;
  let taken = 0;
  const word = svg("text", { class: `label level ${kind}`, x: 0, y: row - 2 }, kind === "found" ? "found" : "told");
  root.append(word);
  taken = textWidth(root, word.textContent ?? "", `label level ${kind}`) + 6;
  for (const edge of [...edges].sort((a, b) => a.bytes - b.bytes)) {
    const at = x.at(edge.bytes);
    root.append(svg("path", { class: `edge ${kind}`, d: `M${at},${row + 2}V${bottom}` }));
    const name = shortened(edge.level, 8);
    for (const text of [`${name} ${formatBytes(edge.bytes)}`, name]) {
      const width = textWidth(root, text, `label level ${kind}`);
      const start = Math.max(taken, Math.min(at - width / 2, frame.plot.right + 14 - width));
      if (start > at - 4 && text !== name) continue;
      if (start > at + 12) break;
      root.append(svg("text", { class: `label level ${kind}`, x: start, y: row - 2 }, text));
      taken = start + width + 8;
      break;
    }
  }
}
