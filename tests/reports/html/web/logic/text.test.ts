import assert from "node:assert/strict";
import { test } from "node:test";
import { listed, plural, shellQuote, shortened, shown } from "../../../../../reports/web/src/text";

test("what cannot be seen is written as its code", () => {
  assert.equal(shown("a\u0000b\u001b[31mc\u007f\u0085"), "a\\u0000b\\u001b[31mc\\u007f\\u0085");
  assert.equal(shown("\u202egnp.exe"), "\\u202egnp.exe");
  assert.equal(shown("x\u2028y\u2029z"), "x\\u2028y\\u2029z");
  assert.equal(shown("one\ntwo\tthree"), "one\\u000atwo\\u0009three");
});

test("halves of a surrogate pair are written out, whole pairs stay", () => {
  assert.equal(shown("\ud800x"), "\\ud800x");
  assert.equal(shown("x\udc00"), "x\\udc00");
  assert.equal(shown("\u{1f600}"), "\u{1f600}");
});

test("markup is text and stays as it is", () => {
  assert.equal(shown("<b>&amp;</b>"), "<b>&amp;</b>");
});

test("long text is cut and says how much is missing", () => {
  assert.equal(shown("abcdef", 4), "abcd\u2026 (2 more characters)");
  assert.equal(shown("abcd", 4), "abcd");
  assert.equal(shortened("abcdef", 4), "abc\u2026");
  assert.equal(shortened("abcd", 4), "abcd");
});

test("arguments as a shell takes them", () => {
  assert.equal(shellQuote("--seed=42"), "--seed=42");
  assert.equal(shellQuote("a b"), "'a b'");
  assert.equal(shellQuote(""), "''");
  assert.equal(shellQuote("it's $(rm)"), "'it'\\''s $(rm)'");
});

test("words in lists", () => {
  assert.equal(listed([]), "");
  assert.equal(listed(["a"]), "a");
  assert.equal(listed(["a", "b", "c"]), "a, b and c");
  assert.equal(plural(1, "query", "queries"), "query");
  assert.equal(plural(0, "thread"), "threads");
});
