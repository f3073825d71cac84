import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScenarioResult } from "../../../../../reports/web/src/document";
import { barsFor, barsOf, finerBarsOf, observedOf, total } from "../../../../../reports/web/src/histogram_view";
import { markersOf, markerText, unitOf } from "../../../../../reports/web/src/latency_chart";

const growth = 1.01 / 0.99;

test("a bar covers its bucket: (g^(i-1), g^i]", () => {
  const [bar] = barsOf({ alpha: 0.01, first_bucket: 631, counts: [7] }, 100);
  assert.ok(bar);
  assert.ok(Math.abs(bar.lowNs / growth ** 630 - 1) < 1e-9);
  assert.ok(Math.abs(bar.highNs / growth ** 631 - 1) < 1e-9);
  assert.equal(bar.count, 7);
});

test("joining buckets loses no query and leaves no gap", () => {
  const counts = Array.from({ length: 230 }, (_, k) => (k * 7) % 11);
  const histogram = { alpha: 0.01, first_bucket: 400, counts };
  const bars = barsOf(histogram, 50);
  assert.ok(bars.length <= 50 && bars.length > 25);
  assert.equal(bars.reduce((sum, bar) => sum + bar.count, 0), total(histogram));
  for (let k = 1; k < bars.length; k += 1) assert.equal(bars[k]?.lowNs, bars[k - 1]?.highNs);
});

test("empty ends are not drawn, gaps in the middle are", () => {
  const bars = barsOf({ alpha: 0.01, first_bucket: 10, counts: [0, 0, 3, 0, 1, 0] }, 100);
  assert.deepEqual(bars.map((bar) => bar.count), [3, 0, 1]);
});

test("nothing recorded, nothing drawn", () => {
  assert.deepEqual(barsOf({ alpha: 0.01, first_bucket: 0, counts: [] }, 10), []);
  assert.deepEqual(barsOf({ alpha: 0.01, first_bucket: 0, counts: [0, 0] }, 10), []);
});

test("buckets that no clock can have are refused", () => {
  assert.throws(() => barsOf({ alpha: 0.01, first_bucket: 1e9, counts: [1] }, 10), /out of range/);
  assert.throws(() => barsOf({ alpha: 1, first_bucket: 1, counts: [1] }, 10), /alpha/);
});

test("finer bars of the latencies themselves: every one is counted, once", () => {
  const latencies = Array.from({ length: 900 }, (_, k) => 150_000 + ((k * 7919) % 4000));
  const bars = finerBarsOf(latencies, 80);
  assert.equal(bars.length, 20);
  assert.equal(bars.reduce((sum, bar) => sum + bar.count, 0), 900);
  assert.equal(bars[0]?.lowNs, Math.min(...latencies));
  assert.ok(Math.abs((bars[19]?.highNs ?? 0) - Math.max(...latencies)) < 1e-6);
  for (const bar of bars) {
    const inside = latencies.filter((ns) => ns >= bar.lowNs - 1e-6 && ns < bar.highNs - 1e-6).length;
    assert.ok(Math.abs(bar.count - inside) <= 1);
  }
});

test("finer bars are taken only where the buckets are coarser and the latencies are all there", () => {
  const latencies_ns = Array.from({ length: 100 }, (_, k) => 150_000 + k * 10);
  const histogram = { alpha: 0.01, first_bucket: 596, counts: [100] };
  assert.equal(barsFor({ histogram, latencies_ns } as unknown as ScenarioResult, 80).length, 10);
  assert.equal(barsFor({ histogram } as ScenarioResult, 80).length, 1);
  assert.equal(barsFor({ histogram, latencies_ns: [1, 2] } as unknown as ScenarioResult, 80).length, 1);
  const wide = { alpha: 0.01, first_bucket: 596, counts: Array.from({ length: 50 }, () => 2) };
  assert.equal(barsFor({ histogram: wide, latencies_ns } as unknown as ScenarioResult, 80).length, 50);
});

test("equal latencies, or ones a clock step apart, have no finer bars", () => {
  assert.deepEqual(finerBarsOf([5000, 5000, 5000], 80), []);
  assert.deepEqual(finerBarsOf([40, 41, 42], 80), []);
  assert.deepEqual(finerBarsOf([], 80), []);
});

test("what is timed is a query, or a batch where one query was timed in parts", () => {
  const result = (queries: number, counts: number[]): ScenarioResult => ({ queries, histogram: { alpha: 0.01, first_bucket: 1, counts } }) as ScenarioResult;
  assert.deepEqual(observedOf(result(7, [3, 4])), { count: 7, one: "query", many: "queries" });
  assert.deepEqual(observedOf(result(1, [30, 34])), { count: 64, one: "batch", many: "batches" });
});

test("a refused percentile has no marker, one without interval says so", () => {
  const latency_ns = {
    p50: { value: 341345, low: 337511, high: 344382, n_effective: 320 },
    p90: { value: 370057, low: null, high: null, n_effective: 320 },
    p99: { needs_queries: 368, n_effective: 320 },
  };
  const markers = markersOf({ latency_ns } as unknown as ScenarioResult);
  assert.deepEqual(markers.map((marker) => marker.name), ["P50", "P90"]);
  assert.deepEqual(markers.map(markerText).map((text) => text.replace(/\u00a0/g, " ")), [
    "P50 341 \u00b5s (338\u2013344 \u00b5s)",
    "P90 370 \u00b5s (no interval)",
  ]);
});

test("one unit an axis", () => {
  assert.deepEqual(unitOf(1999), { ns: 1, name: "ns" });
  assert.equal(unitOf(391328).name, "\u00b5s");
  assert.equal(unitOf(4e8).name, "ms");
  assert.equal(unitOf(3e9).name, "s");
});
