import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dot, Roof, RooflineSection } from "../../../../../reports/web/src/document";
import { dotDetail, familyOf } from "../../../../../reports/web/src/dot_marks";
import { spread } from "../../../../../reports/web/src/label_column";
import { LabelField, type Candidate } from "../../../../../reports/web/src/label_layout";
import { axesOf, defaultPrecision, limitOf, markedRidges, precisionsOf, viewOf, type View } from "../../../../../reports/web/src/roofline_view";
import { measuresOf, scaledAt } from "../../../../../reports/web/src/scaling";
import { curvesOf } from "../../../../../reports/web/src/scaling_chart";
import { placesOf, scalePlaces, teamWords } from "../../../../../reports/web/src/teams";

function summary(best: number): { best: number; p90: number; median: number; mad: number; relative_mad: number } {
  return { best, p90: best, median: best * 0.98, mad: best * 0.01, relative_mad: 0.01 };
}

interface Where {
  threads: number;
  team?: string;
  epoch?: number;
  cores?: number;
  core_to_core_ns?: number | null;
}

const kOne: Where = { threads: 1 };
const kTwo: Where = { threads: 2 };

function compute(precision: string, where: Where, rate: number, more: Partial<Roof> = {}): Roof {
  const id = `compute-${precision}-${more.kernel ?? "fma"}-${more.isa ?? "avx512"}-${where.team ?? `${where.threads}t`}`;
  return { id, kind: "compute", precision, isa: "avx512", kernel: "fma", verdict: "VALID", rate_flop_per_s: summary(rate), fraction_of_limit: null, ...where, ...more } as Roof;
}

function bandwidth(kernel: string, where: Where, rate: number, level = "DRAM"): Roof {
  const id = `bandwidth-${level}-${kernel}-${where.team ?? `${where.threads}t`}-${where.epoch ?? 0}`;
  return { id, kind: "bandwidth", kernel, level, verdict: "VALID", rate_byte_per_s: summary(rate), fraction_of_limit: null, ...where } as Roof;
}

function dot(where: Where, rate: number, intensity: number, more: Partial<Dot> = {}): Dot {
  return {
    kernel: "sgemm", implementation: "OpenBLAS", class: "modelled", roof: "", roof_fraction: null, contended: false, verdict: "VALID",
    intensity_flop_per_byte: intensity, rate_flop_per_s: summary(rate), ...where, ...more,
  } as Dot;
}

/** As the first version wrote it: threads, and neither teams nor ridge points. */
const old = {
  roofs: [
    compute("fp64", kOne, 137e9), compute("fp32", kOne, 274e9), bandwidth("triad_nt", kOne, 37e9), bandwidth("read", kOne, 41e9),
    compute("fp32", kTwo, 545e9), bandwidth("read", kTwo, 61e9),
    { kind: "latency", threads: 1, latency_ns: summary(100) } as Roof,
  ],
  dots: [dot(kTwo, 489e9, 341)],
  library_trials: [], core_to_core: [], notes: [],
} as RooflineSection;

function view(section: RooflineSection, place: number, precision: string | null): View {
  const at = placesOf(section)[place];
  assert.ok(at);
  return viewOf(section, at, precision);
}

const kOneCore: Where = { threads: 1, team: "1c", epoch: 0, cores: 1 };
const kTwoNear: Where = { threads: 2, team: "2c", epoch: 0, cores: 2, core_to_core_ns: 40 };
const kTwoFar: Where = { threads: 2, team: "2c", epoch: 1, cores: 2, core_to_core_ns: 190 };
const kSmt: Where = { threads: 4, team: "2c4t", epoch: 0, cores: 2, core_to_core_ns: 40 };
const kEfficient: Where = { threads: 1, team: "1c-e", epoch: 0, cores: 1 };

const rich = {
  roofs: [
    compute("fp32", kOneCore, 140e9, { isa: "avx2" }), compute("fp32", kOneCore, 280e9, { fraction_of_limit: 0.98 }),
    compute("fp32", kOneCore, 420e9, { kernel: "fma_add" }), compute("int8", kOneCore, 1100e9, { kernel: "dot" }),
    compute("fp32", kOneCore, 900e9, { isa: "amx", verdict: "INVALID" }),
    bandwidth("read", kOneCore, 550e9, "L1"), bandwidth("triad", kOneCore, 670e9, "L1"), bandwidth("read", kOneCore, 40e9), bandwidth("triad_nt", kOneCore, 57e9),
    bandwidth("copy", kOneCore, 300e9, "L2"),
    compute("fp32", kTwoNear, 550e9), bandwidth("read", kTwoNear, 44e9), bandwidth("read", kTwoFar, 80e9),
    compute("fp32", kSmt, 560e9), compute("fp32", kEfficient, 90e9),
  ],
  dots: [
    dot(kOneCore, 250e9, 341, { precision: "fp32" }), dot(kOneCore, 900e9, 300, { precision: "int8", implementation: "oneDNN 2.6" }),
    dot(kOneCore, 19e9, 0.5, { precision: "fp32", implementation: "packed avx512", roof: "bandwidth-DRAM-triad_nt-1c-0" }),
  ],
  ridge_points: [
    { compute_roof: "compute-fp32-fma-avx512-1c", bandwidth_roof: "bandwidth-DRAM-read-1c-0", flop_per_byte: 7 },
    { compute_roof: "compute-fp32-fma-avx2-1c", bandwidth_roof: "bandwidth-DRAM-read-1c-0", flop_per_byte: 3.5 },
    { compute_roof: "compute-fp32-fma-amx-1c", bandwidth_roof: "bandwidth-DRAM-read-1c-0", flop_per_byte: 22.5 },
  ],
  library_trials: [], core_to_core: [], notes: [],
} as RooflineSection;

test("places: one core first, epochs apart, kinds of cores last", () => {
  assert.deepEqual(placesOf(rich).map((place) => place.words), [
    "one core", "2 cores, epoch 0, 40.0\u00a0ns apart", "2 cores, epoch 1, 190\u00a0ns apart", "2 cores, 4 threads", "one efficiency core",
  ]);
  assert.deepEqual(placesOf(old).map((place) => place.words), ["1 thread", "2 threads"]);
  assert.deepEqual(scalePlaces(placesOf(rich)).map((place) => place.team), ["1c", "2c", "2c", "2c4t"]);
});

test("a team's id in words, and as it is where it says something else", () => {
  assert.equal(teamWords("4c8t"), "4 cores, 8 threads");
  assert.equal(teamWords("4c-n0-m1"), "4 cores of node 0, memory of node 1");
  assert.equal(teamWords("8c-p"), "8 performance cores");
  assert.equal(teamWords("2c-x"), "2 x cores");
  assert.equal(teamWords("whatever"), "whatever");
  assert.equal(teamWords("c".repeat(90)).length, 40);
});

test("only what ran in one place stands under one roof, of one precision, highest first", () => {
  const one = view(rich, 0, "fp32");
  assert.deepEqual(one.compute.map((roof) => `${roof.isa} ${roof.kernel}`), ["avx512 fma_add", "avx512 fma", "avx2 fma"]);
  assert.deepEqual(one.dots.map(({ number }) => number), [1, 3]);
  assert.deepEqual(view(rich, 2, "fp32").bandwidth.map((roof) => roof.rate_byte_per_s?.best), [80e9]);
  assert.equal(view(rich, 2, "fp32").compute.length, 0);
  assert.deepEqual(precisionsOf(rich), ["fp32", "int8"]);
  assert.equal(defaultPrecision(rich), "fp32");
  assert.equal(defaultPrecision({ ...rich, roofs: [] }), null);
});

test("of all precisions the highest multiply-add each", () => {
  const all = view(rich, 0, null);
  assert.deepEqual(all.compute.map((roof) => `${roof.precision} ${roof.kernel}`), ["int8 dot", "fp32 fma"]);
  assert.equal(all.dots.length, 3);
});

test("a refused figure is no roof and is listed", () => {
  const one = view(rich, 0, "fp32");
  assert.ok(one.compute.every((roof) => roof.isa !== "amx"));
  assert.deepEqual(one.refused.map((roof) => roof.isa), ["amx"]);
  assert.equal(view(rich, 0, "int8").refused.length, 0);
});

test("a slope a level: its read, the highest where there is none, and what binds a kernel", () => {
  assert.deepEqual(view(rich, 0, "fp32").bandwidth.map((roof) => `${roof.level} ${roof.kernel}`), ["L1 read", "L2 copy", "DRAM triad_nt", "DRAM read"]);
});

test("ridge points are the report's, of roofs that are drawn; those of the multiply-add roof carry their value", () => {
  const one = view(rich, 0, "fp32");
  assert.deepEqual(one.ridges.map((ridge) => ridge.intensity), [7, 3.5]);
  assert.deepEqual(markedRidges(one).map((ridge) => ridge.intensity), [7]);
});

test("in a report without ridge points they are best over best", () => {
  const marked = markedRidges(view(old, 0, "fp32"));
  assert.equal(marked.length, 1);
  assert.ok(Math.abs((marked[0]?.intensity ?? 0) - 274 / 41) < 1e-9);
});

test("the documented limit is best over its fraction", () => {
  const [limited] = view(rich, 0, "fp32").compute.filter((roof) => roof.fraction_of_limit !== null);
  assert.ok(limited);
  assert.ok(Math.abs((limitOf(limited) ?? 0) - 280e9 / 0.98) < 1);
  assert.equal(limitOf(compute("fp32", kOne, 1e9)), null);
  assert.equal(limitOf(compute("fp32", kOne, 1e9, { fraction_of_limit: 0 })), null);
});

test("the axes hold every roof, limit, ridge and kernel", () => {
  const inside = (value: number, [low, high]: readonly [number, number]): boolean => value > low && value < high;
  for (const one of [view(old, 0, "fp32"), view(old, 1, null), view(rich, 0, "fp32"), view(rich, 0, null), view(rich, 2, "fp32")]) {
    const axes = axesOf(one);
    assert.ok(axes);
    for (const ridge of one.ridges) assert.ok(inside(ridge.intensity, axes.x));
    for (const roof of one.compute) assert.ok(inside(limitOf(roof) ?? roof.rate_flop_per_s?.best ?? 0, axes.y));
    for (const slope of one.bandwidth) assert.ok((slope.rate_byte_per_s?.best ?? 0) * axes.x[1] > axes.y[0]);
    for (const { dot: kernel } of one.dots) assert.ok(inside(kernel.intensity_flop_per_byte, axes.x) && inside(kernel.rate_flop_per_s.best, axes.y));
  }
});

test("roofs without a rate are left out, and nothing at all is no chart", () => {
  const broken = { ...old, roofs: [compute("fp32", kOne, 0), bandwidth("read", kOne, NaN)], dots: [] };
  assert.equal(axesOf(view(broken, 0, "fp32")), null);
  assert.deepEqual(placesOf({ ...old, roofs: [], dots: [] }), []);
});

test("one kind of roof alone still has axes", () => {
  assert.ok(axesOf(view({ ...old, roofs: [compute("fp32", kOne, 274e9)], dots: [] }, 0, "fp32")));
  assert.ok(axesOf(view({ ...old, roofs: [bandwidth("read", kOne, 41e9)], dots: [] }, 0, "fp32")));
});

test("scaling: times the first place, and a core's share of that", () => {
  const places = placesOf(rich);
  const measures = measuresOf(rich);
  const fp32 = measures.find((measure) => measure.name === "fp32");
  const read = measures.find((measure) => measure.name === "DRAM read");
  const [one, near, far, smt] = places;
  assert.ok(fp32 && read && one && near && far && smt);
  assert.deepEqual(scaledAt(fp32, one, one)?.times, null);
  assert.ok(Math.abs((scaledAt(fp32, near, one)?.times ?? 0) - 550 / 280) < 1e-9);
  assert.ok(Math.abs((scaledAt(fp32, smt, one)?.perCore ?? 0) - 560 / 280 / 2) < 1e-9);
  assert.equal(scaledAt(fp32, far, one), null);
  assert.equal(scaledAt(read, far, one)?.times, 2);
  assert.equal(scaledAt(read, far, { ...one, cores: null })?.perCore, null);
  const curves = curvesOf(measures, [one, near, smt]);
  assert.deepEqual(curves.map((curve) => [curve.measure.name, curve.points.length]), [["fp32", 3], ["DRAM read", 2]]);
});

test("a kernel says all that is known of it, and whose code it is", () => {
  const packed = rich.dots[2];
  assert.ok(packed);
  assert.equal(familyOf(packed), "packed");
  assert.equal(familyOf({ ...packed, implementation: "Eigen" }), "other");
  const detail = dotDetail({ number: 3, dot: { ...packed, shape: { m: 1, n: 4096, k: 2048 }, zone: "Memory-bound.", roof_fraction: 0.5, windows: 1 } });
  assert.equal(detail.replace(/\u00a0/g, " "), "3: sgemm, packed avx512; m\u00d7n\u00d7k 1\u00d74096\u00d72048; fp32; 19.0 GFLOP/s best, 18.6 GFLOP/s median at 0.500 flop per byte; 50.0 % of its roof; Memory-bound.");
});

test("labels in a column keep their order, their distance and the column's ends", () => {
  assert.deepEqual(spread([], 15, 0, 100), []);
  assert.deepEqual(spread([50, 20], 15, 0, 100), [50, 20]);
  assert.deepEqual(spread([50, 50, 50], 10, 0, 100), [40, 50, 60]);
  assert.deepEqual(spread([98, 99], 10, 0, 100), [90, 100]);
  assert.deepEqual(spread([1, 0, 2], 10, 0, 100), [10, 0, 20]);
  assert.deepEqual(spread([5, 5, 5], 10, 0, 10), [0, 5, 10]);
  const many = Array.from({ length: 40 }, (_, k) => (k * 37) % 100);
  const heights = spread(many, 12, 0, 500);
  const sorted = heights.map((height, k) => [many[k] ?? 0, height] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  sorted.slice(1).forEach(([, height], k) => assert.ok(height - (sorted[k]?.[1] ?? 0) >= 12 - 1e-9));
  assert.ok(Math.min(...heights) >= 0 && Math.max(...heights) <= 500);
});

const bounds = { left: 0, top: 0, right: 400, bottom: 300 };
const at = (x: number, y: number): Candidate => ({ x, y, angle: 0, anchor: "start" });

test("a second label does not go where the first one is", () => {
  const field = new LabelField(bounds);
  const candidates = [at(100, 100), at(100, 130)];
  const wording = [{ text: "label", width: 80, candidates }];
  assert.equal(field.place(wording, 13).y, 100);
  assert.equal(field.place(wording, 13).y, 130);
});

test("a label keeps inside and off lines, and the shorter wording is taken when the longer has no room", () => {
  const field = new LabelField(bounds);
  assert.equal(field.place([{ text: "x", width: 80, candidates: [at(390, 100), at(300, 100)] }], 13).x, 300);
  field.addLine([0, 200], [400, 200]);
  assert.equal(field.place([{ text: "x", width: 80, candidates: [at(100, 204), at(100, 230)] }], 13).y, 230);
  const placed = field.place([{ text: "long", width: 500, candidates: [at(10, 50)] }, { text: "short", width: 50, candidates: [at(10, 50)] }], 13);
  assert.equal(placed.text, "short");
});

test("where every place costs something the cheapest is taken", () => {
  const field = new LabelField(bounds);
  field.addPoint(120, 96, 20);
  field.addLine([0, 126], [400, 126], 0.05);
  assert.equal(field.place([{ text: "x", width: 60, candidates: [at(100, 100), at(100, 130)] }], 13).y, 130);
});
