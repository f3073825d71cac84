// Figures for people: three significant digits and the unit that fits, as reports/text/format.hpp writes them.
import type { Roof, WindowSummary } from "./document";

const kSpace = "\u00a0"; // a figure and its unit are never torn apart
export const kNotAvailable = "not available";

/** 273.57 -> "274", 41.13 -> "41.1", 0.5 -> "0.500", 12345 -> "12,345". */
export function formatSignificant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return "not a number";
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude >= digits) return formatCount(Math.round(value));
  if (magnitude < -4) return value.toExponential(digits - 1);
  const rounded = Number(value.toPrecision(digits));
  // Rounding may have made a digit more in front: 99.96 is "100", not "100.0".
  const after = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(after);
}

/** 1234567 -> "1,234,567". */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return "not a number";
  return Math.round(value)
    .toFixed(0)
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

interface Scaled {
  value: string;
  unit: string;
}

/** Units step by `base`; the value is rounded first, so that 999.9 is "1.00" of the next unit and not "1,000". */
function scaled(value: number, units: readonly string[], base: number): Scaled {
  let at = 0;
  let rest = value;
  while (at + 1 < units.length && Math.abs(Number(rest.toPrecision(3))) >= base) {
    rest /= base;
    at += 1;
  }
  return { value: formatSignificant(rest), unit: units[at] ?? "" };
}

function joined(part: Scaled): string {
  return part.value + kSpace + part.unit;
}

const kFlopUnits = ["FLOP/s", "kFLOP/s", "MFLOP/s", "GFLOP/s", "TFLOP/s", "PFLOP/s"];
const kByteUnits = ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"];
const kTimeUnits = ["ns", "\u00b5s", "ms", "s"];

export function formatFlopRate(value: number): string {
  return joined(scaled(value, kFlopUnits, 1000));
}

export function formatByteRate(value: number): string {
  return joined(scaled(value, kByteUnits, 1000));
}

/** A percentile that was refused is none. */
export function toldNs(value: number | null): string {
  return value === null ? "refused" : formatNs(value);
}

export function formatNs(value: number): string {
  return joined(scaled(value, kTimeUnits, 1000));
}

/** Two times in one unit, that of the larger, with as many digits as tell them apart. */
export function formatNsRange(low: number, high: number): string {
  const { unit } = scaled(high, kTimeUnits, 1000);
  const factor = 1000 ** kTimeUnits.indexOf(unit);
  if (low === high) return formatNs(high);
  let from = "";
  let to = "";
  for (let digits = 3; digits <= 6; digits += 1) {
    from = formatSignificant(low / factor, digits);
    to = formatSignificant(high / factor, digits);
    if (from !== to) break;
  }
  return from === to ? `${to}${kSpace}${unit}` : `${from}\u2013${to}${kSpace}${unit}`;
}

export function formatHertz(value: number): string {
  return joined(scaled(value, ["Hz", "kHz", "MHz", "GHz"], 1000));
}

/** Binary units: 32768 -> "32.0 KiB", whole numbers without digits after the point. */
export function formatBytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  let rest = value;
  while (at + 1 < units.length && Math.abs(rest) >= 1024) {
    rest /= 1024;
    at += 1;
  }
  const text = Number.isInteger(rest) ? formatCount(rest) : formatSignificant(rest);
  return `${text}${kSpace}${units[at] ?? ""}`;
}

export function formatPercent(fraction: number): string {
  return `${formatSignificant(fraction * 100)}${kSpace}%`;
}

export function formatPerSecond(value: number): string {
  return `${formatSignificant(value)}${kSpace}/s`;
}

/** 45.2 -> "45 s", 185 -> "3 min 5 s". */
export function formatWait(seconds: number): string {
  if (!Number.isFinite(seconds)) return "not a number";
  if (seconds < 10) return `${formatSignificant(seconds, 2)}${kSpace}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${kSpace}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}${kSpace}min ${whole % 60}${kSpace}s`;
  return `${Math.floor(minutes / 60)}${kSpace}h ${minutes % 60}${kSpace}min`;
}

export function rateOf(roof: Roof): WindowSummary {
  const summary = roof.rate_flop_per_s ?? roof.rate_byte_per_s ?? roof.latency_ns;
  if (!summary) throw new Error(`the roof ${roof.id} has no figures`);
  return summary;
}

/** A roof's figure in the unit of its kind. */
export function formatRate(kind: Roof["kind"], value: number): string {
  if (kind === "compute") return formatFlopRate(value);
  return kind === "bandwidth" ? formatByteRate(value) : formatNs(value);
}
