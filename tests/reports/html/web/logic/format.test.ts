import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatFlopRate,
  formatHertz,
  formatNs,
  formatNsRange,
  formatPercent,
  formatSignificant,
  formatWait,
} from "../../../../../reports/web/src/format";

/** Figures are joined to their units by a space that does not break. */
const spaced = (text: string): string => text.replace(/\u00a0/g, " ");

test("three significant digits", () => {
  for (const [value, text] of [
    [273.57, "274"], [41.136, "41.1"], [1.005e0, "1.00"], [0.5, "0.500"], [99.96, "100"], [9.996, "10.0"],
    [12345, "12,345"], [0, "0"], [-41.136, "-41.1"], [0.00398, "0.00398"], [3e-7, "3.00e-7"],
  ] as const) {
    assert.equal(formatSignificant(value), text, String(value));
  }
});

test("what is no number is called so", () => {
  assert.equal(formatSignificant(NaN), "not a number");
  assert.equal(formatCount(Infinity), "not a number");
  assert.equal(formatWait(NaN), "not a number");
});

test("units step up after rounding, not before", () => {
  assert.equal(spaced(formatFlopRate(273.57e9)), "274 GFLOP/s");
  assert.equal(spaced(formatFlopRate(999.96e9)), "1.00 TFLOP/s");
  assert.equal(spaced(formatByteRate(41.136e9)), "41.1 GB/s");
  assert.equal(spaced(formatNs(999.4)), "999 ns");
  assert.equal(spaced(formatNs(999.6)), "1.00 \u00b5s");
  assert.equal(spaced(formatNs(412345678)), "412 ms");
  assert.equal(spaced(formatHertz(4.3e9)), "4.30 GHz");
});

test("a range has one unit", () => {
  assert.equal(spaced(formatNsRange(337511, 344382)), "338\u2013344 \u00b5s");
  assert.equal(spaced(formatNsRange(900, 2100000)), "0.000900\u20132.10 ms");
  assert.equal(spaced(formatNsRange(151912, 152103)), "151.9\u2013152.1 \u00b5s");
  assert.equal(spaced(formatNsRange(152000, 152000)), "152 \u00b5s");
});

test("memory counts in powers of two", () => {
  assert.equal(spaced(formatBytes(49152)), "48 KiB");
  assert.equal(spaced(formatBytes(8589934592)), "8 GiB");
  assert.equal(spaced(formatBytes(1500)), "1.46 KiB");
});

test("fractions and waits", () => {
  assert.equal(spaced(formatPercent(0.9940866)), "99.4 %");
  assert.equal(spaced(formatPercent(0)), "0 %");
  assert.equal(spaced(formatWait(2.25)), "2.3 s");
  assert.equal(spaced(formatWait(45.2)), "45 s");
  assert.equal(spaced(formatWait(185)), "3 min 5 s");
  assert.equal(spaced(formatWait(3720)), "1 h 2 min");
  assert.equal(formatCount(1234567), "1,234,567");
});
