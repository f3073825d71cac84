// Sentences put together from figures and verdicts of the document. Nothing is judged here: every word of a verdict
// comes from the report.
import type { Dot, PercentileName, Report, Roof, RooflineSection, ScenarioResult, Validity } from "./document";
import { formatCount, formatFlopRate, formatNs, formatNsRange, formatPercent, formatRate, rateOf } from "./format";
import type { Observed } from "./histogram_view";
import { isaName, roofName } from "./names";
import { isMix } from "./roofline_view";
import { peakName, scenarioName, workloadWords } from "./scenario_sentences";
import { figureName, teamOf, teamWords } from "./teams";
import { listed, plural, shellQuote } from "./text";

/** Text with the figures that are to stand out. */
export type Part = string | { strong: string };
export type Sentence = Part[];

export function plain(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === "string" ? part : part.strong)).join("");
}

/** Of one kind of roof, the highest of one thread or core and the highest of the most threads. */
function narrowAndWide(roofs: readonly Roof[]): Roof[] {
  const usable = roofs.filter((roof) => roof.verdict !== "INVALID");
  const sorted = [...usable].sort((a, b) => a.threads - b.threads || rateOf(b).best - rateOf(a).best);
  const first = sorted[0];
  if (!first) return [];
  const most = sorted[sorted.length - 1]?.threads;
  const last = sorted.find((roof) => roof.threads === most);
  return last && last.threads !== first.threads ? [first, last] : [first];
}

function withText(figure: Roof | Dot): string {
  return teamWords(teamOf(figure));
}

export function computeSentence(section: RooflineSection): Sentence | null {
  const compute = section.roofs.filter((roof) => roof.kind === "compute" && !isMix(roof));
  const fp32 = compute.filter((roof) => roof.precision === "fp32");
  const [one, all] = narrowAndWide(fp32.length > 0 ? fp32 : compute);
  if (!one) return null;
  const sentence: Sentence = [
    `With ${withText(one)} this machine computes `,
    { strong: formatRate(one.kind, rateOf(one).best) },
    ` (${roofName(one)}, ${isaName(one.isa)})`,
    one.fraction_of_limit === null
      ? one.limit_per_core_cycle === null ? "; no limit of this core is known" : "; how near the limit that is cannot be told"
      : `, ${formatPercent(one.fraction_of_limit)} of the documented limit`,
  ];
  if (all) sentence.push(`; with ${withText(all)}, `, { strong: formatRate(all.kind, rateOf(all).best) });
  sentence.push(".");
  return sentence;
}

export function memorySentence(section: RooflineSection): Sentence | null {
  const bandwidth = section.roofs.filter((roof) => roof.kind === "bandwidth" && roof.level === "DRAM");
  const reads = bandwidth.filter((roof) => roof.kernel === "read");
  const [one, all] = narrowAndWide(reads.length > 0 ? reads : bandwidth);
  if (!one) return null;
  const verb = one.kernel === "read" ? "It reads " : `It moves (${roofName(one)}) `;
  const sentence: Sentence = [
    verb,
    { strong: formatRate(one.kind, rateOf(one).best) },
    `${one.kernel === "read" ? " from DRAM" : ""} with ${withText(one)}`,
  ];
  if (all) sentence.push(" and ", { strong: formatRate(all.kind, rateOf(all).best) }, ` with ${withText(all)}`);
  sentence.push([one, all].some((roof) => roof?.may_hold_cache_hits) ? " (cache hits may be among it)." : ".");
  return sentence;
}

export function kernelSentence(dots: readonly Dot[]): Sentence | null {
  const sorted = [...dots].sort((a, b) => a.threads - b.threads); // stable: the report's first with fewest threads
  const dot = sorted[0];
  if (!dot) return null;
  const share = dot.roof_fraction === null ? "" : `, ${formatPercent(dot.roof_fraction)} of the roof that binds it`;
  // A call is longer than a time slice: unlike the roof it cannot show what a shared core could do.
  const shared = dot.contended ? ", while something shared its cores (so at least)" : "";
  return [
    `Of that, ${dot.kernel} (${dot.implementation}) gets `,
    { strong: formatFlopRate(dot.rate_flop_per_s.best) },
    ` with ${withText(dot)}${share}${shared}.`,
  ];
}

const kTailOrder: readonly PercentileName[] = ["p99", "p90", "p50"];

/** The furthest percentile of P99, P90 and P50 that the report gives. */
export function latencySentence(result: ScenarioResult): Sentence | null {
  for (const name of kTailOrder) {
    const figure = result.latency_ns[name];
    if (!("value" in figure)) continue;
    const interval = figure.low === null || figure.high === null ? "" : ` (95\u00a0% interval ${formatNsRange(figure.low, figure.high)})`;
    return [
      `Asked one query at a time (${scenarioName(result)}), ${name.slice(1)}\u00a0% are answered within `,
      { strong: formatNs(figure.value) },
      `${interval}.`,
    ];
  }
  return null;
}

export function quietSentence(report: Report): Sentence {
  const { verdict, windows, windows_quiet: quiet } = report.quiet;
  return ["While it measured, the machine was ", { strong: verdict }, `: ${formatCount(quiet)} of ${formatCount(windows)} windows were quiet.`];
}

export interface Judged {
  name: string;
  verdict: Validity;
  reasons: { id: string; text: string; remedy: string }[];
}

/** Every figure of the report that has a verdict. */
export function judgedFigures(report: Report): Judged[] {
  const { roofline, scenarios, peak_rates: peaks, tracks, calibration } = report.sections;
  return [
    ...(roofline?.roofs ?? []).map((roof) => ({ name: figureName(roof), verdict: roof.verdict, reasons: roof.reasons })),
    ...(roofline?.dots ?? []).map((dot) => ({ name: figureName(dot), verdict: dot.verdict, reasons: dot.reasons })),
    ...(scenarios ?? []).map((result) => ({ name: scenarioName(result), verdict: result.verdict, reasons: result.reasons })),
    ...(peaks ?? []).map((peak) => ({ name: peakName(peak), verdict: peak.verdict, reasons: peak.reasons })),
    ...(tracks ?? []).map((track) => ({ name: `Track ${track.track}, ${workloadWords(track)}`, verdict: track.verdict, reasons: track.reasons })),
    ...(calibration ? [{ name: "The calibration", verdict: calibration.verdict, reasons: calibration.reasons }] : []),
  ];
}

export function verdictSentence(judged: readonly Judged[]): Sentence | null {
  if (judged.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { verdict } of judged) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  if (counts.size === 1) {
    const [word = ""] = counts.keys();
    return judged.length === 1 ? ["The one figure with a verdict is ", { strong: word }, "."] : [`All ${judged.length} figures with a verdict are `, { strong: word }, "."];
  }
  const parts = [...counts].map(([word, count]) => `${count} ${word}`);
  return [`Of ${judged.length} figures with a verdict, `, { strong: listed(parts) }, "."];
}

/** "Not given with 320 queries: P99 (needs at least 368)." */
export function refusalText(refused: readonly { name: string; needs: number }[], observed: Observed): string {
  const parts = refused.map(({ name, needs }) => `${name} (needs at least ${formatCount(needs)})`);
  const { count, one, many } = observed;
  return `Not given with ${formatCount(count)} ${plural(count, one, many)}: ${listed(parts)}. With fewer, a percentile has no interval.`;
}

/** The command that measures the same again: as it was typed, with the seed that was drawn for it. */
export function repeatCommand(report: Report): string {
  const words = report.command.length > 0 ? [...report.command] : [report.tool.name];
  const seeded = words.some((word) => word === "--seed" || word.startsWith("--seed="));
  if (!seeded) words.push("--seed", String(report.plan.seed));
  return words.map(shellQuote).join(" ");
}
