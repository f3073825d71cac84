import type { Report } from "../document";
import { el, type Child } from "../dom";
import { plural } from "../text";
import { partsOf, reasonList, verdictMark } from "../section";
import {
  computeSentence,
  judgedFigures,
  kernelSentence,
  latencySentence,
  memorySentence,
  quietSentence,
  verdictSentence,
  type Sentence,
} from "../sentences";
import { isAvailable } from "../names";

function paragraph(kind: string, sentences: readonly (Sentence | null)[]): HTMLElement | null {
  const parts: Child[] = [];
  for (const sentence of sentences) {
    if (!sentence) continue;
    if (parts.length > 0) parts.push(" ");
    parts.push(...partsOf(sentence));
  }
  return parts.length > 0 ? el("p", { class: kind }, ...parts) : null;
}

/** What the processor calls itself, where the report has it in words (a model can be a number too). */
function processorName(report: Report): string | null {
  for (const key of ["cpu_model_name", "cpu_model"]) {
    const fact = report.machine.facts[key];
    if (fact && isAvailable(fact) && typeof fact.value === "string") return fact.value;
  }
  return null;
}

/** The label is the user's and comes first. */
export function titleOf(report: Report): string {
  return report.label ?? processorName(report) ?? "Unnamed machine";
}

function subtitle(report: Report): HTMLElement {
  const parts = [
    report.label !== null ? processorName(report) : null,
    report.started_utc.replace("T", " ").replace("Z", " UTC"),
    `preset ${report.plan.preset}`,
    `protocol ${report.protocol}`,
  ];
  return el("p", { class: "subtitle" }, parts.filter((part) => part).join(" \u00b7 "));
}

function partialNotice(report: Report): HTMLElement | null {
  if (!report.partial) return null;
  const reason = report.partial_reason === "" ? "no reason was recorded" : report.partial_reason;
  return el("p", { class: "notice" }, el("strong", {}, "Partial report."), ` Not everything that was planned was measured: ${reason}`);
}

/** What has a verdict other than VALID, with its reasons: nobody should have to look for it in a table. */
function doubts(report: Report): HTMLElement | null {
  const doubtful = judgedFigures(report).filter((figure) => figure.verdict !== "VALID");
  if (doubtful.length === 0) return null;
  const items = doubtful.map((figure) =>
    el("li", {}, verdictMark(figure.verdict), ` ${figure.name}`, reasonList(figure.reasons)),
  );
  return el("ul", { class: "doubts" }, ...items);
}

function warningSentence(report: Report): HTMLElement | null {
  const count = report.machine.warnings.length;
  if (count === 0) return null;
  return el("p", {}, el("a", { href: "#warnings" }, `${count} ${plural(count, "warning")}`), " below", count === 1 ? " says" : " say", " what makes figures fragile here and what to do about it.");
}

/** Why it was not quiet, in one line each; what to do about it stands in the part on quiet. */
function quietReasons(report: Report): HTMLElement | null {
  const { reasons } = report.quiet;
  if (reasons.length === 0) return null;
  return el("ul", { class: "reasons" }, ...reasons.map((reason) => el("li", {}, reason.text)));
}

export function conclusion(report: Report): HTMLElement {
  const { roofline, scenarios, tracks } = report.sections;
  const single = scenarios?.find((result) => result.scenario === "SingleStream");
  const crises = (tracks ?? []).flatMap((track): Sentence[] => (track.verdict !== "INVALID" && track.findings[0] ? [[track.findings[0]]] : []));
  const nothing = Object.keys(report.sections).length === 0 ? el("p", { class: "lead" }, "This report holds no measurement, only the machine's facts.") : null;
  return el(
    "header",
    {},
    el("p", { class: "product" }, "perfbench report"),
    el("h1", {}, titleOf(report)),
    subtitle(report),
    partialNotice(report),
    paragraph("lead", [
      roofline ? computeSentence(roofline) : null,
      roofline ? memorySentence(roofline) : null,
    ]),
    paragraph("lead", [
      roofline ? kernelSentence(roofline.dots) : null,
      single ? latencySentence(single) : null,
    ]),
    paragraph("lead", crises),
    nothing,
    paragraph("trust", [quietSentence(report), verdictSentence(judgedFigures(report))]),
    quietReasons(report),
    doubts(report),
    warningSentence(report),
  );
}
