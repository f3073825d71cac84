import type { Reason, Validity } from "./document";
import { command, el, type Child } from "./dom";
import type { Sentence } from "./sentences";
import { shortened } from "./text";

/** A section that was not measured, or cannot be drawn, is an empty panel with the reason. */
export function emptyPanel(reason: string): HTMLElement {
  return el("p", { class: "empty" }, reason);
}

/** A sentence with the figures that stand out. */
export function partsOf(sentence: Sentence): Child[] {
  return sentence.map((part) => (typeof part === "string" ? part : el("strong", {}, part.strong)));
}

/** One part of the page. What goes wrong in one part stays there: the others are drawn all the same. */
export function section(id: string, title: string, build: () => Child[]): HTMLElement {
  let content: Child[];
  try {
    content = build();
  } catch (error) {
    content = [emptyPanel(`This part of the report cannot be drawn: ${(error as Error).message}`)];
  }
  return el(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, title),
    ...content,
  );
}

const kVerdictSigns: Record<Validity, string> = { VALID: "\u2713", INVALID: "\u2715", INCONCLUSIVE: "?" };

/** The word of the report with a sign of its own: colour is never the only sign. */
export function verdictMark(verdict: Validity): HTMLElement {
  const known = Object.hasOwn(kVerdictSigns, verdict);
  const sign = known ? kVerdictSigns[verdict] : "?";
  return el("span", { class: `verdict ${known ? verdict.toLowerCase() : "unknown"}` }, `${sign} ${shortened(String(verdict), 20)}`);
}

/** A remedy is a command to type, or a sentence where no command can help. */
export function remedy(text: string): HTMLElement | null {
  if (text === "") return null;
  const sentence = /[\p{L})][.!]$/u.test(text);
  return el("p", { class: "remedy" }, el("span", { class: "tag" }, "Remedy"), " ", sentence ? text : command(text));
}

export function reasonList(reasons: readonly Reason[]): HTMLElement | null {
  if (reasons.length === 0) return null;
  return el("ul", { class: "reasons" }, ...reasons.map((reason) => el("li", {}, reason.text, remedy(reason.remedy))));
}
