import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dot, Roof, RooflineSection } from "../../../../../reports/web/src/document";
import { LabelField, type Candidate } from "../../../../../reports/web/src/label_layout";
import { axesOf, groupsOf, markedRidges } from "../../../../../reports/web/src/roofline_view";

function summary(best: number): { best: number; p90: number; median: number; mad: number; relative_mad: number } {
  return { best, p90: best, median: best * 0.98, mad: best * 0.01, relative_mad: 0.01 };
}

function compute(precision: string, threads: number, rate: number): Roof {
  return { id: `compute-${precision}-${threads}t`, kind: "compute", precision, threads, rate_flop_per_s: summary(rate) } as Roof;
}

function bandwidth(kernel: string, threads: number, rate: number): Roof {
  return { id: `bandwidth-dram-${kernel}-${threads}t`, kind: "bandwidth", kernel, level: "DRAM", threads, rate_byte_per_s: summary(rate) } as Roof;
}

const section = {
  roofs: [
    compute("fp64", 1, 137e9), compute("fp32", 1, 274e9), bandwidth("triad_nt", 1, 37e9), bandwidth("read", 1, 41e9),
    compute("fp32", 2, 545e9), bandwidth("read", 2, 61e9),
    { kind: "latency", threads: 1, latency_ns: summary(100) } as Roof,
  ],
  dots: [{ kernel: "sgemm", threads: 2, intensity_flop_per_byte: 341, rate_flop_per_s: summary(489e9) } as Dot],
  library_trials: [], core_to_core: [], notes: [],
} as RooflineSection;

test("only what ran on one number of threads stands under one roof", () => {
  const groups = groupsOf(section);
  assert.deepEqual(groups.map((group) => group.threads), [1, 2]);
  assert.deepEqual(groups[0]?.compute.map((roof) => roof.precision), ["fp32", "fp64"]);
  assert.deepEqual(groups[0]?.bandwidth.map((roof) => roof.kernel), ["read", "triad_nt"]);
  assert.equal(groups[0]?.dots.length, 0);
  assert.equal(groups[1]?.dots.length, 1);
});

test("a ridge is best flop rate over best byte rate", () => {
  const [one] = groupsOf(section);
  assert.ok(one);
  assert.equal(one.ridges.length, 4);
  const marked = markedRidges(one);
  assert.equal(marked.length, 2);
  assert.ok(Math.abs((marked[0]?.intensity ?? 0) - 274 / 41) < 1e-9);
  assert.ok(marked.every((ridge) => ridge.bandwidth.kernel === "read"));
});

test("the axes hold every roof, ridge and kernel", () => {
  const groups = groupsOf(section);
  const axes = axesOf(groups);
  assert.ok(axes);
  const inside = (value: number, [low, high]: readonly [number, number]): boolean => value > low && value < high;
  for (const group of groups) {
    for (const ridge of group.ridges) assert.ok(inside(ridge.intensity, axes.x));
    for (const roof of group.compute) assert.ok(inside(roof.rate_flop_per_s?.best ?? 0, axes.y));
    for (const slope of group.bandwidth) assert.ok((slope.rate_byte_per_s?.best ?? 0) * axes.x[0] >= axes.y[0]);
    for (const dot of group.dots) assert.ok(inside(dot.intensity_flop_per_byte, axes.x));
  }
});

test("roofs without a rate are left out, and nothing at all is no chart", () => {
  const broken = { ...section, roofs: [compute("fp32", 1, 0), bandwidth("read", 1, NaN)], dots: [] };
  assert.deepEqual(groupsOf(broken), []);
  assert.equal(axesOf([]), null);
});

test("one kind of roof alone still has axes", () => {
  assert.ok(axesOf(groupsOf({ ...section, roofs: [compute("fp32", 1, 274e9)], dots: [] })));
  assert.ok(axesOf(groupsOf({ ...section, roofs: [bandwidth("read", 1, 41e9)], dots: [] })));
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
