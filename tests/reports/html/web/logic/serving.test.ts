import assert from "node:assert/strict";
import { test } from "node:test";
import type { PercentileName, ScenarioResult } from "../../../../../reports/web/src/document";
import { findingsOf, groupsOf, percentileWords } from "../../../../../reports/web/src/scenario_sentences";
import { plain } from "../../../../../reports/web/src/sentences";
import { cloudPlot, edgePlot, percentileCurve, percentilePlot, sweepPlot } from "../../../../../reports/web/src/serving_charts";
import type { CloudPoint, Edge, LoadSweep, PeakRate, Probe } from "../../../../../reports/web/src/serving_document";

const kMs = 1e6;

function result(scenario: string, values: Partial<Record<PercentileName, number>>, extra: Partial<ScenarioResult> = {}): ScenarioResult {
  const names: PercentileName[] = ["p50", "p90", "p95", "p99", "p99_9"];
  const figures = names.map((name) => [name, values[name] === undefined ? { needs_queries: 368, n_effective: 1 } : { value: values[name], low: null, high: null, n_effective: 1 }]);
  return {
    scenario,
    workload: "mobilenet",
    rung: "fixed",
    worker_threads: 2,
    queries: 100,
    rate_per_s: 900,
    latency_ns: Object.fromEntries(figures),
    histogram: { alpha: 0.01, first_bucket: 1, counts: [] },
    partial: false,
    verdict: "VALID",
    ...extra,
  } as unknown as ScenarioResult;
}

const words = (results: ScenarioResult[], peaks: PeakRate[] = []): string => {
  const [group] = groupsOf(results);
  assert.ok(group);
  return plain(findingsOf(group, peaks)).replace(/\u00a0/g, " ").trim();
};

test("scenarios of one workload and rung belong together", () => {
  const groups = groupsOf([result("Server", {}), result("Server", {}, { rung: "fitted" }), result("Offline", {})]);
  assert.deepEqual(groups.map((group) => [group.rung, group.results.length]), [["fixed", 2], ["fitted", 1]]);
});

test("a scenario without a median tells nothing but that it is not missing", () => {
  assert.equal(words([result("SingleStream", {})]), "Not measured: MultiStream, Server and Offline.");
});

test("one alone, with its tail where there is one", () => {
  assert.match(words([result("SingleStream", { p50: 1.1 * kMs, p99: 1.4 * kMs })]), /^One sample takes 1\.10 ms alone, the slowest 1 % at least 1\.40 ms\. Not/);
  assert.match(words([result("SingleStream", { p50: 1.1 * kMs })]), /^One sample takes 1\.10 ms alone\. Not/);
});

test("a ratio is told only where both figures stand", () => {
  const multi = result("MultiStream", { p50: 4.4 * kMs }, { samples_per_query: 8 });
  assert.match(words([multi, result("SingleStream", { p50: 1.1 * kMs })]), /8 at once take 4\.40 ms, 4\.00 times as long as one, with 2 workers\./);
  assert.doesNotMatch(words([multi, result("SingleStream", { p50: 1.1 * kMs }, { verdict: "INVALID" })]), /times/);
  assert.match(words([multi, result("SingleStream", { p50: 1.1 * kMs }, { verdict: "INVALID" })]), /INVALID and not told here: SingleStream\./);
});

test("arrivals are named as they came", () => {
  const server = (kind: string): ScenarioResult => result("Server", { p99: 5 * kMs }, { arrivals: { kind, wait: "hybrid", target_qps: 400, offered_qps: 401 } });
  assert.match(words([server("poisson")]), /^Asked at random moments, 401 \/s, the slowest 1 % at least 5\.00 ms\./);
  assert.match(words([server("bursty")]), /^Asked in bursts/);
  assert.match(words([server("toString")]), /^Asked at random moments/);
});

test("names of percentiles", () => {
  assert.equal(percentileWords("p99_9"), "P99.9");
});

test("the curve ends at every bucket and its tail stands where one query does", () => {
  const histogram = { alpha: 0.01, first_bucket: 600, counts: [50, 0, 40, 9, 1] };
  const points = percentileCurve(result("Server", {}, { histogram }));
  assert.deepEqual(points.map((point) => Math.round(point.x)), [1, 2, 10, 100, 200]);
  for (let k = 1; k < points.length; k += 1) assert.ok((points[k]?.y ?? 0) >= (points[k - 1]?.y ?? 0));
  assert.deepEqual(percentileCurve(result("Server", {})), []);
  assert.deepEqual(percentilePlot([result("Server", {})]).series, []);
});

const probe = (rate: number, verdict: Probe["verdict"] = "VALID"): Probe =>
  ({ target_qps: rate, achieved_qps: rate, p50_ns: kMs, p99_ns: 3 * kMs, verdict }) as Probe;

test("a sweep's points that are not VALID are hollow; lines of theory and search are inside the axis", () => {
  const sweep = { saturation_qps: 1700, points: [probe(200), probe(1600, "INVALID"), { ...probe(5), p99_ns: 0 }] } as LoadSweep;
  const peak = { percentile: "p99", bound_ns: 10 * kMs, found: true, rate_qps: 1240, predictions: [{ model: "M/D/1", rate_qps: 1900 }] } as PeakRate;
  const plot = sweepPlot(sweep, [peak]);
  assert.deepEqual(plot.series[0]?.points.map((point) => point.hollow), [false, true]);
  assert.deepEqual(plot.upright?.map((rule) => rule.at), [1700, 1240, 1900]);
  assert.ok(plot.x.domain[1] > 1900);
  assert.ok(plot.y.domain[1] > 10 * kMs);
  assert.deepEqual(sweepPlot({ ...sweep, points: [] }, []).series, []);
});

test("the cloud's axis holds a gap below 0 and an interval above 1", () => {
  const point = { k: 5, gap: { value: -0.02, low: -0.1, high: 0.03 }, closed: { value: 0.9, low: 0.2, high: 1.4 } } as CloudPoint;
  assert.deepEqual(cloudPlot([point]).y.domain, [-0.1, 1.4]);
  assert.deepEqual(cloudPlot([]).series, []);
});

test("the edge's axis holds what one camera's figure promises", () => {
  const edge = { naive: 12, holds: 2, deadline_ns: 10 * kMs, trials: [{ cameras: 1, p50_ns: kMs, p99_ns: 2 * kMs, p99_low_ns: null, p99_high_ns: null }] } as unknown as Edge;
  const plot = edgePlot(edge);
  assert.ok(plot.x.domain[1] > 12);
  assert.deepEqual(plot.level?.map((rule) => rule.at), [10 * kMs]);
});
