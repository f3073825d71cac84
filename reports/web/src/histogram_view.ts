import type { Histogram, ScenarioResult } from "./document";

export interface Bar {
  lowNs: number;
  highNs: number;
  count: number;
}

/**
 * Bars to draw: neighbouring buckets joined until at most `most` are left. Joining adds counts; no bucket is split, so
 * every bar's ends are ends of buckets.
 */
export function barsOf(histogram: Histogram, most: number): Bar[] {
  const { alpha, first_bucket: first, counts } = histogram;
  if (!(alpha > 0 && alpha < 1)) throw new Error("the histogram's alpha is not between 0 and 1");
  const growth = Math.log((1 + alpha) / (1 - alpha));
  const edge = (bucket: number): number => Math.exp(bucket * growth);

  let begin = 0;
  let end = counts.length;
  while (begin < end && !counts[begin]) begin += 1;
  while (end > begin && !counts[end - 1]) end -= 1;
  const join = Math.max(1, Math.ceil((end - begin) / Math.max(1, most)));

  const bars: Bar[] = [];
  for (let at = begin; at < end; at += join) {
    const upTo = Math.min(at + join, end);
    let count = 0;
    for (let k = at; k < upTo; k += 1) count += counts[k] ?? 0;
    const bar = { lowNs: edge(first + at - 1), highNs: edge(first + upTo - 1), count };
    if (!(bar.lowNs > 0) || !Number.isFinite(bar.highNs)) throw new Error("the histogram's buckets are out of range");
    bars.push(bar);
  }
  return bars;
}

/** Narrower bars would show the clock's steps instead of the distribution. */
const kNarrowestBarNs = 10;

/**
 * Bars of a distribution that is narrower than a few buckets, from the latencies themselves: evenly spaced on the
 * logarithmic axis, as many as the cube root of their number bears (Rice's rule).
 */
export function finerBarsOf(latencies: readonly number[], most: number): Bar[] {
  let low = Infinity;
  let high = -Infinity;
  for (const ns of latencies) {
    low = Math.min(low, ns);
    high = Math.max(high, ns);
  }
  if (!(low > 0) || !(high > low)) return [];
  const bars = Math.min(most, Math.ceil(2 * Math.cbrt(latencies.length)), Math.floor((high - low) / kNarrowestBarNs));
  if (bars < 2) return [];
  const step = Math.log(high / low) / bars;
  const out = Array.from({ length: bars }, (_, k) => ({ lowNs: low * Math.exp(k * step), highNs: low * Math.exp((k + 1) * step), count: 0 }));
  for (const ns of latencies) {
    const bar = out[Math.min(bars - 1, Math.floor(Math.log(ns / low) / step))];
    if (bar) bar.count += 1;
  }
  return out;
}

/** The bars to draw for a scenario: its buckets, or finer ones where the buckets are too coarse and the data are there. */
export function barsFor(result: ScenarioResult, most: number): Bar[] {
  const bars = barsOf(result.histogram, most);
  const latencies = result.latencies_ns;
  if (!latencies || latencies.length !== total(result.histogram)) return bars;
  const finer = finerBarsOf(latencies, most);
  return finer.length > bars.length ? finer : bars;
}

/** What one latency is of: Offline has one query, whose batches are timed. */
export interface Observed {
  count: number;
  one: string;
  many: string;
}

export function observedOf(result: ScenarioResult): Observed {
  const count = total(result.histogram);
  const batches = count > result.queries;
  return { count, one: batches ? "batch" : "query", many: batches ? "batches" : "queries" };
}

export function total(histogram: Histogram): number {
  return histogram.counts.reduce((sum, count) => sum + count, 0);
}
