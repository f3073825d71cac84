import type { Histogram } from "./document";

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

export function total(histogram: Histogram): number {
  return histogram.counts.reduce((sum, count) => sum + count, 0);
}
