import assert from "node:assert/strict";
import { test } from "node:test";
import { logScale, logTicks, padded } from "../../../../../reports/web/src/scales";

test("a decade is as long as the next one", () => {
  const scale = logScale([0.1, 1000], [50, 450]);
  assert.equal(scale.at(0.1), 50);
  assert.equal(scale.at(1000), 450);
  assert.ok(Math.abs(scale.at(10) - scale.at(1) - 100) < 1e-9);
});

test("an axis that rises downwards, as SVG has it", () => {
  const scale = logScale([1, 100], [300, 0]);
  assert.ok(scale.at(100) < scale.at(10) && scale.at(10) < scale.at(1));
});

test("what is not positive stands at the low end, impossible ends are refused", () => {
  const scale = logScale([1, 100], [0, 200]);
  assert.equal(scale.at(0), 0);
  assert.equal(scale.at(-5), 0);
  for (const domain of [[0, 1], [1, 1], [2, 1], [1, Infinity], [NaN, 1]] as const) {
    assert.throws(() => logScale(domain, [0, 1]), /logarithmic axis/);
  }
});

test("ticks: 1-2-5 while they fit, whole decades when not", () => {
  assert.deepEqual(logTicks([0.9, 120], 8), [1, 2, 5, 10, 20, 50, 100]);
  assert.deepEqual(logTicks([0.1, 1000], 6), [0.1, 1, 10, 100, 1000]);
  assert.deepEqual(logTicks([1, 1000], 7), [1, 3, 10, 30, 100, 300, 1000]);
  assert.deepEqual(logTicks([0.001, 0.01], 9), [0.001, 0.002, 0.005, 0.01]);
});

test("a narrow axis has even ticks inside its ends", () => {
  const ticks = logTicks([295, 395], 7);
  assert.ok(ticks.length >= 4);
  assert.ok(ticks.every((tick) => tick >= 295 && tick <= 395));
});

test("never more ticks than asked for on a wide axis", () => {
  assert.ok(logTicks([1e-12, 1e12], 6).length <= 6);
});

test("padding ignores what no axis can show", () => {
  assert.deepEqual(padded([2, 8, 0, -1, NaN, Infinity], 2, 4), [1, 32]);
  assert.equal(padded([0, -3], 2, 2), null);
});
