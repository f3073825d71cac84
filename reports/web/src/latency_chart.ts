import { drawCountAxis, drawXAxis, startFrame, textWidth, type Frame } from "./chart_frame";
import type { PercentileName, ScenarioResult } from "./document";
import { svg } from "./dom";
import { formatCount, formatNs, formatNsRange, formatSignificant } from "./format";
import { barsFor, observedOf, type Bar } from "./histogram_view";
import { logScale, logTicks, type Scale, type Span } from "./scales";

export interface Marker {
  name: string;
  value: number;
  low: number | null;
  high: number | null;
}

export const kDrawnPercentiles: readonly PercentileName[] = ["p50", "p90", "p99"];

export function percentileTitle(name: PercentileName): string {
  return name.toUpperCase().replace("_", ".");
}

/** The percentiles that the report gives a figure for. */
export function markersOf(result: ScenarioResult): Marker[] {
  return kDrawnPercentiles.flatMap((name) => {
    const figure = result.latency_ns[name];
    if (!("value" in figure)) return [];
    return [{ name: percentileTitle(name), value: figure.value, low: figure.low, high: figure.high }];
  });
}

const kRow = 19;

export function drawLatency(root: SVGSVGElement, width: number, result: ScenarioResult): void {
  const markers = markersOf(result);
  const observed = observedOf(result);
  const height = Math.round(Math.min(300, Math.max(230, width * 0.5))) + kRow * markers.length;
  const frame = startFrame(root, width, height, { top: 24 + kRow * markers.length, right: 14, bottom: 44, left: 44 });
  const { plot } = frame;
  const bars = barsFor(result, (plot.right - plot.left) / 5);
  const x = logScale(domainOf(bars, markers), [plot.left, plot.right]);
  const unit = unitOf(x.domain[1]);
  const tick = (value: number): string => formatSignificant(value / unit.ns, 3).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  drawXAxis(frame, x, logTicks(x.domain, width / 70), tick, `latency of a ${observed.one}, ${unit.name}`);
  const y = drawCountAxis(frame, Math.max(...bars.map((bar) => bar.count)), formatCount, observed.many);
  for (const marker of markers) drawInterval(frame, x, marker);
  for (const bar of bars) drawBar(frame, x, y, bar);
  markers.forEach((marker, row) => drawMarker(frame, x, marker, 24 + kRow * row));
}

function domainOf(bars: readonly Bar[], markers: readonly Marker[]): Span {
  const ends = [...bars.flatMap((bar) => [bar.lowNs, bar.highNs]), ...markers.flatMap((m) => [m.value, m.low ?? m.value, m.high ?? m.value])];
  if (bars.length === 0) throw new Error("the histogram is empty");
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const margin = Math.max(1.0005, (high / low) ** 0.03);
  return [low / margin, high * margin];
}

/** The axis has one unit, that of its largest value. */
export function unitOf(ns: number): { ns: number; name: string } {
  if (ns >= 2e9) return { ns: 1e9, name: "s" };
  if (ns >= 2e6) return { ns: 1e6, name: "ms" };
  if (ns >= 2e3) return { ns: 1e3, name: "\u00b5s" };
  return { ns: 1, name: "ns" };
}

function drawBar(frame: Frame, x: Scale, y: (count: number) => number, bar: Bar): void {
  if (bar.count === 0) return;
  const left = x.at(bar.lowNs);
  const right = x.at(bar.highNs);
  // A single query in a tail is what one looks for: it is never less than 2 px high.
  const top = Math.min(y(bar.count), frame.plot.bottom - 2);
  const gap = right - left > 4 ? 1 : 0;
  frame.root.append(
    svg(
      "rect",
      { class: "bar", x: left, y: top, width: Math.max(1, right - left - gap), height: frame.plot.bottom - top },
      svg("title", {}, `${formatNsRange(bar.lowNs, bar.highNs)}: ${formatCount(bar.count)}`),
    ),
  );
}

function drawInterval(frame: Frame, x: Scale, marker: Marker): void {
  if (marker.low === null || marker.high === null) return;
  const { plot } = frame;
  const left = x.at(marker.low);
  frame.root.append(
    svg("rect", { class: "interval", x: left, y: plot.top, width: Math.max(1, x.at(marker.high) - left), height: plot.bottom - plot.top }),
  );
}

export function markerText(marker: Marker): string {
  const interval =
    marker.low === null || marker.high === null ? "no interval" : formatNsRange(marker.low, marker.high);
  return `${marker.name} ${formatNs(marker.value)} (${interval})`;
}

function shortText(marker: Marker): string {
  return `${marker.name} ${formatNs(marker.value)}`;
}

function drawMarker(frame: Frame, x: Scale, marker: Marker, row: number): void {
  const { plot, root } = frame;
  const at = x.at(marker.value);
  root.append(svg("line", { class: "marker", x1: at, x2: at, y1: row, y2: plot.bottom }));
  let left = at;
  let right = at;
  if (marker.low !== null && marker.high !== null) {
    left = x.at(marker.low);
    right = x.at(marker.high);
    const ends = `M${left},${row + 3}v6M${left},${row + 6}H${right}M${right},${row + 3}v6`;
    root.append(svg("path", { class: "whisker", d: ends }));
  }
  const place = placeText(frame, markerText(marker), left - 7, right + 7) ?? placeText(frame, shortText(marker), left - 7, right + 7);
  const fallback = { x: plot.right, anchor: "end", text: shortText(marker) };
  const { x: start, anchor, text } = place ?? fallback;
  root.append(svg("text", { class: kMarkerClass, x: start, y: row + 10, "text-anchor": anchor }, text));
}

const kMarkerClass = "label marker-label";

/** Right of the interval where the text has room, else left of it. */
function placeText(frame: Frame, text: string, left: number, right: number): { x: number; anchor: string; text: string } | null {
  const width = textWidth(frame.root, text, kMarkerClass);
  if (right + width <= frame.plot.right) return { x: right, anchor: "start", text };
  return left - width >= 0 ? { x: left, anchor: "end", text } : null;
}
