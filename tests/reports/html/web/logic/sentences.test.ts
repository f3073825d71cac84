import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dot, Report, Roof, RooflineSection, ScenarioResult } from "../../../../../reports/web/src/document";
import { factName, factValueText } from "../../../../../reports/web/src/names";
import { costSentences } from "../../../../../reports/web/src/panels/library";
import { readReport } from "../../../../../reports/web/src/read_report";
import {
  computeSentence,
  judgedFigures,
  kernelSentence,
  latencySentence,
  memorySentence,
  plain,
  quietSentence,
  refusalText,
  repeatCommand,
  verdictSentence,
  type Judged,
  type Sentence,
} from "../../../../../reports/web/src/sentences";

const words = (sentence: Sentence | null): string | null => (sentence ? plain(sentence).replace(/\u00a0/g, " ") : null);

function roof(kind: "compute" | "bandwidth", name: string, threads: number, best: number, extra: object = {}): Roof {
  const rate = { best, p90: best, median: best, mad: 0, relative_mad: 0 };
  const figures = kind === "compute" ? { precision: name, kernel: "fma", rate_flop_per_s: rate } : { level: "DRAM", kernel: name, rate_byte_per_s: rate };
  return { kind, threads, isa: "avx512", limit_per_core_cycle: 64, fraction_of_limit: 0.994, verdict: "VALID", reasons: [], ...figures, ...extra } as unknown as Roof;
}

const section = (roofs: Roof[]): RooflineSection => ({ roofs, dots: [], library_trials: [], core_to_core: [], notes: [] });

test("compute: fewest and most threads, beside the limit", () => {
  const roofs = [roof("compute", "fp64", 1, 137e9), roof("compute", "fp32", 2, 545e9), roof("compute", "fp32", 1, 274e9)];
  assert.equal(
    words(computeSentence(section(roofs))),
    "With 1 thread this machine computes 274 GFLOP/s (fp32 FMA, AVX-512), 99.4 % of the documented limit; with 2 threads, 545 GFLOP/s.",
  );
});

test("no limit is said, never guessed", () => {
  const unknown = roof("compute", "fp32", 1, 274e9, { limit_per_core_cycle: null, fraction_of_limit: null });
  assert.match(words(computeSentence(section([unknown]))) ?? "", /no limit of this core is known\.$/);
  const noClock = roof("compute", "fp32", 1, 274e9, { fraction_of_limit: null });
  assert.match(words(computeSentence(section([noClock]))) ?? "", /cannot be told\.$/);
});

test("memory, and nothing where nothing was measured", () => {
  const roofs = [roof("bandwidth", "read", 1, 41.1e9), roof("bandwidth", "read", 2, 61.4e9), roof("bandwidth", "triad_nt", 1, 37e9)];
  assert.equal(words(memorySentence(section(roofs))), "It reads 41.1 GB/s from DRAM with 1 thread and 61.4 GB/s with 2 threads.");
  assert.match(words(memorySentence(section([roof("bandwidth", "triad", 1, 37e9)]))) ?? "", /^It moves \(DRAM triad\) 37\.0 GB\/s/);
  assert.equal(computeSentence(section([])), null);
  assert.equal(memorySentence(section([])), null);
  assert.equal(kernelSentence([]), null);
});

test("a kernel without a roof has no share", () => {
  const dot = { kernel: "sgemm 2048", implementation: "OpenBLAS", threads: 1, roof_fraction: null, rate_flop_per_s: { best: 252e9 } } as Dot;
  assert.equal(words(kernelSentence([dot])), "Of that, sgemm 2048 (OpenBLAS) gets 252 GFLOP/s with 1 thread.");
});

test("latency: the furthest percentile that is given", () => {
  const latency_ns = {
    p50: { value: 341345, low: 337511, high: 344382 },
    p90: { value: 370057, low: 365367, high: 374442 },
    p99: { needs_queries: 368 },
  };
  const result = { scenario: "SingleStream", workload: "triad", latency_ns } as unknown as ScenarioResult;
  assert.match(words(latencySentence(result)) ?? "", /90 % are answered within 370 \u00b5s \(95 % interval 365\u2013374 \u00b5s\)\.$/);
  const none = { latency_ns: { p50: { needs_queries: 6 }, p90: { needs_queries: 36 }, p99: { needs_queries: 368 } } };
  assert.equal(latencySentence(none as unknown as ScenarioResult), null);
});

test("the words of verdicts are the report's own", () => {
  const report = { quiet: { verdict: "disturbed", windows: 120, windows_quiet: 7 } } as Report;
  assert.equal(words(quietSentence(report)), "While it measured, the machine was disturbed: 7 of 120 windows were quiet.");
  const judged = (...verdicts: Judged["verdict"][]): Judged[] => verdicts.map((verdict) => ({ name: "x", verdict, reasons: [] }));
  assert.equal(words(verdictSentence(judged("VALID", "VALID"))), "All 2 figures with a verdict are VALID.");
  assert.equal(words(verdictSentence(judged("INVALID"))), "The one figure with a verdict is INVALID.");
  assert.equal(words(verdictSentence(judged("VALID", "INVALID", "VALID"))), "Of 3 figures with a verdict, 2 VALID and 1 INVALID.");
  assert.equal(verdictSentence([]), null);
  assert.deepEqual(judgedFigures({ sections: {} } as Report), []);
});

test("a refusal tells the number of queries that would do", () => {
  assert.match(refusalText([{ name: "P99", needs: 368 }], { count: 320, one: "query", many: "queries" }), /^Not given with 320 queries: P99 \(needs at least 368\)\./);
});

test("the command that repeats the run has the seed, once", () => {
  const report = { command: ["perfbench", "run", "--label", "my box"], plan: { seed: 42 }, tool: { name: "perfbench" } } as unknown as Report;
  assert.equal(repeatCommand(report), "perfbench run --label 'my box' --seed 42");
  assert.equal(repeatCommand({ ...report, command: ["perfbench", "run", "--seed", "7"] }), "perfbench run --seed 7");
  assert.equal(repeatCommand({ ...report, command: ["perfbench", "run", "--seed=7"] }), "perfbench run --seed=7");
});

test("what an ambient setting costs is a quotient of two figures of the report", () => {
  const trial = { library: "OpenBLAS", setting: "", operation: "sgemm", verified: true, failure: "", rate_flop_per_s: 130e9, core_name: "Haswell", ambient: true, chosen: false };
  const chosen = { ...trial, setting: "SKYLAKEX", core_name: "SkylakeX", rate_flop_per_s: 260e9, ambient: false, chosen: true };
  assert.match(words(costSentences([trial, chosen])[0] ?? null) ?? "", /Haswell kernels and 130 GFLOP\/s; the SkylakeX kernels give 260 GFLOP\/s, 2\.00 times/);
  assert.match(words(costSentences([{ ...trial, chosen: true }])[0] ?? null) ?? "", /gets the fitting kernels already/);
  assert.deepEqual(costSentences([{ ...trial, ambient: false }]), []);
});

test("names and values of facts", () => {
  assert.equal(factName("cache_l1d_bytes"), "Cache L1d");
  assert.equal(factName("openblas_core"), "OpenBLAS core");
  assert.equal(factName("cores_allowed"), "Cores allowed");
  assert.equal(factValueText(49152, "bytes").replace(/\u00a0/g, " "), "48 KiB");
  assert.equal(factValueText(false, ""), "no");
  assert.equal(factValueText("unlimited", "B"), "unlimited");
  assert.equal(factValueText(512, "bit").replace(/\u00a0/g, " "), "512 bit");
  assert.equal(factValueText(["a", "b"], ""), "a, b");
  assert.equal(factValueText([], ""), "none");
});

test("a document of another kind is not drawn", () => {
  assert.ok("problem" in readReport("{"));
  assert.ok("problem" in readReport("[]"));
  assert.ok("problem" in readReport("null"));
  const other = readReport('{"schema":"perfbench-report/9"}');
  assert.ok("problem" in other && /perfbench-report\/9/.test(other.problem));
  assert.ok("report" in readReport('{"schema":"perfbench-report/1"}'));
});

test("a seed of 64 bits keeps its digits, or says that it was rounded", () => {
  const result = readReport('{"schema":"perfbench-report/1","plan":{"seed":18446744073709551615}}');
  assert.ok("report" in result);
  assert.match(String(result.report.plan.seed), /^(18446744073709551615|about .*)$/);
});
